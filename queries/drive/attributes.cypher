// SMART attributes with unit, kind and the direction that is bad.
// name: attributes
// mode: read
// returns: attribute, name, protocol, unit, kind, bad_direction, description
// example: {}
MATCH (a:SmartAttribute)
WHERE NOT a.run IN $hidden_runs
RETURN a.key AS attribute, a.name AS name, a.protocol AS protocol, a.unit AS unit, a.kind AS kind,
  a.bad_direction AS bad_direction, a.description AS description
ORDER BY attribute
