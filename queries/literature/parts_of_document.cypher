// Keys of all that was read in a document: passages, instances, assertions, unsourced claims.
// name: parts_of_document
// mode: read
// param: document string, Document.key
// returns: label, key
// example: {"document": "document:d1"}
MATCH (p:Passage {document: $document})
WHERE NOT p.run IN $hidden_runs
RETURN 'Passage' AS label, p.key AS key
UNION ALL
MATCH (i:Instance {document: $document})
WHERE NOT i.run IN $hidden_runs
RETURN 'Instance' AS label, i.key AS key
UNION ALL
MATCH (a:Assertion {document: $document})
WHERE NOT a.run IN $hidden_runs
RETURN 'Assertion' AS label, a.key AS key
UNION ALL
MATCH (u:UnsourcedClaim {document: $document})
WHERE NOT u.run IN $hidden_runs
RETURN 'UnsourcedClaim' AS label, u.key AS key
