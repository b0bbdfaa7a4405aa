// Change the properties of a run.
// name: update_run
// mode: write
// param: run string, Run.key
// param: properties map, what changes
MATCH (r:Run {key: $run})
SET r += $properties
