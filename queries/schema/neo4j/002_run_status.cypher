// Readers look up the runs that are loading before every query.
// name: run_status
// mode: schema
CREATE INDEX run_status IF NOT EXISTS FOR (n:Run) ON (n.status)
