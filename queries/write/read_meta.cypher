// What the store knows about itself.
// name: read_meta
// mode: write
// returns: stored
MATCH (m:AtollMeta)
RETURN properties(m) AS stored
