// Keys are unique within a label; run for every label of the ontology.
// name: label_key_unique
// mode: schema
// template: name, label
CREATE CONSTRAINT {name} IF NOT EXISTS FOR (n:{label}) REQUIRE n.key IS UNIQUE
