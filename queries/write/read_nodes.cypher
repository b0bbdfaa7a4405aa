// The stored values of some properties of some nodes.
// name: read_nodes
// mode: write
// template: label
// param: keys strings, keys of the nodes
// param: names strings, names of the properties
// returns: key, run, sources, stored
UNWIND $keys AS wanted
MATCH (n:{label} {key: wanted})
RETURN n.key AS key, n.run AS run, n.sources AS sources, [name IN $names | n[name]] AS stored
