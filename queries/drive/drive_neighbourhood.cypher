// What one drive is related to, one step away, whichever way the relationship points.
// name: drive_neighbourhood
// mode: read
// param: drive string, Drive.key
// param: limit int = 200, most rows returned (1..300)
// returns: head, relation, tail, neighbour_label, neighbour_name
// example: {"drive": "drive:demo:M1:S1", "limit": 50}
MATCH (d:Drive {key: $drive})-[r]-(n)
WHERE NOT d.run IN $hidden_runs AND NOT r.run IN $hidden_runs AND NOT n.run IN $hidden_runs
RETURN startNode(r).key AS head, type(r) AS relation, endNode(r).key AS tail, labels(n)[0] AS neighbour_label,
  n.name AS neighbour_name
ORDER BY relation, head, tail
LIMIT $limit
