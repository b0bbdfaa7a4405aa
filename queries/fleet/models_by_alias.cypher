// Models of a fleet's drives that a source names otherwise.
// name: models_by_alias
// mode: read
// param: fleet string, Fleet.key
// param: model string, Model as the source names it
// returns: model
// example: {"fleet": "fleet:demo", "model": "X1"}
MATCH (:Fleet {key: $fleet})<-[:IN_FLEET]-(d:Drive)-[h:HAS_ALIAS]->(a:DriveAlias)
WHERE a.alias = $model + ':' + d.serial
  AND NOT d.run IN $hidden_runs AND NOT h.run IN $hidden_runs AND NOT a.run IN $hidden_runs
RETURN DISTINCT d.model AS model
ORDER BY model
