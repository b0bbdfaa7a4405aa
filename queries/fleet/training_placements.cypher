// Hosts, racks, firmware and applications of a fleet's drives with the source that told each; for the training export.
// name: training_placements
// mode: read
// param: fleet string, Fleet.key
// returns: drive, relation, place, name, valid_from, valid_to, source
// example: {"fleet": "fleet:demo"}
MATCH (:Fleet {key: $fleet})<-[:IN_FLEET]-(d:Drive)-[r:RUNS_ON|IN_RACK|RUNS_FIRMWARE|SERVES]->(p)
WHERE NOT d.run IN $hidden_runs AND NOT r.run IN $hidden_runs AND NOT p.run IN $hidden_runs
RETURN d.key AS drive, type(r) AS relation, p.key AS place, p.name AS name, r.valid_from AS valid_from,
  r.valid_to AS valid_to, r.source AS source
ORDER BY drive, relation, place, valid_from
