// Foreign statements about a concept that name no document; kept apart, never evidence.
// name: unsourced_claims_of_concept
// mode: read
// param: concept string, key of a concept, instance or SmartAttribute
// param: limit int = 50, most rows returned (1..1000)
// returns: claim, statement, text, relation, subject_text, object_text, polarity, negated, repairs, origin_iri
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
OPTIONAL MATCH (n)<-[:MERGES]-(m:Merge {status: 'accepted'})-[:MERGES]->(same)
WHERE NOT m.run IN $hidden_runs AND NOT same.run IN $hidden_runs
WITH n, collect(DISTINCT same) AS merged
UNWIND [n] + merged AS c
WITH DISTINCT c
CALL {
  WITH c
  MATCH (c)<-[:HAS_SUBJECT|HAS_OBJECT]-(u:UnsourcedClaim)
  RETURN u
  UNION ALL
  WITH c
  MATCH (c)<-[:INSTANCE_OF]-(i:Instance)<-[:HAS_SUBJECT|HAS_OBJECT]-(u:UnsourcedClaim)
  WHERE NOT i.run IN $hidden_runs
  RETURN u
}
WITH DISTINCT u
WHERE NOT u.run IN $hidden_runs
RETURN u.key AS claim, coalesce(u.statement, u.name) AS statement, u.text AS text, u.relation AS relation,
  u.subject_text AS subject_text, u.object_text AS object_text, u.polarity AS polarity,
  coalesce(u.negated, false) AS negated, u.repairs AS repairs, u.origin_iri AS origin_iri
ORDER BY statement, claim
LIMIT $limit
