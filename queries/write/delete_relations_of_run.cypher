// Delete the relationships that a run created and that leave some nodes.
// name: delete_relations_of_run
// mode: write
// template: label, relation
// param: keys strings, keys of the heads
// param: run string, Run.key
UNWIND $keys AS wanted
MATCH (h:{label} {key: wanted})-[r:{relation}]->()
WHERE r.run = $run
WITH collect(r) AS gone
FOREACH (r IN gone | DELETE r)
