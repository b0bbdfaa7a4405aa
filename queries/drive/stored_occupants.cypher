// Drives that are or were in the slots of some hosts, with the days on which it held and their last day of data.
// name: stored_occupants
// mode: read
// param: keys strings, Host.key of each
// returns: drive, place, slot, valid_from, valid_to, last_day
// example: {"keys": ["host:demo:h1"]}
UNWIND $keys AS wanted
MATCH (h:Host {key: wanted})<-[r:RUNS_ON]-(d:Drive)
WHERE NOT r.run IN $hidden_runs AND r.slot IS NOT NULL
RETURN d.key AS drive, h.key AS place, r.slot AS slot, r.valid_from AS valid_from, r.valid_to AS valid_to,
  d.last_day AS last_day
