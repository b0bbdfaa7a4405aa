// Contradictions with the method that found them and the documents that take part.
// name: stored_contradictions
// mode: read
// returns: contradiction, method, status, documents
// example: {}
MATCH (c:Contradiction)
WHERE NOT c.run IN $hidden_runs
OPTIONAL MATCH (c)<-[:CONTRADICTS]-(a)
WHERE NOT a.run IN $hidden_runs
RETURN c.key AS contradiction, c.method AS method, c.status AS status, collect(DISTINCT a.document) AS documents
ORDER BY contradiction
