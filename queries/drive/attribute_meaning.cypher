// What an attribute measures and which mechanism a bad value points to.
// name: attribute_meaning
// mode: read
// param: attribute string, SmartAttribute.key
// returns: attribute, name, metric, metric_name, mechanism, mechanism_name
// example: {"attribute": "smart:ata:5"}
MATCH (a:SmartAttribute {key: $attribute})
WHERE NOT a.run IN $hidden_runs
OPTIONAL MATCH (a)-[m:MEASURES]->(metric:Metric)
WHERE NOT m.run IN $hidden_runs AND NOT metric.run IN $hidden_runs
OPTIONAL MATCH (a)-[i:INDICATES]->(mechanism:Mechanism)
WHERE NOT i.run IN $hidden_runs AND NOT mechanism.run IN $hidden_runs
RETURN a.key AS attribute, a.name AS name, metric.key AS metric, metric.name AS metric_name,
  mechanism.key AS mechanism, mechanism.name AS mechanism_name
ORDER BY metric, mechanism
