// Create nodes exactly as a backup holds them.
// name: restore_nodes
// mode: write
// template: label
// param: rows rows, all properties of each node
UNWIND $rows AS row
CREATE (n:{label})
SET n = row
