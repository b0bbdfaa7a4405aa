// Works that a DOI, an arXiv id or a whole title names.
// name: works_named
// mode: read
// param: text string, what names it, in lower case
// returns: work
// example: {"text": "10.1/w1"}
MATCH (w:Work)
WHERE NOT w.run IN $hidden_runs
  AND (toLower(w.doi) = $text OR toLower(w.arxiv_id) = $text OR toLower(w.title) = $text)
RETURN w.key AS work
ORDER BY work
