// Telemetry windows of a fleet's drives with the readings' hash they were computed from.
// name: windows_of_fleet
// mode: read
// param: fleet string, Fleet.key
// returns: drive, window, first_day, last_day, window_days, num_readings, content_sha256, definition_version
// example: {"fleet": "fleet:demo"}
MATCH (:Fleet {key: $fleet})<-[:IN_FLEET]-(d:Drive)-[:HAS_WINDOW]->(w:TelemetryWindow)
WHERE NOT d.run IN $hidden_runs AND NOT w.run IN $hidden_runs
RETURN d.key AS drive, w.key AS window, w.first_day AS first_day, w.last_day AS last_day, w.window_days AS window_days,
  w.num_readings AS num_readings, w.content_sha256 AS content_sha256, w.definition_version AS definition_version
ORDER BY drive, last_day DESC
