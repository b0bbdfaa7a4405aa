// Failures of the drives of one rack, newest first.
// name: rack_failures
// mode: read
// param: rack string, Rack.key
// param: limit int = 100, most rows returned (1..10000)
// returns: drive, model, day, host
// example: {"rack": "rack:demo:R1", "limit": 25}
MATCH (k:Rack {key: $rack})<-[i:IN_RACK]-(d:Drive)-[:HAS_FAILURE]->(e:FailureEvent)
WHERE e.status = 'failed' AND NOT i.run IN $hidden_runs AND NOT d.run IN $hidden_runs AND NOT e.run IN $hidden_runs
OPTIONAL MATCH (d)-[o:RUNS_ON]->(h:Host)
WHERE NOT o.run IN $hidden_runs
RETURN d.key AS drive, d.model AS model, e.day AS day, min(h.key) AS host
ORDER BY day DESC, drive
LIMIT $limit
