// Rooms and sites of a fleet's racks; a rack that stands in several rooms has several rows.
// name: rooms_of_racks
// mode: read
// param: fleet string, Fleet.key
// returns: rack, room, room_name, site
// example: {"fleet": "fleet:demo"}
MATCH (f:Fleet {key: $fleet})
MATCH (k:Rack)-[i:IN_ROOM]->(o:Room)
WHERE k.fleet IN [f.key, f.name] AND NOT k.run IN $hidden_runs AND NOT i.run IN $hidden_runs
  AND NOT o.run IN $hidden_runs
OPTIONAL MATCH (o)-[a:AT_SITE]->(s:Site)
WHERE NOT a.run IN $hidden_runs AND NOT s.run IN $hidden_runs
RETURN k.key AS rack, o.key AS room, o.name AS room_name, s.name AS site
ORDER BY rack, room, site
