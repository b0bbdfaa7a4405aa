// Failures of a fleet's drives on some days.
// name: failures_between
// mode: read
// param: fleet string, Fleet.name
// param: first_day date, first day
// param: last_day date, last day
// returns: drive, day
// example: {"fleet": "demo", "first_day": "2024-01-01", "last_day": "2024-12-31"}
MATCH (e:FailureEvent {fleet: $fleet, status: 'failed'})
WHERE NOT e.run IN $hidden_runs AND e.day >= $first_day AND e.day <= $last_day
RETURN e.drive AS drive, e.day AS day
ORDER BY day, drive
