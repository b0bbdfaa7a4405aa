// Drives of a fleet with what and where they are now; all of them.
// name: drives
// mode: read
// param: fleet string, Fleet.key
// returns: drive, serial, model, vendor, capacity_bytes, medium, first_day, last_day, drive_days, firmware, host, rack, application, failed_on
// example: {"fleet": "fleet:demo"}
MATCH (d:Drive)-[:IN_FLEET]->(:Fleet {key: $fleet})
WHERE NOT d.run IN $hidden_runs
OPTIONAL MATCH (d)-[r:RUNS_FIRMWARE|RUNS_ON|IN_RACK|SERVES|HAS_FAILURE]->(p)
WHERE NOT r.run IN $hidden_runs AND r.valid_to IS NULL
WITH d, collect({relation: type(r), key: p.key, status: p.status, day: p.day}) AS links
RETURN d.key AS drive, d.serial AS serial, d.model AS model, d.vendor AS vendor, d.capacity_bytes AS capacity_bytes,
  d.medium AS medium, d.first_day AS first_day, d.last_day AS last_day, d.drive_days AS drive_days,
  head([link IN links WHERE link.relation = 'RUNS_FIRMWARE' | link.key]) AS firmware,
  head([link IN links WHERE link.relation = 'RUNS_ON' | link.key]) AS host,
  head([link IN links WHERE link.relation = 'IN_RACK' | link.key]) AS rack,
  head([link IN links WHERE link.relation = 'SERVES' | link.key]) AS application,
  head([link IN links WHERE link.relation = 'HAS_FAILURE' AND link.status = 'failed' | link.day]) AS failed_on
ORDER BY drive
