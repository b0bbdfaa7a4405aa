// Number of relationships of one type.
// name: count_relations
// mode: write
// template: relation
// returns: number
MATCH ()-[r:{relation}]->()
RETURN count(r) AS number
