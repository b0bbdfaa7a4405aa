// Every relationship of one type.
// name: all_relations
// mode: write
// template: relation
// returns: head_label, head, tail_label, tail, stored
MATCH (h)-[r:{relation}]->(t)
RETURN labels(h)[0] AS head_label, h.key AS head, labels(t)[0] AS tail_label, t.key AS tail, properties(r) AS stored
