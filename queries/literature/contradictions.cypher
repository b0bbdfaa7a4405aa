// Assertions that cannot all hold, each with the side it takes; of one concept, of some, or all.
// name: contradictions
// mode: read
// param: concept string = null, only where it is subject or object
// param: keys strings = [], only these contradictions; empty for all
// param: limit int = 500, most rows returned (1..5000)
// returns: contradiction, status, confidence, subject, subject_name, object, object_name, side, assertion, statement, quote, page, tier, evidence, assertion_confidence, document, document_kind, checked, work, title, authors, year
// example: {}
MATCH (k:Contradiction)<-[:CONTRADICTS]-(a:Assertion)
WHERE NOT k.run IN $hidden_runs AND coalesce(k.status, 'proposed') <> 'rejected'
  AND (size($keys) = 0 OR k.key IN $keys) AND NOT a.run IN $hidden_runs AND coalesce(a.status, 'accepted') <> 'rejected'
MATCH (a)-[:HAS_SUBJECT]->(s)
MATCH (a)-[:HAS_OBJECT]->(o)
WHERE NOT s.run IN $hidden_runs AND NOT o.run IN $hidden_runs
  AND ($concept IS NULL OR s.key = $concept OR o.key = $concept)
MATCH (a)-[:FROM_DOCUMENT]->(d:Document)
WHERE NOT d.run IN $hidden_runs
OPTIONAL MATCH (d)-[:RENDERS|SUMMARISES]->(w:Work)
WHERE NOT w.run IN $hidden_runs
RETURN k.key AS contradiction, k.status AS status, k.confidence AS confidence, s.key AS subject,
  s.name AS subject_name, o.key AS object, o.name AS object_name,
  CASE WHEN coalesce(a.negated, false) OR a.relation = 'no_effect' THEN 'no effect'
    WHEN a.relation IN ['measured', 'correlates'] THEN 'stated' ELSE coalesce(a.polarity, 'stated') END AS side,
  a.key AS assertion, a.statement AS statement, a.quote AS quote, a.page AS page, a.tier AS tier,
  a.tier = 'high' AND (d.kind <> 'summary' OR a.checked IS NOT NULL) AS evidence,
  a.confidence AS assertion_confidence, d.key AS document, d.kind AS document_kind,
  a.checked AS checked, w.key AS work, w.title AS title, w.authors AS authors, w.year AS year
ORDER BY confidence DESC, contradiction, side, assertion_confidence DESC, assertion
LIMIT $limit
