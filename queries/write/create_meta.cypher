// Mark an empty store as the store of a workspace.
// name: create_meta
// mode: write
// param: properties map, first state
MERGE (m:AtollMeta {key: 'meta'})
SET m += $properties
