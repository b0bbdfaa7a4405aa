// Forecasts of one drive, latest day first: how its risk changed.
// name: forecasts_of_drive
// mode: read
// param: drive string, Drive.key
// param: limit int = 100, most rows returned (1..1000)
// returns: forecast, fleet, synthetic, serial, model_run, model, trained_until, landmark, horizon_days, horizons_days, p, low, high, risk, base_rate, trend_landmarks, trend_p, reasons, neighbours, notes, asked_at
// example: {"drive": "drive:demo:M1:S1"}
MATCH (d:Drive {key: $drive})<-[:FORECASTS]-(f:RiskForecast)-[:PREDICTED_BY]->(m:ModelRun)
WHERE NOT d.run IN $hidden_runs AND NOT f.run IN $hidden_runs AND NOT m.run IN $hidden_runs
MATCH (d)-[:IN_FLEET]->(e:Fleet)
RETURN f.key AS forecast, e.name AS fleet, e.synthetic AS synthetic, d.serial AS serial, m.key AS model_run,
  m.model AS model, m.trained_until AS trained_until, f.landmark AS landmark, f.horizon_days AS horizon_days,
  f.horizons_days AS horizons_days, f.p AS p, f.low AS low, f.high AS high, f.risk AS risk, f.base_rate AS base_rate,
  f.trend_landmarks AS trend_landmarks, f.trend_p AS trend_p, f.reasons AS reasons, f.neighbours AS neighbours,
  f.notes AS notes, m.created_at AS asked_at
ORDER BY landmark DESC, asked_at DESC, forecast
LIMIT $limit
