// Drives that a source knows under another name.
// name: drives_by_alias
// mode: read
// param: alias string, DriveAlias.key
// returns: drive
// example: {"alias": "alias:demo:X1:S1"}
MATCH (d:Drive)-[h:HAS_ALIAS]->(a:DriveAlias {key: $alias})
WHERE NOT d.run IN $hidden_runs AND NOT h.run IN $hidden_runs AND NOT a.run IN $hidden_runs
RETURN DISTINCT d.key AS drive
ORDER BY drive
