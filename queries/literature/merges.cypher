// Merges, one row a member: what is said to be one, by what, and whether it counts.
// name: merges
// mode: read
// param: status string = null, only those that are proposed, accepted or rejected
// returns: merge, name, status, method, confidence, reason, description, member, member_name, member_label, document, canonical
// example: {"status": "proposed"}
MATCH (m:Merge)-[r:MERGES]->(n)
WHERE ($status IS NULL OR m.status = $status)
  AND NOT m.run IN $hidden_runs AND NOT r.run IN $hidden_runs AND NOT n.run IN $hidden_runs
RETURN m.key AS merge, m.name AS name, m.status AS status, m.method AS method, m.confidence AS confidence,
  m.reason AS reason, m.description AS description, n.key AS member, n.name AS member_name,
  labels(n)[0] AS member_label, n.document AS document, coalesce(r.canonical, false) AS canonical
ORDER BY merge, canonical DESC, member
