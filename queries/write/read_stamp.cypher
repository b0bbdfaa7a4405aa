// What a reader must see unchanged before and after its query, and the runs hidden from it.
// name: read_stamp
// mode: write
// returns: epoch, hidden
MATCH (m:AtollMeta)
OPTIONAL MATCH (r:Run {status: 'loading'})
RETURN m.epoch AS epoch, collect(r.key) AS hidden
