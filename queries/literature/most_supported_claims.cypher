// What most independent works state, by subject, side and object; works are counted, never sentences.
// name: most_supported_claims
// mode: read
// param: evidence_only bool = true, only what counts as evidence
// param: limit int = 25, most rows returned (1..500)
// returns: subject, subject_name, side, object, object_name, works, assertions, confidence, example
// example: {}
MATCH (a:Assertion)-[:FROM_DOCUMENT]->(d:Document)
WHERE NOT a.run IN $hidden_runs AND coalesce(a.status, 'accepted') <> 'rejected' AND NOT d.run IN $hidden_runs
  AND (NOT $evidence_only OR (a.tier = 'high' AND (d.kind <> 'summary' OR a.checked IS NOT NULL)))
OPTIONAL MATCH (d)-[:RENDERS|SUMMARISES]->(w:Work)
WHERE NOT w.run IN $hidden_runs
WITH a, coalesce(w.key, d.key) AS source, CASE WHEN coalesce(a.negated, false) OR a.relation = 'no_effect' THEN 'no effect'
    WHEN a.relation IN ['measured', 'correlates'] THEN 'stated' ELSE coalesce(a.polarity, 'stated') END AS side
MATCH (a)-[:HAS_SUBJECT]->(s)
MATCH (a)-[:HAS_OBJECT]->(o)
WHERE NOT s.run IN $hidden_runs AND NOT o.run IN $hidden_runs AND side <> 'stated'
WITH s.key AS subject, s.name AS subject_name, side, o.key AS object, o.name AS object_name, a, source
ORDER BY a.confidence DESC, a.key
RETURN subject, subject_name, side, object, object_name, count(DISTINCT source) AS works, count(a) AS assertions,
  max(a.confidence) AS confidence, collect(a.statement)[0] AS example
ORDER BY works DESC, confidence DESC, subject, object, side
LIMIT $limit
