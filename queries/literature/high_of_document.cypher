// How many assertions of a document are of the high tier.
// name: high_of_document
// mode: read
// param: document string, Document.key
// returns: assertions
// example: {"document": "document:d1"}
MATCH (a:Assertion {document: $document, tier: 'high'})
WHERE NOT a.run IN $hidden_runs
RETURN count(a) AS assertions
