// Which of these documents are stored, with the extractor that read them.
// name: stored_documents
// mode: read
// param: keys strings, Document.key
// returns: document, method, work, num_pages
// example: {"keys": ["document:d1"]}
MATCH (d:Document)
WHERE d.key IN $keys AND NOT d.run IN $hidden_runs
RETURN d.key AS document, d.method AS method, d.work AS work, d.num_pages AS num_pages
