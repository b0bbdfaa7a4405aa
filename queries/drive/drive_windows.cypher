// Telemetry windows of one drive, newest first, with what each says of every attribute.
// name: drive_windows
// mode: read
// param: drive string, Drive.key
// returns: window, first_day, last_day, window_days, num_readings, content_sha256, attribute, first, last, min, max, rise, slope_per_day, last_change_day, num_resets
// example: {"drive": "drive:demo:M1:S1"}
MATCH (d:Drive {key: $drive})-[:HAS_WINDOW]->(w:TelemetryWindow)
WHERE NOT d.run IN $hidden_runs AND NOT w.run IN $hidden_runs
OPTIONAL MATCH (w)-[r:READS]->(a:SmartAttribute)
WHERE NOT r.run IN $hidden_runs
RETURN w.key AS window, w.first_day AS first_day, w.last_day AS last_day, w.window_days AS window_days,
  w.num_readings AS num_readings, w.content_sha256 AS content_sha256, a.key AS attribute, r.first AS first,
  r.last AS last, r.min AS min, r.max AS max, r.rise AS rise, r.slope_per_day AS slope_per_day,
  r.last_change_day AS last_change_day, r.num_resets AS num_resets
ORDER BY last_day DESC, window, attribute
