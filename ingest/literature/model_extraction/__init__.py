"""Extraction with a language model: it proposes, the verifier decides, and nothing is paid for twice."""

from ingest.literature.model_extraction.extractor import (
    FailedPassage,
    ModelExtractor,
    ModelPassage,
    ModelRun,
    Rejected,
)

__all__ = ["FailedPassage", "ModelExtractor", "ModelPassage", "ModelRun", "Rejected"]
