// Racks of a fleet with the drives seen in each and how many of these failed, most failures first.
// name: racks_of_fleet
// mode: read
// param: fleet string, Fleet.key
// returns: rack, name, drives, failed
// example: {"fleet": "fleet:demo"}
MATCH (f:Fleet {key: $fleet})
MATCH (k:Rack)
WHERE k.fleet IN [f.key, f.name] AND NOT k.run IN $hidden_runs
OPTIONAL MATCH (d:Drive)-[i:IN_RACK]->(k)
WHERE NOT d.run IN $hidden_runs AND NOT i.run IN $hidden_runs
OPTIONAL MATCH (d)-[:HAS_FAILURE]->(e:FailureEvent)
WHERE e.status = 'failed' AND NOT e.run IN $hidden_runs
RETURN k.key AS rack, k.name AS name, count(DISTINCT d) AS drives, count(DISTINCT e) AS failed
ORDER BY failed DESC, rack
