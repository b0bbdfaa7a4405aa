// Every node of one label.
// name: all_nodes
// mode: write
// template: label
// returns: stored
MATCH (n:{label})
RETURN properties(n) AS stored
