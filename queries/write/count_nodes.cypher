// Number of nodes of one label.
// name: count_nodes
// mode: write
// template: label
// returns: number
MATCH (n:{label})
RETURN count(n) AS number
