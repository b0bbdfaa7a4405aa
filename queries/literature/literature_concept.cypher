// One concept, instance or attribute, with the SMART attributes that are joined to it.
// name: literature_concept
// mode: read
// param: concept string, key of a concept, instance or SmartAttribute
// returns: concept, label, name, description, aliases, better_direction, document, attributes, merged
// example: {"concept": "mechanism:wear"}
CALL {
  MATCH (n:Concept {key: $concept}) RETURN n
  UNION ALL
  MATCH (n:Metric {key: $concept}) RETURN n
  UNION ALL
  MATCH (n:Mechanism {key: $concept}) RETURN n
  UNION ALL
  MATCH (n:Mitigation {key: $concept}) RETURN n
  UNION ALL
  MATCH (n:Condition {key: $concept}) RETURN n
  UNION ALL
  MATCH (n:Component {key: $concept}) RETURN n
  UNION ALL
  MATCH (n:Instance {key: $concept}) RETURN n
  UNION ALL
  MATCH (n:SmartAttribute {key: $concept}) RETURN n
}
WITH n
WHERE NOT n.run IN $hidden_runs
OPTIONAL MATCH (n)<-[:MEASURES|INDICATES]-(t:SmartAttribute)
WHERE NOT t.run IN $hidden_runs
WITH n, t
ORDER BY t.key
WITH n, collect(DISTINCT t.key) AS attributes
OPTIONAL MATCH (n)<-[:MERGES]-(m:Merge {status: 'accepted'})-[:MERGES]->(same)
WHERE NOT m.run IN $hidden_runs AND NOT same.run IN $hidden_runs AND same.key <> n.key
WITH n, attributes, same
ORDER BY same.name
WITH n, attributes, collect(DISTINCT same.name) AS merged
RETURN n.key AS concept, labels(n)[0] AS label, n.name AS name, n.description AS description, n.aliases AS aliases,
  n.better_direction AS better_direction, n.document AS document, attributes, merged
