// Passages of one page of a document in the order of its text, each with the assertions quoted from it.
// name: document_page
// mode: read
// param: document string, Document.key
// param: page int = null, its page; null for the passages of a document without pages
// param: skip int = 0, passages to leave out (0..1000000)
// param: limit int = 200, most rows returned (1..1000)
// returns: passage, kind, section, page, last_page, passage_start, passage_end, text, assertions
// example: {"document": "document:d1", "page": 1}
MATCH (p:Passage)-[:PASSAGE_OF]->(:Document {key: $document})
WHERE NOT p.run IN $hidden_runs AND (CASE WHEN $page IS NULL THEN p.page IS NULL
  ELSE p.page <= $page AND $page <= coalesce(p.last_page, p.page) END)
OPTIONAL MATCH (p)<-[:STATED_IN]-(a:Assertion)
WHERE NOT a.run IN $hidden_runs AND coalesce(a.status, 'accepted') <> 'rejected'
WITH p, a
ORDER BY a.start, a.key
RETURN p.key AS passage, p.kind AS kind, p.section AS section, p.page AS page, p.last_page AS last_page,
  p.start AS passage_start, p.`end` AS passage_end, p.text AS text, collect(a.key) AS assertions
ORDER BY passage_start, passage
SKIP $skip
LIMIT $limit
