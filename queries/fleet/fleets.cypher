// All fleets with the number of their drives and the last day of their data.
// name: fleets
// mode: read
// returns: fleet, name, synthetic, drives, last_day
// example: {}
MATCH (f:Fleet)
WHERE NOT f.run IN $hidden_runs
OPTIONAL MATCH (d:Drive)-[:IN_FLEET]->(f)
WHERE NOT d.run IN $hidden_runs
RETURN f.key AS fleet, f.name AS name, coalesce(f.synthetic, false) AS synthetic, count(d) AS drives,
  max(d.last_day) AS last_day
ORDER BY name
