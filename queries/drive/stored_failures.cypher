// Which of some failure events are stored, and how exact their time is.
// name: stored_failures
// mode: read
// param: keys strings, FailureEvent.key of each
// returns: failure, precision
// example: {"keys": ["failure:drive:demo:M1:S1:2024-05-01"]}
UNWIND $keys AS wanted
MATCH (f:FailureEvent {key: wanted})
WHERE NOT f.run IN $hidden_runs
RETURN f.key AS failure, f.precision AS precision
