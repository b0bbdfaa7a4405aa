// Mechanisms that are said to stand behind a symptom (a metric or an attribute), by works that say so.
// name: mechanisms_behind_symptom
// mode: read
// param: symptom string, Metric.key or SmartAttribute.key
// param: limit int = 50, most rows returned (1..500)
// returns: mechanism, name, works, evidence_works, assertions, declared, example
// example: {"symptom": "smart:ata:5"}
CALL {
  MATCH (c:Metric {key: $symptom}) WHERE NOT c.run IN $hidden_runs RETURN c
  UNION ALL
  MATCH (c:SmartAttribute {key: $symptom}) WHERE NOT c.run IN $hidden_runs RETURN c
  UNION ALL
  MATCH (:SmartAttribute {key: $symptom})-[:MEASURES]->(c:Metric) WHERE NOT c.run IN $hidden_runs RETURN c
  UNION ALL
  MATCH (:Metric {key: $symptom})<-[:MEASURES]-(c:SmartAttribute) WHERE NOT c.run IN $hidden_runs RETURN c
}
WITH collect(DISTINCT c) AS symptoms
CALL {
  WITH symptoms
  UNWIND symptoms AS c
  MATCH (c)-[:INDICATES]->(m:Mechanism)
  WHERE NOT m.run IN $hidden_runs
  RETURN m, null AS a
  UNION ALL
  WITH symptoms
  UNWIND symptoms AS c
  MATCH (c)<-[:AFFECTS]-(m:Mechanism)
  WHERE NOT m.run IN $hidden_runs
  RETURN m, null AS a
  UNION ALL
  WITH symptoms
  UNWIND symptoms AS c
  MATCH (c)<-[:HAS_OBJECT]-(a:Assertion)-[:HAS_SUBJECT]->(m:Mechanism)
  WHERE NOT m.run IN $hidden_runs AND NOT a.run IN $hidden_runs AND coalesce(a.status, 'accepted') <> 'rejected' AND NOT coalesce(a.negated, false)
    AND a.relation IN ['degrades', 'causes', 'correlates']
  RETURN m, a
}
OPTIONAL MATCH (a)-[:FROM_DOCUMENT]->(d:Document)
WHERE NOT d.run IN $hidden_runs
OPTIONAL MATCH (d)-[:RENDERS|SUMMARISES]->(w:Work)
WHERE NOT w.run IN $hidden_runs
WITH m, a, coalesce(w.key, d.key) AS source, a.tier = 'high' AND (d.kind <> 'summary' OR a.checked IS NOT NULL) AS evidence
ORDER BY a.confidence DESC, a.key
RETURN m.key AS mechanism, m.name AS name, count(DISTINCT source) AS works,
  count(DISTINCT CASE WHEN evidence THEN source END) AS evidence_works, count(DISTINCT a.key) AS assertions,
  count(CASE WHEN a IS NULL THEN 1 END) > 0 AS declared, collect(a.statement)[0] AS example
ORDER BY evidence_works DESC, works DESC, mechanism
LIMIT $limit
