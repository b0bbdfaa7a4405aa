// Instances of all documents, with the concept that each is a case of: what may be one.
// name: merge_candidates
// mode: read
// returns: instance, name, document, concept
// example: {}
MATCH (i:Instance)
WHERE NOT i.run IN $hidden_runs
OPTIONAL MATCH (i)-[r:INSTANCE_OF]->(c)
WHERE NOT r.run IN $hidden_runs AND NOT c.run IN $hidden_runs
RETURN i.key AS instance, i.name AS name, i.document AS document, min(c.key) AS concept
ORDER BY instance
