// Create relationships between stored nodes (in FOREACH, as in create_nodes).
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
WITH collect({head: h, tail: t, properties: row.properties}) AS links
FOREACH (link IN links |
  FOREACH (h IN [link.head] |
    FOREACH (t IN [link.tail] |
      CREATE (h)-[r:{relation}]->(t)
      SET r = link.properties, r.run = $run, r.source = $source
    )
  )
)
RETURN size(links) AS created
