// Number of works with an assertion about each SMART attribute, or about what it measures or points to.
// name: works_on_attributes
// mode: read
// returns: attribute, num_works
// example: {}
MATCH (t:SmartAttribute)
WHERE NOT t.run IN $hidden_runs
OPTIONAL MATCH (t)-[:MEASURES|INDICATES]->(meant)
WHERE NOT meant.run IN $hidden_runs
WITH t, collect(DISTINCT meant) AS meanings
UNWIND [t] + meanings AS c
MATCH (c)<-[:HAS_SUBJECT|HAS_OBJECT]-(a:Assertion)-[:FROM_DOCUMENT]->(d:Document)-[:RENDERS|SUMMARISES]->(w:Work)
WHERE NOT a.run IN $hidden_runs AND NOT d.run IN $hidden_runs AND NOT w.run IN $hidden_runs
  AND coalesce(a.status, 'accepted') <> 'rejected'
RETURN t.key AS attribute, count(DISTINCT w) AS num_works
ORDER BY attribute
