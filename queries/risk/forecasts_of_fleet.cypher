// Forecasts that one model run gave of a fleet's drives on one day, riskiest first, with what each drive is.
// name: forecasts_of_fleet
// mode: read
// param: model_run string, ModelRun.key
// param: landmark date, day on which the risk was asked
// returns: forecast, drive, serial, model, capacity_bytes, horizon_days, horizons_days, low, high, risk, members, trend_p, top_reason, notes
// example: {"model_run": "model-run:demo", "landmark": "2024-05-01"}
MATCH (m:ModelRun {key: $model_run})<-[:PREDICTED_BY]-(f:RiskForecast {landmark: $landmark})-[:FORECASTS]->(d:Drive)
WHERE NOT m.run IN $hidden_runs AND NOT f.run IN $hidden_runs AND NOT d.run IN $hidden_runs
RETURN f.key AS forecast, d.key AS drive, d.serial AS serial, d.model AS model, d.capacity_bytes AS capacity_bytes,
  f.horizon_days AS horizon_days, f.horizons_days AS horizons_days, f.low AS low, f.high AS high, f.risk AS risk,
  f.members AS members, f.trend_p AS trend_p, head(f.reasons) AS top_reason, f.notes AS notes
ORDER BY risk DESC, drive
