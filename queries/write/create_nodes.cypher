// Create nodes that are not stored yet.
// name: create_nodes
// mode: write
// template: label
// param: rows rows, properties of each node with its key
// param: run string, Run.key
// param: source string, name of the source
// returns: created
UNWIND $rows AS row
CREATE (n:{label})
SET n = row, n.run = $run, n.source = $source, n.sources = [$source]
RETURN count(n) AS created
