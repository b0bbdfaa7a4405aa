// Number of forecasts that one model run gave on one day.
// name: num_forecasts
// mode: read
// param: model_run string, ModelRun.key
// param: landmark date, day on which the risk was asked
// returns: num_forecasts
// example: {"model_run": "model-run:demo", "landmark": "2024-05-01"}
MATCH (m:ModelRun {key: $model_run})<-[:PREDICTED_BY]-(f:RiskForecast {landmark: $landmark})
WHERE NOT m.run IN $hidden_runs AND NOT f.run IN $hidden_runs
RETURN count(f) AS num_forecasts
