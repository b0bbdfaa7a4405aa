// Members of accepted merges, with the one that stays.
// name: merged_concepts
// mode: read
// returns: merge, member, canonical
// example: {}
MATCH (m:Merge {status: 'accepted'})-[r:MERGES]->(n)
WHERE NOT m.run IN $hidden_runs AND NOT n.run IN $hidden_runs
RETURN m.key AS merge, n.key AS member, coalesce(r.canonical, false) AS canonical
ORDER BY merge, member
