// Where one drive is and was, what it runs and serves, and the end of its service.
// name: drive_places
// mode: read
// param: drive string, Drive.key
// returns: relation, place, name, valid_from, valid_to, status, day, room, site
// example: {"drive": "drive:demo:M1:S1"}
MATCH (d:Drive {key: $drive})-[r:RUNS_ON|IN_RACK|RUNS_FIRMWARE|SERVES|HAS_FAILURE]->(p)
WHERE NOT d.run IN $hidden_runs AND NOT r.run IN $hidden_runs AND NOT p.run IN $hidden_runs
OPTIONAL MATCH (p)-[i:IN_ROOM]->(o:Room)
WHERE NOT i.run IN $hidden_runs AND NOT o.run IN $hidden_runs
OPTIONAL MATCH (o)-[a:AT_SITE]->(s:Site)
WHERE NOT a.run IN $hidden_runs AND NOT s.run IN $hidden_runs
RETURN type(r) AS relation, p.key AS place, p.name AS name, r.valid_from AS valid_from, r.valid_to AS valid_to,
  p.status AS status, p.day AS day, o.name AS room, s.name AS site
ORDER BY relation, CASE WHEN valid_to IS NULL THEN 0 ELSE 1 END, valid_to DESC, valid_from DESC, place, day, room
