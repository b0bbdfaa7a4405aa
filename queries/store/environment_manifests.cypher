// Readings of places that complete runs committed, newest first; of each fleet the first is current.
// name: environment_manifests
// mode: read
// returns: fleet, environment_manifest, run, completed_at
// example: {}
MATCH (r:Run {kind: 'ingest', status: 'complete'})
WHERE r.environment_manifest IS NOT NULL AND NOT r.key IN $hidden_runs
RETURN r.fleet AS fleet, r.environment_manifest AS environment_manifest, r.key AS run, r.completed_at AS completed_at
ORDER BY completed_at DESC
