"""Why an ingest of literature that found nothing failed."""

from __future__ import annotations

from app.commands.literature import _why_nothing
from ingest.literature.report import LiteratureReport


def test_a_model_whose_answers_could_not_be_used_is_not_laid_to_the_sentences() -> None:
    report = LiteratureReport(documents=1, passages=4, quarantined=4, extractor="model:m@1")
    assert "4 answers and candidates of the extractor 'model:m@1' could not be used" in str(_why_nothing(report))


def test_sentences_that_claim_nothing_are_the_reason_where_nothing_was_quarantined() -> None:
    for extractor in ("rules 1", "model:m@1"):
        report = LiteratureReport(documents=1, passages=4, extractor=extractor)
        assert "none of their sentences says" in str(_why_nothing(report))


def test_an_ingest_that_found_something_has_no_reason() -> None:
    assert _why_nothing(LiteratureReport(documents=1, passages=4, assertions=1)) is None
    assert _why_nothing(LiteratureReport(documents=1, unsourced_claims=1)) is None
