"""The way from a finding to the literature behind it: the last steps of an evidence path."""

from __future__ import annotations

from app.analysis.drive_results import PathNode
from app.analysis.literature import best_evidence
from app.analysis.literature_claims import short_name
from graph.ports import GraphStore

LONGEST_NAME = 60


def literature_path(store: GraphStore, attribute: str) -> list[PathNode]:
    """What the attribute measures or points to, the strongest assertion about it, and the work that makes it.

    Empty where no assertion counts as evidence; the caller then shows what the attribute means alone.

    Args:
        store: The graph.
        attribute: Key of the attribute.
    """
    found = best_evidence(store, attribute)
    if found is None:
        return []
    claim, path = found.claim, []
    if found.about != attribute:
        label = claim.subject_label if claim.subject == found.about else claim.object_label
        relation = "INDICATES" if label == "Mechanism" else "MEASURES"
        path.append(PathNode(label, found.about, found.about_name, relation))
    statement = claim.statement
    if len(statement) > LONGEST_NAME:
        statement = statement[: LONGEST_NAME - 1].rstrip() + "…"
    ends = "HAS_SUBJECT" if claim.subject == found.about else "HAS_OBJECT"
    path.append(PathNode("Assertion", claim.key, statement, ends))
    source = short_name(claim.title, claim.authors, claim.year)
    name = f"{source}, p. {claim.page}" if claim.page else source
    if claim.work:
        path.append(PathNode("Work", claim.work, name, "FROM_DOCUMENT"))
    else:
        path.append(PathNode("Document", claim.document, claim.document, "FROM_DOCUMENT"))
    return path
