// Complete runs of the rule base, newest first.
// name: assessments
// mode: read
// returns: run, fleet, rule_base_version, completed_at, store_version
// example: {}
MATCH (r:Run {kind: 'assess', status: 'complete'})
WHERE NOT r.key IN $hidden_runs
RETURN r.key AS run, r.fleet AS fleet, r.rule_base_version AS rule_base_version, r.completed_at AS completed_at,
  r.store_version AS store_version
ORDER BY completed_at DESC
