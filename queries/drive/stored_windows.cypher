// Telemetry windows of some drives, what they were computed from, and how many findings and forecasts rest on each.
// name: stored_windows
// mode: read
// param: keys strings, Drive.key of each
// returns: drive, window, content_sha256, citations
// example: {"keys": ["drive:demo:M1:S1"]}
UNWIND $keys AS wanted
MATCH (d:Drive {key: wanted})-[:HAS_WINDOW]->(w:TelemetryWindow)
WHERE NOT w.run IN $hidden_runs
OPTIONAL MATCH (f)-[:CITES|RESTS_ON]->(w)
RETURN d.key AS drive, w.key AS window, w.content_sha256 AS content_sha256, count(f) AS citations
