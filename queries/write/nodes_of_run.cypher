// Keys of the nodes that a run created.
// name: nodes_of_run
// mode: write
// template: label
// param: run string, Run.key
// returns: key
MATCH (n:{label})
WHERE n.run = $run
RETURN n.key AS key
