// All relationships of some nodes, whichever way they point.
// name: read_attached
// mode: write
// template: label
// param: keys strings, keys of the nodes
// returns: id, relation, head, tail, stored
UNWIND $keys AS wanted
MATCH (n:{label} {key: wanted})-[r]-()
RETURN DISTINCT elementId(r) AS id, type(r) AS relation, startNode(r).key AS head, endNode(r).key AS tail,
    properties(r) AS stored
