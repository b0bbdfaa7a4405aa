// Relationships that lead from one to another of the nodes with these keys.
// name: relationships_between
// mode: read
// param: keys strings, keys of nodes
// param: limit int = 1500, most relationships returned (1..3000)
// returns: head_label, head, relation, tail_label, tail, relationship
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
WITH n AS a
WHERE NOT a.run IN $hidden_runs
MATCH (a)-[r]->(b)
WHERE b.key IN $keys AND NOT r.run IN $hidden_runs AND NOT b.run IN $hidden_runs
RETURN labels(a)[0] AS head_label, a.key AS head, type(r) AS relation, labels(b)[0] AS tail_label, b.key AS tail,
  r AS relationship
ORDER BY head_label, head, relation, tail_label, tail
LIMIT $limit
