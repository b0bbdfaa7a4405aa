// Complete runs that asked the risk of a whole fleet, latest day first, with the model run that answered.
// name: forecast_runs
// mode: read
// param: fleet string, name of the fleet
// returns: run, model_run, landmark, completed_at
// example: {"fleet": "demo"}
MATCH (r:Run {kind: 'predict', status: 'complete', fleet: $fleet})
WHERE NOT r.key IN $hidden_runs
RETURN r.key AS run, r.model_run AS model_run, r.landmark AS landmark, r.completed_at AS completed_at
ORDER BY landmark DESC, completed_at DESC
