"""Entity resolution: which concept of the field a phrase means, and whether two phrases mean the same."""

from ingest.literature.resolution.acronyms import acronyms_of
from ingest.literature.resolution.judging import Judgement
from ingest.literature.resolution.resolver import Resolution, Resolver

__all__ = ["Judgement", "Resolution", "Resolver", "acronyms_of"]
