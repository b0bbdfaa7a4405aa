"""Finding things by meaning: the sentence encoder."""

from graph.retrieval.encoder import WIDTH, Encoder

__all__ = ["WIDTH", "Encoder"]
