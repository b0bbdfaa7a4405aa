// Concepts and attributes that assertions speak of, with support counted in works.
// name: literature_concepts
// mode: read
// param: limit int = 1000, most rows returned (1..5000)
// returns: concept, label, name, works, evidence_works, assertions, first_year, last_year
// example: {}
MATCH (a:Assertion)-[:FROM_DOCUMENT]->(d:Document)
WHERE NOT a.run IN $hidden_runs AND coalesce(a.status, 'accepted') <> 'rejected' AND NOT d.run IN $hidden_runs
OPTIONAL MATCH (d)-[:RENDERS|SUMMARISES]->(w:Work)
WHERE NOT w.run IN $hidden_runs
WITH a, coalesce(w.key, d.key) AS source, w.year AS year, a.tier = 'high' AND (d.kind <> 'summary' OR a.checked IS NOT NULL) AS evidence
MATCH (a)-[:HAS_SUBJECT|HAS_OBJECT]->(c)
WHERE NOT c.run IN $hidden_runs AND labels(c)[0] <> 'Instance'
RETURN c.key AS concept, labels(c)[0] AS label, c.name AS name, count(DISTINCT source) AS works,
  count(DISTINCT CASE WHEN evidence THEN source END) AS evidence_works, count(DISTINCT a.key) AS assertions,
  min(year) AS first_year, max(year) AS last_year
ORDER BY works DESC, assertions DESC, concept
LIMIT $limit
