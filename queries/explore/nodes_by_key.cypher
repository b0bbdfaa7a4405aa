// Nodes of any label by their keys.
// name: nodes_by_key
// mode: read
// param: keys strings, keys of nodes
// param: limit int = 200, most nodes returned (1..300)
// returns: label, node
// example: {"keys": ["drive:demo:M1:S1", "model:M1"]}
CALL {
  UNWIND $keys AS key MATCH (n:Acknowledgement {key: key}) RETURN n
  UNION ALL
  UNWIND $keys AS key MATCH (n:Application {key: key}) RETURN n
  UNION ALL
  UNWIND $keys AS key MATCH (n:Assertion {key: key}) RETURN n
  UNION ALL
  UNWIND $keys AS key MATCH (n:AtollMeta {key: key}) RETURN n
  UNION ALL
  UNWIND $keys AS key MATCH (n:Component {key: key}) RETURN n
  UNION ALL
  UNWIND $keys AS key MATCH (n:Concept {key: key}) RETURN n
  UNION ALL
  UNWIND $keys AS key MATCH (n:Condition {key: key}) RETURN n
  UNION ALL
  UNWIND $keys AS key MATCH (n:Contradiction {key: key}) RETURN n
  UNION ALL
  UNWIND $keys AS key MATCH (n:DeviceLogEntry {key: key}) RETURN n
  UNION ALL
  UNWIND $keys AS key MATCH (n:Document {key: key}) RETURN n
  UNION ALL
  UNWIND $keys AS key MATCH (n:Drive {key: key}) RETURN n
  UNION ALL
  UNWIND $keys AS key MATCH (n:DriveAlias {key: key}) RETURN n
  UNION ALL
  UNWIND $keys AS key MATCH (n:DriveModel {key: key}) RETURN n
  UNION ALL
  UNWIND $keys AS key MATCH (n:Enclosure {key: key}) RETURN n
  UNION ALL
  UNWIND $keys AS key MATCH (n:EnvironmentWindow {key: key}) RETURN n
  UNION ALL
  UNWIND $keys AS key MATCH (n:FailureEvent {key: key}) RETURN n
  UNION ALL
  UNWIND $keys AS key MATCH (n:Firmware {key: key}) RETURN n
  UNION ALL
  UNWIND $keys AS key MATCH (n:Fleet {key: key}) RETURN n
  UNION ALL
  UNWIND $keys AS key MATCH (n:HealthFinding {key: key}) RETURN n
  UNION ALL
  UNWIND $keys AS key MATCH (n:Host {key: key}) RETURN n
  UNION ALL
  UNWIND $keys AS key MATCH (n:Instance {key: key}) RETURN n
  UNION ALL
  UNWIND $keys AS key MATCH (n:Mechanism {key: key}) RETURN n
  UNION ALL
  UNWIND $keys AS key MATCH (n:Merge {key: key}) RETURN n
  UNION ALL
  UNWIND $keys AS key MATCH (n:Metric {key: key}) RETURN n
  UNION ALL
  UNWIND $keys AS key MATCH (n:Mitigation {key: key}) RETURN n
  UNION ALL
  UNWIND $keys AS key MATCH (n:ModelRun {key: key}) RETURN n
  UNION ALL
  UNWIND $keys AS key MATCH (n:Passage {key: key}) RETURN n
  UNION ALL
  UNWIND $keys AS key MATCH (n:Rack {key: key}) RETURN n
  UNION ALL
  UNWIND $keys AS key MATCH (n:RiskForecast {key: key}) RETURN n
  UNION ALL
  UNWIND $keys AS key MATCH (n:Room {key: key}) RETURN n
  UNION ALL
  UNWIND $keys AS key MATCH (n:Run {key: key}) RETURN n
  UNION ALL
  UNWIND $keys AS key MATCH (n:Site {key: key}) RETURN n
  UNION ALL
  UNWIND $keys AS key MATCH (n:SmartAttribute {key: key}) RETURN n
  UNION ALL
  UNWIND $keys AS key MATCH (n:SmartOverride {key: key}) RETURN n
  UNION ALL
  UNWIND $keys AS key MATCH (n:TelemetryWindow {key: key}) RETURN n
  UNION ALL
  UNWIND $keys AS key MATCH (n:UnsourcedClaim {key: key}) RETURN n
  UNION ALL
  UNWIND $keys AS key MATCH (n:Vendor {key: key}) RETURN n
  UNION ALL
  UNWIND $keys AS key MATCH (n:Work {key: key}) RETURN n
  UNION ALL
  UNWIND $keys AS key MATCH (n:Workload {key: key}) RETURN n
}
WITH n
WHERE NOT n.run IN $hidden_runs
RETURN labels(n)[0] AS label, n AS node
ORDER BY label, node.key
LIMIT $limit
