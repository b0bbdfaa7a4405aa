// One finding, open or resolved, by its key.
// name: finding
// mode: read
// param: finding string, HealthFinding.key
// returns: finding, fleet, subject, subject_label, rule, severity, status, statement, resolved_at
// example: {"finding": "finding:drive:demo:M1:S1:realloc-rise:1:2024-05-01:2024-05-01"}
MATCH (h:HealthFinding {key: $finding})
WHERE NOT h.run IN $hidden_runs
RETURN h.key AS finding, h.fleet AS fleet, h.subject AS subject, h.subject_label AS subject_label, h.rule AS rule,
  h.severity AS severity, h.status AS status, h.statement AS statement, h.resolved_at AS resolved_at
