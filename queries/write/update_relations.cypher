// Change properties of stored relationships.
// name: update_relations
// mode: write
// template: relation, head_label, tail_label
// param: rows rows, each with head, tail, valid_from and properties
// returns: changed
UNWIND $rows AS row
MATCH (h:{head_label} {key: row.head})-[r:{relation}]->(t:{tail_label} {key: row.tail})
WHERE r.valid_from = row.valid_from OR (r.valid_from IS NULL AND row.valid_from IS NULL)
SET r += row.properties
RETURN count(r) AS changed
