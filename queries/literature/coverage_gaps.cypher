// Attributes and mechanisms without evidence, and concepts that one work alone speaks of.
// name: coverage_gaps
// mode: read
// param: limit int = 500, most rows returned (1..5000)
// returns: gap, label, concept, name, works, assertions
// example: {}
CALL {
  MATCH (t:SmartAttribute)
  WHERE NOT t.run IN $hidden_runs
  OPTIONAL MATCH (t)-[:MEASURES|INDICATES]->(meant)
  WHERE NOT meant.run IN $hidden_runs
  WITH t, collect(meant) AS meanings
  UNWIND [t] + meanings AS c
  RETURN t AS n, c
  UNION ALL
  MATCH (n:Mechanism) WHERE NOT n.run IN $hidden_runs RETURN n, n AS c
  UNION ALL
  MATCH (n:Metric) WHERE NOT n.run IN $hidden_runs RETURN n, n AS c
  UNION ALL
  MATCH (n:Mitigation) WHERE NOT n.run IN $hidden_runs RETURN n, n AS c
}
OPTIONAL MATCH (c)<-[:HAS_SUBJECT|HAS_OBJECT]-(a:Assertion)
WHERE NOT a.run IN $hidden_runs AND coalesce(a.status, 'accepted') <> 'rejected'
OPTIONAL MATCH (a)-[:FROM_DOCUMENT]->(d:Document)
WHERE NOT d.run IN $hidden_runs
OPTIONAL MATCH (d)-[:RENDERS|SUMMARISES]->(w:Work)
WHERE NOT w.run IN $hidden_runs
WITH n, a, coalesce(w.key, d.key) AS source, a.tier = 'high' AND (d.kind <> 'summary' OR a.checked IS NOT NULL) AS evidence
WITH n, labels(n)[0] AS label, count(DISTINCT source) AS works,
  count(DISTINCT CASE WHEN evidence THEN source END) AS sure, count(DISTINCT a.key) AS assertions
WHERE works = 1 OR (sure = 0 AND label IN ['SmartAttribute', 'Mechanism'])
RETURN CASE WHEN sure = 0 AND label IN ['SmartAttribute', 'Mechanism'] THEN 'no evidence' ELSE 'one work' END AS gap,
  label, n.key AS concept, n.name AS name, works, assertions
ORDER BY gap, label, name, concept
LIMIT $limit
