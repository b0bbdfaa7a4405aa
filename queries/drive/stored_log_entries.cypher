// Which of some entries of drives' own logs are stored.
// name: stored_log_entries
// mode: read
// param: keys strings, DeviceLogEntry.key of each
// returns: entry
// example: {"keys": ["log:drive:demo:M1:S1:self-test:1200-short"]}
UNWIND $keys AS wanted
MATCH (e:DeviceLogEntry {key: wanted})
WHERE NOT e.run IN $hidden_runs
RETURN e.key AS entry
