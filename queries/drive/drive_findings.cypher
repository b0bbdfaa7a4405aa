// Findings on one drive, open ones first, worst first.
// name: drive_findings
// mode: read
// param: drive string, Drive.key
// returns: finding, rule, rule_version, severity, status, statement, short, attribute, value, threshold, unit, threshold_source, method, confidence, evidence, first_day, last_day, since_day, begun_day, assessed_at, resolved_at
// example: {"drive": "drive:demo:M1:S1"}
MATCH (h:HealthFinding)-[:FOUND_ON]->(d:Drive {key: $drive})
WHERE NOT d.run IN $hidden_runs AND NOT h.run IN $hidden_runs
RETURN h.key AS finding, h.rule AS rule, h.rule_version AS rule_version, h.severity AS severity, h.status AS status,
  h.statement AS statement, h.short AS short, h.attribute AS attribute, h.value AS value, h.threshold AS threshold,
  h.unit AS unit, h.threshold_source AS threshold_source, h.method AS method, h.confidence AS confidence,
  h.evidence AS evidence, h.first_day AS first_day, h.last_day AS last_day, h.since_day AS since_day,
  h.begun_day AS begun_day, h.assessed_at AS assessed_at,
  h.resolved_at AS resolved_at
ORDER BY status, CASE severity WHEN 'red' THEN 0 WHEN 'amber' THEN 1 WHEN 'green' THEN 2 ELSE 3 END, finding
