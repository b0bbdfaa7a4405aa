// Change properties of stored nodes (in FOREACH, as in create_nodes).
// name: update_nodes
// mode: write
// template: label
// param: rows rows, each with key, properties and sources
UNWIND $rows AS row
MATCH (n:{label} {key: row.key})
WITH collect({node: n, properties: row.properties, sources: row.sources}) AS changes
FOREACH (change IN changes |
  FOREACH (n IN [change.node] | SET n += change.properties, n.sources = change.sources)
)
