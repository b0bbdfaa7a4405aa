"""Under a finding: what literature says of its attribute, each statement with its Work and page."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app.analysis.literature import FindingLiterature
from app.analysis.literature_claims import Claim
from app.analysis.results import FindingRow
from app.views import formats
from app.views.literature_text import plain, source_line


def draw(finding: FindingRow, literature: Sequence[FindingLiterature]) -> None:
    """The strongest statements on the finding's attribute, or that there is none; nothing where it has no attribute."""
    if not finding.attribute:
        return
    found = next((one for one in literature if one.finding == finding.key), None)
    if found is None:
        st.markdown(formats.small(":material/menu_book: No literature on this attribute"))
        return
    whole = formats.link("literature", concept=found.attribute)
    count = f"{formats.plural(found.works, 'Work')}, evidence in {found.evidence_works:,}"
    lines = [formats.small(f":material/menu_book: [Literature on this attribute]({whole}) · {count}")]
    lines += [f":small[{plain(claim.statement)}]  \n{source_line(claim)} {_link(claim)}" for claim in found.best]
    st.markdown("\n\n".join(lines))


def _link(claim: Claim) -> str:
    if not claim.work:
        return ""
    address = formats.link(
        "literature", work=claim.work, document=claim.document, page=claim.page, concept=claim.object
    )
    return f":small[[read]({address})]"
