// Assertions of a document in the order of its text.
// name: claims_of_document
// mode: read
// param: document string, Document.key
// param: limit int = 2000, most rows returned (1..5000)
// returns: assertion, statement, quote, page, section, quote_start, quote_end, relation, polarity, negated, hedged, tier, status, confidence, confidence_parts, condition, population, quantity, num_works, checked, document, document_kind, work, title, authors, year, subject, subject_label, subject_name, object, object_label, object_name, evidence, contradictions
// example: {"document": "document:d1"}
MATCH (a:Assertion)-[:FROM_DOCUMENT]->(:Document {key: $document})
WHERE NOT a.run IN $hidden_runs AND coalesce(a.status, 'accepted') <> 'rejected'
WITH a
MATCH (a)-[:FROM_DOCUMENT]->(d:Document)
WHERE NOT d.run IN $hidden_runs
MATCH (a)-[:HAS_SUBJECT]->(s)
MATCH (a)-[:HAS_OBJECT]->(o)
WHERE NOT s.run IN $hidden_runs AND NOT o.run IN $hidden_runs
OPTIONAL MATCH (d)-[:RENDERS|SUMMARISES]->(w:Work)
WHERE NOT w.run IN $hidden_runs
OPTIONAL MATCH (a)-[:CONTRADICTS]->(k:Contradiction)
WHERE NOT k.run IN $hidden_runs AND coalesce(k.status, 'proposed') <> 'rejected'
WITH a, d, s, o, w, k,
  a.tier = 'high' AND (d.kind <> 'summary' OR a.checked IS NOT NULL) AS evidence
ORDER BY k.key
WITH a, d, s, o, w, evidence, collect(k.key) AS contradictions
RETURN a.key AS assertion, a.statement AS statement,
  a.quote AS quote, a.page AS page, a.section AS section,
  a.start AS quote_start, a.`end` AS quote_end, a.relation AS relation, a.polarity AS polarity,
  coalesce(a.negated, false) AS negated, coalesce(a.hedged, false) AS hedged, a.tier AS tier,
  coalesce(a.status, 'accepted') AS status, a.confidence AS confidence, a.confidence_parts AS confidence_parts,
  a.condition AS condition, a.population AS population, a.quantity AS quantity, a.num_works AS num_works,
  a.checked AS checked, d.key AS document, d.kind AS document_kind, w.key AS work, w.title AS title,
  w.authors AS authors, w.year AS year, s.key AS subject, labels(s)[0] AS subject_label, s.name AS subject_name,
  o.key AS object, labels(o)[0] AS object_label, o.name AS object_name, evidence, contradictions
ORDER BY quote_start, quote_end, assertion
LIMIT $limit
