// Trainings of models, newest first, with what each learnt from.
// name: model_runs
// mode: read
// returns: model_run, name, task, fleet, model, horizon_days, supported_days, trained_until, dataset_sha256, artifact_sha256, store_version, ontology_version, features_version, code_version, base_rate, num_drives, num_failures, metrics, card, created_at
// example: {}
MATCH (m:ModelRun)
WHERE NOT m.run IN $hidden_runs
RETURN m.key AS model_run, m.name AS name, m.task AS task, m.fleet AS fleet, m.model AS model,
  m.horizon_days AS horizon_days, m.supported_days AS supported_days, m.trained_until AS trained_until,
  m.dataset_sha256 AS dataset_sha256, m.artifact_sha256 AS artifact_sha256, m.store_version AS store_version,
  m.ontology_version AS ontology_version, m.features_version AS features_version, m.code_version AS code_version,
  m.base_rate AS base_rate, m.num_drives AS num_drives, m.num_failures AS num_failures, m.metrics AS metrics,
  m.card AS card, m.created_at AS created_at
ORDER BY created_at DESC, model_run
