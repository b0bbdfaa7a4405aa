"""The bundled notes: one YAML file a note, in our own words, each on one published Work."""
