// Complete runs that had these inputs.
// name: runs_with_fingerprint
// mode: read
// param: source string, Run.source
// param: fingerprint string, Run.fingerprint
// returns: run
// example: {"source": "atoll-ontology", "fingerprint": "none"}
MATCH (r:Run {source: $source, fingerprint: $fingerprint, status: 'complete'})
WHERE NOT r.key IN $hidden_runs
RETURN r.key AS run
