// Drives of a fleet with what they are and when they were observed, nothing computed of them; for the training export.
// name: training_drives
// mode: read
// param: fleet string, Fleet.key
// returns: drive, model, vendor, medium, capacity_bytes, first_day, last_day
// example: {"fleet": "fleet:demo"}
MATCH (d:Drive)-[:IN_FLEET]->(:Fleet {key: $fleet})
WHERE NOT d.run IN $hidden_runs
OPTIONAL MATCH (d)-[o:OF_MODEL]->(m:DriveModel)-[b:MADE_BY]->(v:Vendor)
WHERE NOT o.run IN $hidden_runs AND NOT b.run IN $hidden_runs AND NOT v.run IN $hidden_runs
WITH d, min(v.name) AS maker
RETURN d.key AS drive, d.model AS model, coalesce(d.vendor, maker) AS vendor, d.medium AS medium,
  d.capacity_bytes AS capacity_bytes, d.first_day AS first_day, d.last_day AS last_day
ORDER BY drive
