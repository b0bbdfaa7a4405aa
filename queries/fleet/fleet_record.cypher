// What is recorded of a fleet itself.
// name: fleet_record
// mode: read
// param: fleet string, Fleet.key
// returns: synthetic, origin
// example: {"fleet": "fleet:demo"}
MATCH (f:Fleet {key: $fleet})
WHERE NOT f.run IN $hidden_runs
RETURN f.synthetic AS synthetic, f.origin AS origin
