// Neighbours of any node, most important first and every relation in turn, so that none crowds out the others.
// name: neighbours
// mode: read
// param: key string, key of a node of any label
// param: label string = null, its label; only needed where nodes of several labels bear the key
// param: relations strings = [], only along these relationship types; empty for all
// param: known strings = [], neighbours to leave out, each as 'Label key'
// param: limit int = 25, most neighbours returned (1..300)
// returns: relation, label, node, place
// example: {"key": "drive:demo:M1:S1", "limit": 25}
CALL {
  MATCH (n:Acknowledgement {key: $key}) RETURN n
  UNION ALL
  MATCH (n:Application {key: $key}) RETURN n
  UNION ALL
  MATCH (n:Assertion {key: $key}) RETURN n
  UNION ALL
  MATCH (n:AtollMeta {key: $key}) RETURN n
  UNION ALL
  MATCH (n:Component {key: $key}) RETURN n
  UNION ALL
  MATCH (n:Concept {key: $key}) RETURN n
  UNION ALL
  MATCH (n:Condition {key: $key}) RETURN n
  UNION ALL
  MATCH (n:Contradiction {key: $key}) RETURN n
  UNION ALL
  MATCH (n:DeviceLogEntry {key: $key}) RETURN n
  UNION ALL
  MATCH (n:Document {key: $key}) RETURN n
  UNION ALL
  MATCH (n:Drive {key: $key}) RETURN n
  UNION ALL
  MATCH (n:DriveAlias {key: $key}) RETURN n
  UNION ALL
  MATCH (n:DriveModel {key: $key}) RETURN n
  UNION ALL
  MATCH (n:Enclosure {key: $key}) RETURN n
  UNION ALL
  MATCH (n:EnvironmentWindow {key: $key}) RETURN n
  UNION ALL
  MATCH (n:FailureEvent {key: $key}) RETURN n
  UNION ALL
  MATCH (n:Firmware {key: $key}) RETURN n
  UNION ALL
  MATCH (n:Fleet {key: $key}) RETURN n
  UNION ALL
  MATCH (n:HealthFinding {key: $key}) RETURN n
  UNION ALL
  MATCH (n:Host {key: $key}) RETURN n
  UNION ALL
  MATCH (n:Instance {key: $key}) RETURN n
  UNION ALL
  MATCH (n:Mechanism {key: $key}) RETURN n
  UNION ALL
  MATCH (n:Merge {key: $key}) RETURN n
  UNION ALL
  MATCH (n:Metric {key: $key}) RETURN n
  UNION ALL
  MATCH (n:Mitigation {key: $key}) RETURN n
  UNION ALL
  MATCH (n:ModelRun {key: $key}) RETURN n
  UNION ALL
  MATCH (n:Passage {key: $key}) RETURN n
  UNION ALL
  MATCH (n:Rack {key: $key}) RETURN n
  UNION ALL
  MATCH (n:RiskForecast {key: $key}) RETURN n
  UNION ALL
  MATCH (n:Room {key: $key}) RETURN n
  UNION ALL
  MATCH (n:Run {key: $key}) RETURN n
  UNION ALL
  MATCH (n:Site {key: $key}) RETURN n
  UNION ALL
  MATCH (n:SmartAttribute {key: $key}) RETURN n
  UNION ALL
  MATCH (n:SmartOverride {key: $key}) RETURN n
  UNION ALL
  MATCH (n:TelemetryWindow {key: $key}) RETURN n
  UNION ALL
  MATCH (n:UnsourcedClaim {key: $key}) RETURN n
  UNION ALL
  MATCH (n:Vendor {key: $key}) RETURN n
  UNION ALL
  MATCH (n:Work {key: $key}) RETURN n
  UNION ALL
  MATCH (n:Workload {key: $key}) RETURN n
}
WITH n AS c
WHERE NOT c.run IN $hidden_runs AND ($label IS NULL OR labels(c)[0] = $label)
MATCH (c)-[r]-(n)
WHERE NOT r.run IN $hidden_runs AND NOT n.run IN $hidden_runs
  AND (size($relations) = 0 OR type(r) IN $relations)
WITH n, min(type(r)) AS relation
WITH n, relation, labels(n)[0] AS label,
  CASE n.severity WHEN 'red' THEN 0 WHEN 'amber' THEN 1 WHEN 'unknown' THEN 2 WHEN 'green' THEN 3 ELSE 4 END AS alarm,
  CASE n.status WHEN 'resolved' THEN 1 WHEN 'rejected' THEN 1 ELSE 0 END AS over,
  coalesce(n.confidence, -1.0) AS confidence,
  coalesce(toString(n.last_day), toString(n.day), toString(n.year), '') AS latest
ORDER BY over, alarm, confidence DESC, latest DESC, n.name, n.key
WITH relation, label, collect(n)[0..$limit + size($known)] AS first
UNWIND first AS one
WITH relation, label, one
WHERE NOT labels(one)[0] + ' ' + one.key IN $known
WITH relation, label, collect(one)[0..$limit] AS fresh
UNWIND range(0, size(fresh) - 1) AS place
WITH relation, label, place, fresh[place] AS found
RETURN relation, label, found AS node, place
ORDER BY place, relation, label
LIMIT $limit
