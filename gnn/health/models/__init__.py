"""Models of failure risk, one module a model, registered in `gnn.health.port`."""
