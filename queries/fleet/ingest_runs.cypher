// Complete runs that brought data in, newest first, with the files they read and the readings they commit.
// name: ingest_runs
// mode: read
// returns: run, fleet, format, completed_at, readings_manifest, files
// example: {}
MATCH (r:Run {kind: 'ingest', status: 'complete'})
WHERE NOT r.key IN $hidden_runs
RETURN r.key AS run, r.fleet AS fleet, r.format AS format, r.completed_at AS completed_at,
  r.readings_manifest AS readings_manifest, r.files AS files
ORDER BY r.completed_at DESC
