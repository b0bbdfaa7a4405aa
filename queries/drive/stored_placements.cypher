// Where some drives are, were, and what they serve and run, with the days on which it held.
// name: stored_placements
// mode: read
// param: keys strings, Drive.key of each
// returns: drive, relation, place, valid_from, valid_to
// example: {"keys": ["drive:demo:M1:S1"]}
UNWIND $keys AS wanted
MATCH (d:Drive {key: wanted})-[r:RUNS_ON|IN_RACK|IN_ENCLOSURE|RUNS_FIRMWARE|SERVES]->(p)
WHERE NOT r.run IN $hidden_runs
RETURN d.key AS drive, type(r) AS relation, p.key AS place, r.valid_from AS valid_from, r.valid_to AS valid_to
