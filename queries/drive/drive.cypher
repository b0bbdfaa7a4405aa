// Facts of one drive: what it is, where it is now, whether it failed.
// name: drive
// mode: read
// param: drive string, Drive.key
// returns: drive, serial, fleet, synthetic, model, vendor, capacity_bytes, medium, protocol, first_day, last_day, drive_days, firmware, host, rack, room, application, failed_on
// example: {"drive": "drive:demo:M1:S1"}
MATCH (d:Drive {key: $drive})
WHERE NOT d.run IN $hidden_runs
OPTIONAL MATCH (d)-[:IN_FLEET]->(f:Fleet)
OPTIONAL MATCH (d)-[r:RUNS_FIRMWARE|RUNS_ON|IN_RACK|SERVES|HAS_FAILURE]->(p)
WHERE NOT r.run IN $hidden_runs AND r.valid_to IS NULL
OPTIONAL MATCH (p)-[i:IN_ROOM]->(room:Room)
WHERE NOT i.run IN $hidden_runs
WITH d, f, collect({relation: type(r), key: p.key, status: p.status, day: p.day, room: room.key}) AS links
RETURN d.key AS drive, d.serial AS serial, f.key AS fleet, coalesce(f.synthetic, false) AS synthetic, d.model AS model,
  d.vendor AS vendor, d.capacity_bytes AS capacity_bytes, d.medium AS medium, d.protocol AS protocol,
  d.first_day AS first_day, d.last_day AS last_day, d.drive_days AS drive_days,
  head([link IN links WHERE link.relation = 'RUNS_FIRMWARE' | link.key]) AS firmware,
  head([link IN links WHERE link.relation = 'RUNS_ON' | link.key]) AS host,
  head([link IN links WHERE link.relation = 'IN_RACK' | link.key]) AS rack,
  head([link IN links WHERE link.relation = 'IN_RACK' AND link.room IS NOT NULL | link.room]) AS room,
  head([link IN links WHERE link.relation = 'SERVES' | link.key]) AS application,
  head([link IN links WHERE link.relation = 'HAS_FAILURE' AND link.status = 'failed' | link.day]) AS failed_on
