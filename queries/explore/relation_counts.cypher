// How many relationships a node of any label has, by type, direction and the label at the other end.
// name: relation_counts
// mode: read
// param: key string, key of a node of any label
// param: label string = null, its label; only needed where nodes of several labels bear the key
// returns: relation, outgoing, label, relationships
// example: {"key": "drive:demo:M1:S1"}
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
WITH type(r) AS relation, startNode(r) = c AS outgoing, labels(n)[0] AS label, count(r) AS relationships
RETURN relation, outgoing, label, relationships
ORDER BY relation, outgoing DESC, label
