// What every assertion that is not rejected says, in keys, for counting support; the study type is its Work's.
// name: assertions_to_settle
// mode: read
// returns: assertion, name, work, document, subject, object, relation, polarity, negated, hedged, tier, study_type, confidence, confidence_parts, subject_text
// example: {}
MATCH (a:Assertion)
WHERE NOT a.run IN $hidden_runs AND coalesce(a.status, 'accepted') <> 'rejected'
MATCH (a)-[:HAS_SUBJECT]->(s)
MATCH (a)-[:HAS_OBJECT]->(o)
WHERE NOT s.run IN $hidden_runs AND NOT o.run IN $hidden_runs
OPTIONAL MATCH (w:Work {key: a.work})
WHERE NOT w.run IN $hidden_runs
RETURN a.key AS assertion, a.name AS name, a.work AS work, a.document AS document, s.key AS subject, o.key AS object,
  a.relation AS relation, a.polarity AS polarity, a.negated AS negated, a.hedged AS hedged, a.tier AS tier,
  CASE WHEN coalesce(w.study_type, 'unknown') = 'unknown' THEN a.study_type ELSE w.study_type END AS study_type, a.confidence AS confidence, a.confidence_parts AS confidence_parts,
  a.subject_text AS subject_text
ORDER BY assertion
