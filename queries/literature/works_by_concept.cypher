// Works that state something about a concept, those with the most evidence first.
// name: works_by_concept
// mode: read
// param: concept string, key of a concept, instance or SmartAttribute
// param: limit int = 200, most rows returned (1..2000)
// returns: work, title, authors, year, study_type, assertions, evidence, confidence
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
MATCH (c)<-[:HAS_SUBJECT|HAS_OBJECT]-(a:Assertion)
WHERE NOT a.run IN $hidden_runs AND coalesce(a.status, 'accepted') <> 'rejected'
WITH DISTINCT a
MATCH (a)-[:FROM_DOCUMENT]->(d:Document)-[:RENDERS|SUMMARISES]->(w:Work)
WHERE NOT d.run IN $hidden_runs AND NOT w.run IN $hidden_runs
WITH w, a, a.tier = 'high' AND (d.kind <> 'summary' OR a.checked IS NOT NULL) AS is_evidence
RETURN w.key AS work, w.title AS title, w.authors AS authors, w.year AS year, w.study_type AS study_type,
  count(a) AS assertions, count(CASE WHEN is_evidence THEN 1 END) AS evidence, max(a.confidence) AS confidence
ORDER BY evidence DESC, assertions DESC, work
LIMIT $limit
