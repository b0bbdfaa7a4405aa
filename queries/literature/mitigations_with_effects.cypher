// What helps against a mechanism or betters a metric: range and unit of the effect, conditions, works.
// name: mitigations_with_effects
// mode: read
// param: target string, Mechanism.key or Metric.key
// param: limit int = 50, most rows returned (1..500)
// returns: mitigation, label, name, effect_on, low, high, unit, conditions, populations, works, evidence_works, assertions, example
// example: {"target": "mechanism:wear"}
CALL {
  MATCH (c:Mechanism {key: $target}) RETURN c
  UNION ALL
  MATCH (c:Metric {key: $target}) RETURN c
}
WITH c
WHERE NOT c.run IN $hidden_runs
MATCH (c)<-[:HAS_OBJECT]-(a:Assertion)-[:HAS_SUBJECT]->(s)
WHERE NOT s.run IN $hidden_runs AND NOT a.run IN $hidden_runs AND coalesce(a.status, 'accepted') <> 'rejected' AND NOT coalesce(a.negated, false) AND a.polarity = 'improves'
MATCH (a)-[:FROM_DOCUMENT]->(d:Document)
WHERE NOT d.run IN $hidden_runs
OPTIONAL MATCH (d)-[:RENDERS|SUMMARISES]->(w:Work)
WHERE NOT w.run IN $hidden_runs
WITH c, s, a, coalesce(w.key, d.key) AS source, a.tier = 'high' AND (d.kind <> 'summary' OR a.checked IS NOT NULL) AS evidence
ORDER BY a.confidence DESC, a.key
RETURN s.key AS mitigation, labels(s)[0] AS label, s.name AS name, c.name AS effect_on, min(a.value_low) AS low,
  max(a.value_high) AS high, a.value_unit AS unit, collect(DISTINCT a.condition) AS conditions,
  collect(DISTINCT a.population) AS populations, count(DISTINCT source) AS works,
  count(DISTINCT CASE WHEN evidence THEN source END) AS evidence_works, count(a) AS assertions,
  collect(a.statement)[0] AS example
ORDER BY evidence_works DESC, works DESC, name, unit
LIMIT $limit
