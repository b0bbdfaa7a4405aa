// Relationship types that the store knows, used or not.
// name: relation_types_in_store
// mode: write
// returns: relation
CALL db.relationshipTypes() YIELD relationshipType
RETURN relationshipType AS relation
