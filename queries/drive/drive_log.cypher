// Entries of the logs that one drive keeps itself, self-tests and errors, newest first.
// name: drive_log
// mode: read
// param: drive string, Drive.key
// returns: entry, log, power_on_hours, kind, status, passed, lba, description, first_day
// example: {"drive": "drive:demo:M1:S1"}
MATCH (d:Drive {key: $drive})-[l:LOGGED]->(e:DeviceLogEntry)
WHERE NOT d.run IN $hidden_runs AND NOT l.run IN $hidden_runs AND NOT e.run IN $hidden_runs
RETURN e.key AS entry, e.log AS log, e.power_on_hours AS power_on_hours, e.kind AS kind, e.status AS status,
  e.passed AS passed, e.lba AS lba, e.description AS description, e.first_day AS first_day
ORDER BY coalesce(power_on_hours, -1) DESC, first_day DESC, entry
