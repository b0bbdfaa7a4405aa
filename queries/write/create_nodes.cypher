// Create nodes that are not stored yet (in FOREACH: ArcadeDB takes 2 ms a row for a SET clause outside of one).
// name: create_nodes
// mode: write
// template: label
// param: rows rows, properties of each node with its key
// param: run string, Run.key
// param: source string, name of the source
FOREACH (row IN $rows |
  CREATE (n:{label})
  SET n = row, n.run = $run, n.source = $source, n.sources = [$source]
)
