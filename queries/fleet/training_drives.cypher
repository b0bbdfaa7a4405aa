// Drives of a fleet with what they are and when they were observed, nothing computed of them; for the training export.
// name: training_drives
// mode: read
// param: fleet string, Fleet.key
// returns: drive, model, vendor, medium, capacity_bytes, first_day, last_day
// example: {"fleet": "fleet:demo"}
MATCH (d:Drive)-[:IN_FLEET]->(:Fleet {key: $fleet})
WHERE NOT d.run IN $hidden_runs
RETURN d.key AS drive, d.model AS model, d.vendor AS vendor, d.medium AS medium, d.capacity_bytes AS capacity_bytes,
  d.first_day AS first_day, d.last_day AS last_day
ORDER BY drive
