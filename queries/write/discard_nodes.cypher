// Hand nodes over to a discarding run, which hides them until they are removed.
// name: discard_nodes
// mode: write
// template: label
// param: keys strings, keys of the nodes
// param: run string, key of the discarding run
UNWIND $keys AS wanted
MATCH (n:{label} {key: wanted})
WITH collect(n) AS gone
FOREACH (n IN gone | SET n.run = $run)
