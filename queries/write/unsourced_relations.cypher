// Relationships of one type that lack what every write of ours carries.
// name: unsourced_relations
// mode: write
// template: relation
// returns: number
MATCH ()-[r:{relation}]->()
WHERE r.run IS NULL OR r.source IS NULL
RETURN count(r) AS number
