// All properties of some nodes.
// name: read_nodes_whole
// mode: write
// template: label
// param: keys strings, keys of the nodes
// returns: key, stored
UNWIND $keys AS wanted
MATCH (n:{label} {key: wanted})
RETURN n.key AS key, properties(n) AS stored
