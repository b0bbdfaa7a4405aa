// Works with their documents and how many assertions were read in them; those with text first.
// name: literature_works
// mode: read
// param: limit int = 2000, most rows returned (1..5000)
// returns: work, title, authors, year, venue, doi, arxiv_id, study_type, documents, assertions
// example: {}
MATCH (w:Work)
WHERE NOT w.run IN $hidden_runs
OPTIONAL MATCH (w)<-[:RENDERS|SUMMARISES]-(d:Document)
WHERE NOT d.run IN $hidden_runs
OPTIONAL MATCH (d)<-[:FROM_DOCUMENT]-(a:Assertion)
WHERE NOT a.run IN $hidden_runs AND coalesce(a.status, 'accepted') <> 'rejected'
WITH w, count(DISTINCT d) AS documents, count(a) AS assertions
RETURN w.key AS work, w.title AS title, w.authors AS authors, w.year AS year, w.venue AS venue, w.doi AS doi,
  w.arxiv_id AS arxiv_id, w.study_type AS study_type, documents, assertions
ORDER BY CASE WHEN assertions > 0 THEN 0 ELSE 1 END, title, work
LIMIT $limit
