// Delete nodes and all their relationships (in one FOREACH: ArcadeDB takes 4 ms a row for a DELETE clause of its own).
// name: delete_nodes
// mode: write
// template: label
// param: keys strings, keys of the nodes
UNWIND $keys AS wanted
MATCH (n:{label} {key: wanted})
WITH collect(n) AS gone
FOREACH (n IN gone | DETACH DELETE n)
