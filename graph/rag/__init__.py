"""The language model: one OpenAI-compatible endpoint, answers by schema, and what they cost."""

from graph.rag.client import Answer, LanguageModel
from graph.rag.usage import Limits, Meter, Price, Usage

__all__ = ["Answer", "LanguageModel", "Limits", "Meter", "Price", "Usage"]
