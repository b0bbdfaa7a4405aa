// The stored values of some properties of the relationships from some nodes to a few others.
// name: read_relations_to
// mode: write
// template: relation, head_label, tail_label
// param: heads strings, keys of the heads
// param: tails strings, keys of the tails, few
// param: names strings, names of the properties
// returns: head, tail, valid_from, run, stored
UNWIND $heads AS wanted
MATCH (h:{head_label} {key: wanted})-[r:{relation}]->(t:{tail_label})
WHERE t.key IN $tails
RETURN wanted AS head, t.key AS tail, r.valid_from AS valid_from, r.run AS run, [name IN $names | r[name]] AS stored
