// Ends of service in a fleet, oldest first; for the training export.
// name: training_failures
// mode: read
// param: fleet string, Fleet.key
// returns: drive, day, status
// example: {"fleet": "fleet:demo"}
MATCH (:Fleet {key: $fleet})<-[:IN_FLEET]-(d:Drive)-[h:HAS_FAILURE]->(e:FailureEvent)
WHERE NOT d.run IN $hidden_runs AND NOT h.run IN $hidden_runs AND NOT e.run IN $hidden_runs
RETURN d.key AS drive, e.day AS day, e.status AS status
ORDER BY day, drive
