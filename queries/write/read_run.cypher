// A run by its key.
// name: read_run
// mode: write
// param: run string, Run.key
// returns: stored
MATCH (r:Run {key: $run})
RETURN properties(r) AS stored
