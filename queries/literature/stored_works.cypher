// Works with all that is said of them and what they are known by.
// name: stored_works
// mode: read
// returns: key, name, title, authors, year, venue, doi, arxiv_id, url, study_type, identifiers
// example: {}
MATCH (w:Work)
WHERE NOT w.run IN $hidden_runs
RETURN w.key AS key, w.name AS name, w.title AS title, w.authors AS authors, w.year AS year, w.venue AS venue,
  w.doi AS doi, w.arxiv_id AS arxiv_id, w.url AS url, w.study_type AS study_type, w.identifiers AS identifiers
ORDER BY key
