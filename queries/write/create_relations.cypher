// Create relationships between stored nodes.
// name: create_relations
// mode: write
// template: relation, head_label, tail_label
// param: rows rows, each with head, tail and properties
// param: run string, Run.key
// param: source string, name of the source
// returns: created
UNWIND $rows AS row
MATCH (h:{head_label} {key: row.head})
MATCH (t:{tail_label} {key: row.tail})
CREATE (h)-[r:{relation}]->(t)
SET r = row.properties, r.run = $run, r.source = $source
RETURN count(r) AS created
