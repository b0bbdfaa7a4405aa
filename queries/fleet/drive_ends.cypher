// Drives of a fleet with their last day of data, and the last day on which their service ended (failed, retired, lost).
// name: drive_ends
// mode: read
// param: fleet string, Fleet.key
// returns: drive, last_day, ended_on
// example: {"fleet": "fleet:demo"}
MATCH (d:Drive)-[:IN_FLEET]->(:Fleet {key: $fleet})
WHERE NOT d.run IN $hidden_runs
OPTIONAL MATCH (d)-[r:HAS_FAILURE]->(e:FailureEvent)
WHERE NOT r.run IN $hidden_runs
RETURN d.key AS drive, d.last_day AS last_day, max(e.day) AS ended_on
ORDER BY drive
