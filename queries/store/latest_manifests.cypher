// The readings that are current: of each fleet's complete runs, the manifest of the last that has one.
// name: latest_manifests
// mode: read
// returns: fleet, readings_manifest, run, completed_at
// example: {}
MATCH (r:Run {status: 'complete'})
WHERE r.readings_manifest IS NOT NULL AND NOT r.key IN $hidden_runs
WITH r.fleet AS fleet, max(r.completed_at) AS latest
MATCH (l:Run {status: 'complete'})
WHERE l.fleet = fleet AND l.completed_at = latest AND l.readings_manifest IS NOT NULL
RETURN fleet, l.readings_manifest AS readings_manifest, l.key AS run, latest AS completed_at
ORDER BY fleet
