// Nodes of one label that lack what every write of ours carries.
// name: unsourced_nodes
// mode: write
// template: label
// returns: number
MATCH (n:{label})
WHERE n.key IS NULL OR n.run IS NULL OR n.source IS NULL
RETURN count(n) AS number
