// How many drives, failures, hosts, racks and rooms a fleet has, and the days its drives were seen.
// name: fleet_counts
// mode: read
// param: fleet string, Fleet.key
// returns: drives, drive_days, failures, hosts, racks, rooms
// example: {"fleet": "fleet:demo"}
MATCH (f:Fleet {key: $fleet})
WHERE NOT f.run IN $hidden_runs
OPTIONAL MATCH (d:Drive)-[:IN_FLEET]->(f)
WHERE NOT d.run IN $hidden_runs
WITH f, count(d) AS drives, sum(d.drive_days) AS drive_days
OPTIONAL MATCH (e:FailureEvent)<-[:HAS_FAILURE]-(:Drive)-[:IN_FLEET]->(f)
WHERE e.status = 'failed' AND NOT e.run IN $hidden_runs
WITH f, drives, drive_days, count(e) AS failures
OPTIONAL MATCH (h:Host)
WHERE h.fleet IN [f.key, f.name] AND NOT h.run IN $hidden_runs
WITH f, drives, drive_days, failures, count(h) AS hosts
OPTIONAL MATCH (k:Rack)
WHERE k.fleet IN [f.key, f.name] AND NOT k.run IN $hidden_runs
WITH f, drives, drive_days, failures, hosts, count(k) AS racks
OPTIONAL MATCH (o:Room)
WHERE o.fleet IN [f.key, f.name] AND NOT o.run IN $hidden_runs
RETURN drives, drive_days, failures, hosts, racks, count(o) AS rooms
