// Delete a run that was removed.
// name: delete_run
// mode: write
// param: run string, Run.key
MATCH (m:AtollMeta)
MATCH (r:Run {key: $run})
SET m.epoch = m.epoch + 1
DELETE r
