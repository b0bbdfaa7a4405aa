// Rooms of a fleet's racks with the source that told each; for the training export.
// name: training_rooms
// mode: read
// param: fleet string, Fleet.key
// returns: rack, room, name, source
// example: {"fleet": "fleet:demo"}
MATCH (f:Fleet {key: $fleet})
MATCH (k:Rack)-[i:IN_ROOM]->(o:Room)
WHERE k.fleet IN [f.key, f.name] AND NOT k.run IN $hidden_runs AND NOT i.run IN $hidden_runs
  AND NOT o.run IN $hidden_runs
RETURN k.key AS rack, o.key AS room, o.name AS name, i.source AS source
ORDER BY rack, room
