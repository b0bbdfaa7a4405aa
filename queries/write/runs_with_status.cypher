// Runs of one status, oldest first.
// name: runs_with_status
// mode: write
// param: status string, loading or complete
// returns: stored
MATCH (r:Run {status: $status})
RETURN properties(r) AS stored
ORDER BY r.started_at
