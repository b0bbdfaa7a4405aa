// Environment windows of some places, what they were computed from, and how many findings cite each.
// name: stored_environment_windows
// mode: read
// param: keys strings, key of a Host, Rack, Room or Site each
// returns: place, window, content_sha256, citations
// example: {"keys": ["rack:demo:R1"]}
UNWIND $keys AS wanted
MATCH (w:EnvironmentWindow {place: wanted})
WHERE NOT w.run IN $hidden_runs
OPTIONAL MATCH (f:HealthFinding)-[:CITES]->(w)
RETURN w.place AS place, w.key AS window, w.content_sha256 AS content_sha256, count(f) AS citations
