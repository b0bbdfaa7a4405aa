// Drives of a fleet with what they are, without their places.
// name: drive_records
// mode: read
// param: fleet string, Fleet.key
// returns: drive, serial, model, vendor, medium, capacity_bytes, first_day, last_day, drive_days
// example: {"fleet": "fleet:demo"}
MATCH (d:Drive)-[:IN_FLEET]->(:Fleet {key: $fleet})
WHERE NOT d.run IN $hidden_runs
RETURN d.key AS drive, d.serial AS serial, d.model AS model, d.vendor AS vendor, d.medium AS medium,
  d.capacity_bytes AS capacity_bytes, d.first_day AS first_day, d.last_day AS last_day, d.drive_days AS drive_days
ORDER BY drive
