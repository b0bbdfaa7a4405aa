// Racks of a fleet's hosts with the source that told each; for the training export.
// name: training_racks
// mode: read
// param: fleet string, Fleet.key
// returns: host, rack, name, source
// example: {"fleet": "fleet:demo"}
MATCH (f:Fleet {key: $fleet})
MATCH (h:Host)-[i:IN_RACK]->(k:Rack)
WHERE h.fleet IN [f.key, f.name] AND NOT h.run IN $hidden_runs AND NOT i.run IN $hidden_runs
  AND NOT k.run IN $hidden_runs
RETURN h.key AS host, k.key AS rack, k.name AS name, i.source AS source
ORDER BY host, rack
