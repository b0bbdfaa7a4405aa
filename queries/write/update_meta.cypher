// Change what the store knows about itself.
// name: update_meta
// mode: write
// param: properties map, what changes
MATCH (m:AtollMeta)
SET m += $properties
