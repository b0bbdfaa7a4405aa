// Change properties of stored relationships (in FOREACH, as in create_nodes).
// name: update_relations
// mode: write
// template: relation, head_label, tail_label
// param: rows rows, each with head, tail, valid_from and properties
UNWIND $rows AS row
MATCH (h:{head_label} {key: row.head})-[r:{relation}]->(t:{tail_label} {key: row.tail})
WHERE r.valid_from = row.valid_from OR (r.valid_from IS NULL AND row.valid_from IS NULL)
WITH collect({relation: r, properties: row.properties}) AS changes
FOREACH (change IN changes |
  FOREACH (r IN [change.relation] | SET r += change.properties)
)
