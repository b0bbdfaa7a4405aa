// The stored values of some properties of the relationships that leave some nodes.
// name: read_relations
// mode: write
// template: relation, head_label, tail_label
// param: heads strings, keys of the heads
// param: names strings, names of the properties
// returns: head, tail, valid_from, run, stored
UNWIND $heads AS wanted
MATCH (h:{head_label} {key: wanted})-[r:{relation}]->(t:{tail_label})
RETURN wanted AS head, t.key AS tail, r.valid_from AS valid_from, r.run AS run, [name IN $names | r[name]] AS stored
