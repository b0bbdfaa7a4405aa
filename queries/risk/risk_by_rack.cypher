// Racks by the failures expected of their drives within the horizon, by one model run on one day.
// name: risk_by_rack
// mode: read
// param: model_run string, ModelRun.key
// param: landmark date, day on which the risk was asked
// param: limit int = 100, most rows returned (1..10000)
// returns: rack, name, model, num_drives, expected_failures, mean_risk
// example: {"model_run": "model-run:demo", "landmark": "2024-05-01"}
MATCH (m:ModelRun {key: $model_run})<-[:PREDICTED_BY]-(f:RiskForecast {landmark: $landmark})-[:FORECASTS]->(d:Drive)
WHERE NOT m.run IN $hidden_runs AND NOT f.run IN $hidden_runs AND NOT d.run IN $hidden_runs
MATCH (d)-[i:IN_RACK]->(r:Rack)
WHERE NOT i.run IN $hidden_runs AND NOT r.run IN $hidden_runs AND i.valid_to IS NULL
RETURN r.key AS rack, r.name AS name, d.model AS model, count(d) AS num_drives, sum(f.risk) AS expected_failures,
  avg(f.risk) AS mean_risk
ORDER BY expected_failures DESC, rack, model
LIMIT $limit
