// From a drive's findings to what they rest on: window, attribute, and what the attribute measures or indicates.
// name: drive_evidence_path
// mode: read
// param: drive string, Drive.key
// returns: finding, severity, statement, evidence, evidence_label, attribute, metric, mechanism
// example: {"drive": "drive:demo:M1:S1"}
MATCH (d:Drive {key: $drive})<-[:FOUND_ON]-(h:HealthFinding)
WHERE h.status = 'open' AND NOT d.run IN $hidden_runs AND NOT h.run IN $hidden_runs
OPTIONAL MATCH (h)-[:CITES]->(e)
WHERE NOT e.run IN $hidden_runs
OPTIONAL MATCH (h)-[:CONCERNS]->(a:SmartAttribute)
WHERE NOT a.run IN $hidden_runs
OPTIONAL MATCH (a)-[:MEASURES]->(m:Metric)
WHERE NOT m.run IN $hidden_runs
OPTIONAL MATCH (a)-[:INDICATES]->(c:Mechanism)
WHERE NOT c.run IN $hidden_runs
RETURN h.key AS finding, h.severity AS severity, h.statement AS statement, e.key AS evidence,
  labels(e)[0] AS evidence_label, a.key AS attribute, m.name AS metric, c.name AS mechanism
ORDER BY finding, evidence, attribute, metric, mechanism
