// Create relationships exactly as a backup holds them.
// name: restore_relations
// mode: write
// template: relation, head_label, tail_label
// param: rows rows, each with head, tail and stored
UNWIND $rows AS row
MATCH (h:{head_label} {key: row.head})
MATCH (t:{tail_label} {key: row.tail})
CREATE (h)-[r:{relation}]->(t)
SET r = row.stored
