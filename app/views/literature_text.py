"""The text of papers as Markdown: shown as it is, with its quotes marked and numbered, and the words of a source."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from app.analysis.literature_claims import AGAINST, FOR, NO_EFFECT, SIDES, Claim, short_name
from app.analysis.literature_work import PassageRow, WorkRow
from app.views import formats

COLORS = {FOR: "blue", AGAINST: "violet", NO_EFFECT: "gray"}
ICONS = {FOR: ":material/add:", AGAINST: ":material/remove:", NO_EFFECT: ":material/horizontal_rule:"}
WORDS = {FOR: "For", AGAINST: "Against", NO_EFFECT: "No effect"}
LEGEND = (
    ":blue-background[For] states it as most Works do · :violet-background[Against] states the opposite · "
    ":gray-background[No effect] reports none"
)
VERBATIM = ("code", "table")
SMALL = ("caption", "reference", "acknowledgement", "front_matter", "running_head")
NAMED_AUTHORS = 3
# Signs that the page's Markdown would still turn into something after escaping: emoji and icon names, arrows, dashes
# and comparison signs, addresses. A word joiner (no width, never drawn) inside them leaves them as they stand.
_SIGNS = re.compile(
    r"(?<=:)(?=(?:material|spinner)/|[\w+-]+:)|(?<=[<>~-])(?=[=>-])|(?<=https:)(?=//)|(?<=http:)(?=//)"
    r"|(?<=www)(?=\.)|(?<=[\w.+-])(?=@\w)",
    re.IGNORECASE,
)
WORD_JOINER = "\u2060"
_LIST_MARK = re.compile(r"^(\s*)(?:([-+=])|(\d+)([.)]))(?=\s|$)")


def plain(text: object) -> str:
    """Text that came with the data as Markdown that shows it as it is: no markup, no list, no entity, no image."""
    shown = _inner(str(text)).strip()
    return _LIST_MARK.sub(lambda mark: f"{mark[1]}{mark[3] or ''}\\{mark[2] or mark[4]}", shown)


def numbers(claims: Iterable[Claim]) -> dict[str, int]:
    """Numbers of a document's claims, from 1 in the order of the text; those quoting the same words share one."""
    spans: dict[tuple[int, int], int] = {}
    found = {}
    for claim in sorted(claims, key=lambda one: (one.start, one.end, one.key)):
        found[claim.key] = spans.setdefault((claim.start, claim.end), len(spans) + 1)
    return found


def marked(passage: PassageRow, claims: Mapping[str, Claim], numbered: Mapping[str, int]) -> str:
    """A passage with its quotes on the tint of their side, each after its number.

    Args:
        passage: Its text, and the keys of the assertions quoted from it.
        claims: By key.
        numbered: Number of each claim.
    """
    text = passage.text
    quoted = [claims[key] for key in passage.assertions if key in claims]
    quoted.sort(key=lambda claim: (claim.start, claim.end, SIDES.index(claim.side)))
    spans = [
        (
            max(claim.start - passage.start, 0),
            min(claim.end - passage.start, len(text)),
            numbered[claim.key],
            claim.side,
        )
        for claim in quoted
    ]
    parts: list[str] = []
    at = 0
    for start, end, group, side in _joined(spans):
        parts.append(_inner(text[at:start]))
        label = "".join(f"\\[{number}\\]" for number in group)
        parts.append(f":{COLORS[side]}-background[**{label}** {_inner(text[start:end]).strip()}]")
        at = end
    parts.append(_inner(text[at:]))
    return _LIST_MARK.sub(lambda mark: f"{mark[1]}{mark[3] or ''}\\{mark[2] or mark[4]}", "".join(parts).strip())


def _inner(text: str) -> str:
    return formats.escape(_SIGNS.sub(WORD_JOINER, text)).replace("&", "\\&")


def _joined(spans: Sequence[tuple[int, int, int, str]]) -> list[tuple[int, int, list[int], str]]:
    """Spans that overlap as one, with all their numbers and the side of the first."""
    joined: list[tuple[int, int, list[int], str]] = []
    for start, end, number, side in spans:
        if start >= end:
            continue
        if joined and start < joined[-1][1]:
            first, last, group, kept = joined[-1]
            joined[-1] = (first, max(last, end), group if number in group else [*group, number], kept)
        else:
            joined.append((start, end, [number], side))
    return joined


def passage_markdown(passage: PassageRow, claims: Mapping[str, Claim], numbered: Mapping[str, int]) -> str:
    """A passage as it stands on its page: headings bold, captions and references small, prose with its quotes."""
    if passage.kind == "heading":
        return f"**{plain(passage.text)}**"
    text = marked(passage, claims, numbered)
    return formats.small(text) if passage.kind in SMALL and not passage.assertions else text


def bibliography(work: WorkRow) -> str:
    """Authors, year, venue and identifier in one line."""
    authors = ", ".join(work.authors[:NAMED_AUTHORS]) + (" et al." if len(work.authors) > NAMED_AUTHORS else "")
    identifier = f"doi:{work.doi}" if work.doi else f"arXiv:{work.arxiv_id}" if work.arxiv_id else None
    study = None if work.study_type in (None, "unknown") else str(work.study_type).replace("_", " ")
    known = [authors or None, str(work.year) if work.year else None, work.venue, identifier, study]
    return " · ".join(plain(part) for part in known if part)


def source_line(claim: Claim, *, number: int | None = None, is_repeated: bool = False) -> str:
    """Where a claim stands and how sure it is, as grey Markdown without the claim itself.

    Args:
        claim: The claim.
        number: Its number on the page shown beside it, if it is that one.
        is_repeated: An earlier claim of the same list is of the same work.
    """
    name = short_name(claim.title, claim.authors, claim.year)
    place = f", p. {claim.page}" if claim.page else f", {claim.section}" if claim.section else ""
    parts = [f"Atoll's note on {name}" if claim.is_note else f"{name}{place}"]
    if number is not None:
        parts[0] += f" [{number}]"
    if claim.is_note:
        parts.append(f"checked: {claim.checked}" if claim.checked else "not yet checked on the page")
    if is_repeated:
        parts.append("same Work, counted once")
    circumstances = ", ".join(part for part in (claim.population, claim.condition) if part)
    if circumstances:
        parts.append(circumstances)
    if claim.contradictions:
        parts.append("contradicted")
    confidence = "" if claim.confidence is None else f"confidence {claim.confidence:.2f}, "
    parts.append(f"{confidence}{'high' if claim.is_evidence else 'candidate'}")
    return formats.small(" · ".join(plain(part) for part in parts))


def confidence_help(claim: Claim) -> str:
    """What a confidence is made of, and the quote, for a tooltip."""
    parts = " × ".join(
        part.replace("=", " ") for part in claim.confidence_parts if not part.startswith(("works", "opposed"))
    )
    support = ", ".join(part.replace("=", " ") for part in claim.confidence_parts if part.startswith(("works", "opp")))
    made = f"Confidence: {plain(parts)} ({plain(support)})." if parts else "No parts of the confidence are stored."
    return f"“{plain(claim.quote)}”  \n{made}"


def badge(side: str) -> str:
    """Markdown of a side's badge: icon and word on its tint."""
    return f":{COLORS[side]}-badge[{ICONS[side]} {WORDS[side]}]"
