"""The property graph: ontology, stores, readings and windows."""
