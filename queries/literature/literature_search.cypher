// Works, concepts and quotes that contain a text, whatever its case; at most as many of each kind as asked.
// name: literature_search
// mode: read
// param: text string, what to look for
// param: limit int = 8, most rows of each kind (1..100)
// returns: kind, key, label, name, detail, document, page
// example: {"text": "wear"}
CALL {
  MATCH (w:Work)
  WHERE NOT w.run IN $hidden_runs AND (toLower(w.title) CONTAINS toLower($text)
    OR toLower(w.doi) CONTAINS toLower($text) OR any(author IN coalesce(w.authors, []) WHERE toLower(author) CONTAINS toLower($text)))
  RETURN 'work' AS kind, w.key AS key, 'Work' AS label, w.title AS name, toString(w.year) AS detail,
    null AS document, null AS page
  ORDER BY name, key
  LIMIT $limit
}
RETURN kind, key, label, name, detail, document, page
UNION ALL
CALL {
  MATCH (c:Concept)
  WHERE NOT c.run IN $hidden_runs AND (toLower(c.name) CONTAINS toLower($text)
    OR any(alias IN coalesce(c.aliases, []) WHERE toLower(alias) CONTAINS toLower($text)))
  RETURN c
  UNION ALL
  MATCH (c:Metric)
  WHERE NOT c.run IN $hidden_runs AND (toLower(c.name) CONTAINS toLower($text)
    OR any(alias IN coalesce(c.aliases, []) WHERE toLower(alias) CONTAINS toLower($text)))
  RETURN c
  UNION ALL
  MATCH (c:Mechanism)
  WHERE NOT c.run IN $hidden_runs AND (toLower(c.name) CONTAINS toLower($text)
    OR any(alias IN coalesce(c.aliases, []) WHERE toLower(alias) CONTAINS toLower($text)))
  RETURN c
  UNION ALL
  MATCH (c:Mitigation)
  WHERE NOT c.run IN $hidden_runs AND (toLower(c.name) CONTAINS toLower($text)
    OR any(alias IN coalesce(c.aliases, []) WHERE toLower(alias) CONTAINS toLower($text)))
  RETURN c
  UNION ALL
  MATCH (c:Condition)
  WHERE NOT c.run IN $hidden_runs AND (toLower(c.name) CONTAINS toLower($text)
    OR any(alias IN coalesce(c.aliases, []) WHERE toLower(alias) CONTAINS toLower($text)))
  RETURN c
  UNION ALL
  MATCH (c:Component)
  WHERE NOT c.run IN $hidden_runs AND (toLower(c.name) CONTAINS toLower($text)
    OR any(alias IN coalesce(c.aliases, []) WHERE toLower(alias) CONTAINS toLower($text)))
  RETURN c
  UNION ALL
  MATCH (c:SmartAttribute)
  WHERE NOT c.run IN $hidden_runs AND (toLower(c.name) CONTAINS toLower($text)
    OR any(alias IN coalesce(c.aliases, []) WHERE toLower(alias) CONTAINS toLower($text)))
  RETURN c
}
WITH c
ORDER BY size(c.name), c.key
LIMIT $limit
RETURN 'concept' AS kind, c.key AS key, labels(c)[0] AS label, c.name AS name, c.description AS detail,
  null AS document, null AS page
UNION ALL
CALL {
  MATCH (a:Assertion)
  WHERE NOT a.run IN $hidden_runs AND coalesce(a.status, 'accepted') <> 'rejected'
    AND (toLower(a.quote) CONTAINS toLower($text) OR toLower(a.statement) CONTAINS toLower($text))
  RETURN a
  ORDER BY a.confidence DESC, a.key
  LIMIT $limit
}
RETURN 'assertion' AS kind, a.key AS key, a.work AS label, a.statement AS name, a.quote AS detail,
  a.document AS document, a.page AS page
