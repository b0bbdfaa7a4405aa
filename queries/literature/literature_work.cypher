// One work with its documents.
// name: literature_work
// mode: read
// param: work string, Work.key
// returns: work, title, authors, year, venue, doi, arxiv_id, url, study_type, document, document_kind, path, num_pages, num_characters, checked, method, num_passages, cited_by
// example: {"work": "work:doi:10.1/w1"}
MATCH (w:Work {key: $work})
WHERE NOT w.run IN $hidden_runs
OPTIONAL MATCH (w)<-[:REFERS_TO]-(citing:Work)
WHERE NOT citing.run IN $hidden_runs
WITH w, count(DISTINCT citing) AS cited_by
OPTIONAL MATCH (w)<-[:RENDERS|SUMMARISES]-(d:Document)
WHERE NOT d.run IN $hidden_runs
OPTIONAL MATCH (d)<-[:PASSAGE_OF]-(p:Passage)
WHERE NOT p.run IN $hidden_runs
WITH w, d, cited_by, count(p) AS num_passages
RETURN w.key AS work, w.title AS title, w.authors AS authors, w.year AS year, w.venue AS venue, w.doi AS doi,
  w.arxiv_id AS arxiv_id, w.url AS url, w.study_type AS study_type, d.key AS document, d.kind AS document_kind,
  d.path AS path, d.num_pages AS num_pages, d.num_characters AS num_characters, d.checked AS checked,
  d.method AS method, num_passages, cited_by
ORDER BY CASE document_kind WHEN 'summary' THEN 1 ELSE 0 END, document
