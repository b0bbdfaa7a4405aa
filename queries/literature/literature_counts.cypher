// How much literature there is: works, documents, passages, assertions, what is kept apart.
// name: literature_counts
// mode: read
// returns: kind, number
// example: {}
MATCH (n:Work) WHERE NOT n.run IN $hidden_runs RETURN 'works' AS kind, count(n) AS number
UNION ALL
MATCH (n:Document) WHERE NOT n.run IN $hidden_runs RETURN 'documents' AS kind, count(n) AS number
UNION ALL
MATCH (n:Passage) WHERE NOT n.run IN $hidden_runs RETURN 'passages' AS kind, count(n) AS number
UNION ALL
MATCH (n:Assertion) WHERE NOT n.run IN $hidden_runs AND coalesce(n.status, 'accepted') <> 'rejected'
RETURN 'assertions' AS kind, count(n) AS number
UNION ALL
MATCH (n:Assertion)-[:FROM_DOCUMENT]->(d:Document)
WHERE NOT n.run IN $hidden_runs AND coalesce(n.status, 'accepted') <> 'rejected'
  AND n.tier = 'high' AND (d.kind <> 'summary' OR n.checked IS NOT NULL)
RETURN 'evidence' AS kind, count(n) AS number
UNION ALL
MATCH (n:Contradiction)<-[:CONTRADICTS]-(a:Assertion)
WHERE NOT n.run IN $hidden_runs AND NOT a.run IN $hidden_runs AND coalesce(n.status, 'proposed') <> 'rejected'
  AND coalesce(a.status, 'accepted') <> 'rejected'
RETURN 'contradictions' AS kind, count(DISTINCT n) AS number
UNION ALL
MATCH (n:UnsourcedClaim) WHERE NOT n.run IN $hidden_runs RETURN 'unsourced_claims' AS kind, count(n) AS number
