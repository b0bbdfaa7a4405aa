"""Foreign RDF: read safely, repaired with every repair listed, and written as claims without a source."""
