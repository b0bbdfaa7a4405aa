// Contradictions with the method that found them, the statements that take part and their documents.
// name: stored_contradictions
// mode: read
// returns: contradiction, name, method, status, confidence, assertions, documents
// example: {}
MATCH (c:Contradiction)
WHERE NOT c.run IN $hidden_runs
OPTIONAL MATCH (c)<-[:CONTRADICTS]-(a)
WHERE NOT a.run IN $hidden_runs
WITH c, a
ORDER BY a.key
RETURN c.key AS contradiction, c.name AS name, c.method AS method, c.status AS status, c.confidence AS confidence,
  collect(DISTINCT a.key) AS assertions, collect(DISTINCT a.document) AS documents
ORDER BY contradiction
