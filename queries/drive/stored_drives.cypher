// Which of some drives are stored, and what a second source must not contradict.
// name: stored_drives
// mode: read
// param: keys strings, Drive.key of each
// returns: drive, capacity_bytes, last_day, protocol, medium, sources
// example: {"keys": ["drive:demo:M1:S1"]}
UNWIND $keys AS wanted
MATCH (d:Drive {key: wanted})
WHERE NOT d.run IN $hidden_runs
RETURN d.key AS drive, d.capacity_bytes AS capacity_bytes, d.last_day AS last_day, d.protocol AS protocol,
  d.medium AS medium, d.sources AS sources
