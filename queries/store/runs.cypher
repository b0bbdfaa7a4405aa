// Complete runs that wrote this store, newest first, with their counts.
// name: runs
// mode: read
// param: limit int = 200, most rows returned (1..5000)
// returns: run, kind, source, fleet, format, started_at, completed_at, rows_read, rows_rejected, nodes_written, relationships_written, store_version, rows_replaced, num_files, mapping, quarantine, last_day
// example: {"limit": 20}
MATCH (r:Run {status: 'complete'})
WHERE NOT r.key IN $hidden_runs
RETURN r.key AS run, r.kind AS kind, r.source AS source, r.fleet AS fleet, r.format AS format,
  r.started_at AS started_at, r.completed_at AS completed_at, r.rows_read AS rows_read,
  r.rows_rejected AS rows_rejected, r.nodes_written AS nodes_written,
  r.relationships_written AS relationships_written, r.store_version AS store_version,
  r.rows_replaced AS rows_replaced, size(r.files) AS num_files, r.mapping AS mapping, r.quarantine AS quarantine, r.last_day AS last_day
ORDER BY r.completed_at DESC, r.key
LIMIT $limit
