// Label and key of the nodes from which a run's relationships leave.
// name: relation_heads_of_run
// mode: write
// template: relation
// param: run string, Run.key
// returns: label, key
MATCH (h)-[r:{relation}]->()
WHERE r.run = $run
RETURN DISTINCT labels(h)[0] AS label, h.key AS key
