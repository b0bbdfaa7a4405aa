// Which of some keys are stored.
// name: stored_keys
// mode: write
// template: label
// param: keys strings, keys of nodes
// returns: key
UNWIND $keys AS wanted
MATCH (n:{label} {key: wanted})
RETURN n.key AS key
