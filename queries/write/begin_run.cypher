// Start a run.
// name: begin_run
// mode: write
// param: properties map, key, name, kind, source, fingerprint, status, started_at and counts
MATCH (m:AtollMeta)
SET m.epoch = m.epoch + 1
CREATE (r:Run)
SET r = $properties
