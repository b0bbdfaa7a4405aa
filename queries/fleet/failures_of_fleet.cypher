// Failures and retirements in a fleet, newest first.
// name: failures_of_fleet
// mode: read
// param: fleet string, Fleet.key
// returns: failure, drive, model, day, status, precision, derived_from_hours
// example: {"fleet": "fleet:demo"}
MATCH (:Fleet {key: $fleet})<-[:IN_FLEET]-(d:Drive)-[:HAS_FAILURE]->(e:FailureEvent)
WHERE NOT d.run IN $hidden_runs AND NOT e.run IN $hidden_runs
RETURN e.key AS failure, d.key AS drive, d.model AS model, e.day AS day, e.status AS status, e.precision AS precision,
  coalesce(e.derived_from_hours, false) AS derived_from_hours
ORDER BY day DESC, failure
