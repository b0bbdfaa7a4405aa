// What people answered to findings of a fleet, oldest first; of one subject and rule the last answer counts.
// name: answers_of_fleet
// mode: read
// param: fleet string, Fleet.key
// returns: answer, subject, rule, severity, status, reason, until, made_at, made_by, finding, finding_last_day, assessed_at
// example: {"fleet": "fleet:demo"}
MATCH (f:Fleet {key: $fleet})
MATCH (a:Acknowledgement)-[r:ANSWERS]->(h:HealthFinding)
WHERE a.fleet IN [f.key, f.name] AND NOT a.run IN $hidden_runs AND NOT r.run IN $hidden_runs
  AND NOT h.run IN $hidden_runs
RETURN a.key AS answer, a.subject AS subject, a.rule AS rule, a.severity AS severity, a.status AS status,
  a.reason AS reason, a.until AS until, a.made_at AS made_at, a.made_by AS made_by, h.key AS finding,
  h.last_day AS finding_last_day, h.assessed_at AS assessed_at
ORDER BY made_at, answer
