// Episodes of findings on a fleet's drives that were seen on or after a day: rows of one episode share its first day.
// name: episodes_of_fleet
// mode: read
// param: fleet string, Fleet.key
// param: since date, episodes whose last day with the finding is this day or later
// returns: subject, rule, severity, begun_day, first_seen, last_seen, last_day, resolved_at, is_open, is_dated
// example: {"fleet": "fleet:demo", "since": "2024-04-01"}
MATCH (f:Fleet {key: $fleet})
MATCH (h:HealthFinding)
WHERE h.fleet IN [f.key, f.name] AND h.subject_label = 'Drive' AND h.last_day >= $since AND NOT h.run IN $hidden_runs
RETURN h.subject AS subject, h.rule AS rule, h.severity AS severity,
  coalesce(h.begun_day, h.since_day, h.last_day) AS begun_day, min(h.assessed_at) AS first_seen,
  max(h.assessed_at) AS last_seen, max(h.last_day) AS last_day, max(h.resolved_at) AS resolved_at,
  max(CASE h.status WHEN 'open' THEN 1 ELSE 0 END) AS is_open,
  max(CASE WHEN h.since_day IS NULL THEN 0 ELSE 1 END) AS is_dated
ORDER BY subject, rule, begun_day, severity
