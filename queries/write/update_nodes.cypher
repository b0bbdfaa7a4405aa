// Change properties of stored nodes.
// name: update_nodes
// mode: write
// template: label
// param: rows rows, each with key, properties and sources
// returns: changed
UNWIND $rows AS row
MATCH (n:{label} {key: row.key})
SET n += row.properties, n.sources = row.sources
RETURN count(n) AS changed
