// Assertions about a SMART attribute, the metric it measures or the mechanism it points to; evidence first.
// name: evidence_for_attribute
// mode: read
// param: attribute string, SmartAttribute.key
// param: limit int = 50, most rows returned (1..1000)
// returns: about, about_name, assertion, statement, quote, page, section, quote_start, quote_end, relation, polarity, negated, hedged, tier, status, confidence, confidence_parts, condition, population, quantity, num_works, checked, document, document_kind, work, title, authors, year, subject, subject_label, subject_name, object, object_label, object_name, evidence, contradictions
// example: {"attribute": "smart:ata:5"}
CALL {
  MATCH (c:SmartAttribute {key: $attribute}) WHERE NOT c.run IN $hidden_runs RETURN c
  UNION ALL
  MATCH (:SmartAttribute {key: $attribute})-[:MEASURES|INDICATES]->(c) WHERE NOT c.run IN $hidden_runs RETURN c
}
MATCH (c)<-[:HAS_SUBJECT|HAS_OBJECT]-(a:Assertion)
WHERE NOT a.run IN $hidden_runs AND coalesce(a.status, 'accepted') <> 'rejected'
WITH a, min(c.key) AS about, min(c.name) AS about_name
MATCH (a)-[:FROM_DOCUMENT]->(d:Document)
WHERE NOT d.run IN $hidden_runs
MATCH (a)-[:HAS_SUBJECT]->(s)
MATCH (a)-[:HAS_OBJECT]->(o)
WHERE NOT s.run IN $hidden_runs AND NOT o.run IN $hidden_runs
OPTIONAL MATCH (d)-[:RENDERS|SUMMARISES]->(w:Work)
WHERE NOT w.run IN $hidden_runs
OPTIONAL MATCH (a)-[:CONTRADICTS]->(k:Contradiction)
WHERE NOT k.run IN $hidden_runs AND coalesce(k.status, 'proposed') <> 'rejected'
WITH about, about_name, a, d, s, o, w, k,
  a.tier = 'high' AND (d.kind <> 'summary' OR a.checked IS NOT NULL) AS evidence
ORDER BY k.key
WITH about, about_name, a, d, s, o, w, evidence, collect(k.key) AS contradictions
RETURN about, about_name, a.key AS assertion, a.statement AS statement,
  a.quote AS quote, a.page AS page, a.section AS section,
  a.start AS quote_start, a.`end` AS quote_end, a.relation AS relation, a.polarity AS polarity,
  coalesce(a.negated, false) AS negated, coalesce(a.hedged, false) AS hedged, a.tier AS tier,
  coalesce(a.status, 'accepted') AS status, a.confidence AS confidence, a.confidence_parts AS confidence_parts,
  a.condition AS condition, a.population AS population, a.quantity AS quantity, a.num_works AS num_works,
  a.checked AS checked, d.key AS document, d.kind AS document_kind, w.key AS work, w.title AS title,
  w.authors AS authors, w.year AS year, s.key AS subject, labels(s)[0] AS subject_label, s.name AS subject_name,
  o.key AS object, labels(o)[0] AS object_label, o.name AS object_name, evidence, contradictions
ORDER BY CASE WHEN evidence THEN 0 ELSE 1 END, confidence DESC, assertion
LIMIT $limit
