// Delete nodes and all their relationships.
// name: delete_nodes
// mode: write
// template: label
// param: keys strings, keys of the nodes
UNWIND $keys AS wanted
MATCH (n:{label} {key: wanted})
DETACH DELETE n
