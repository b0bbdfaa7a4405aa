// Labels that the store knows, used or not.
// name: labels_in_store
// mode: write
// returns: label
CALL db.labels() YIELD label
RETURN label
