"""Literature as text for people on the command line."""

from __future__ import annotations

import typer

from app.analysis.literature import FindingLiterature
from app.analysis.literature_claims import SIDES, Claim, short_name
from app.analysis.literature_concept import ConceptDescription
from app.analysis.literature_work import WorkDescription

SHOWN_CLAIMS = 20


def print_work(described: WorkDescription) -> None:
    """Print a work: bibliography, documents, and its first assertions."""
    work = described.work
    typer.echo(work.title)
    known = [", ".join(work.authors), str(work.year or ""), work.venue or "", f"doi:{work.doi}" if work.doi else ""]
    typer.echo("  " + " · ".join(part for part in [*known, work.key] if part))
    for document in described.documents:
        pages = f"{document.num_pages:,} pages, " if document.num_pages else ""
        typer.echo(f"  {document.kind or 'document'}: {pages}{document.num_passages:,} passages, {document.path or ''}")
    for claim in described.claims[:SHOWN_CLAIMS]:
        _print_claim(claim)
    shown = min(SHOWN_CLAIMS, len(described.claims))
    typer.echo(
        f"showing {shown:,} of {len(described.claims):,} assertions, cited by {described.cited_by:,} works of this "
        f"graph · store version {described.store_version}"
    )


def print_concept(described: ConceptDescription) -> None:
    """Print a concept: its works by side, and the first claims of each."""
    years = f", {described.first_year} to {described.last_year}" if described.first_year else ""
    contested = " · contested" if described.is_contested else ""
    typer.echo(
        f"{described.name} ({described.label}, {described.key}): {described.works:,} works{years}, evidence in "
        f"{described.evidence_works:,}{contested}"
    )
    for side in SIDES:
        claims = described.of_side(side)
        if claims:
            typer.echo(f"{side}: {described.works_by_side[side]:,} works, {len(claims):,} claims")
            for claim in claims[:SHOWN_CLAIMS]:
                _print_claim(claim)
    if described.unsourced:
        typer.echo(f"{len(described.unsourced):,} unsourced claims are kept apart: they are never evidence")
    typer.echo(f"store version {described.store_version}")


def print_best(found: FindingLiterature) -> None:
    """Print the strongest claims on a finding's attribute."""
    for claim in found.best:
        _print_claim(claim, indent="          ")


def _print_claim(claim: Claim, indent: str = "  ") -> None:
    typer.echo(f"{indent}{claim.statement}")
    name = short_name(claim.title, claim.authors, claim.year)
    source = f"Atoll's note on {name}" if claim.is_note else name
    place = f", p. {claim.page}" if claim.page else ""
    confidence = "" if claim.confidence is None else f" · confidence {claim.confidence:.2f}"
    tier = "evidence" if claim.is_evidence else "candidate"
    typer.echo(f"{indent}  {source}{place}{confidence} · {tier} · {claim.side}")
