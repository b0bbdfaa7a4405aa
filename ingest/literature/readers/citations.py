"""One entry of a list of references taken apart, as far as its style lets it: title, authors, year, DOI, arXiv id."""

from __future__ import annotations

import re

from ingest.literature.document import Bibliography
from ingest.literature.readers.identifiers import arxiv_id, first_url, normal_doi, years_in

_MARK = re.compile(r"^\s*(?:\[[\w+.-]{1,14}\]|\(?\d{1,3}[.)])\s*")
_QUOTED = re.compile(r"[“\"‘](?P<title>[^“”\"]{8,300}?)[,.]?[”\"’](?=[\s,.]|$)")
# A point that ends a part: not of an initial, and not of an abbreviation in the middle of a venue.
_PART = re.compile(
    r"(?<!\b[A-ZÀ-ÞĀ-Ž])(?<!\b(?:Jr|Sr|vs|St|no|No|pp|ed))(?<!\b(?:eds|vol|Vol|Dec|Nov|Oct|Sep|Aug|Jul|Jun|Mar|Feb|Jan))"
    r"[.?!]\s+(?=[A-Z0-9“\"(À-ÞĀ-Ž]|https?:)"
)
_CAPITAL = "[A-ZÀ-ÞĀ-Ž]"
_NAME = re.compile(
    rf"^(?:{_CAPITAL}[\w.’'-]*\.?\s+)*(?:(?:de|van|von|der|den|la|le|du|di|da|gon)\s+)*{_CAPITAL}[\w’'-]+\.?$"
)
_SHORTENED = re.compile(r"\b(Proc|Trans|Conf|Symp|Intl?|J|Rev|Lett|Commun|Comput|Syst|Softw|Surv|Mag)\.")
_ACCESSED = re.compile(r"\(?\b(?:last )?(?:accessed|retrieved|visited)\b.*$", re.IGNORECASE)
_LINKED = re.compile(r"[\s.,:(]*(?:https?://|www\.).*$")
_INITIALS = re.compile(r"^(?:[A-Z]\.[\s-]?)+$")
_NO_TITLE = re.compile(
    r"^(?:in\b|proc\b|https?:|www\.|technical report|personal communication|vol\b|\d+\b)", re.IGNORECASE
)


def parse_citation(text: str) -> Bibliography | None:
    """A reference as a work; None where neither a title nor an identifier can be told.

    Best effort: titles in quotes (IEEE), and the styles that end authors, title and venue with a point (ACM, USENIX).
    """
    bare = _MARK.sub("", text).strip()
    doi, arxiv, url = normal_doi(bare), arxiv_id(bare), first_url(bare)
    years = years_in(_ACCESSED.sub("", bare))
    quoted = _QUOTED.search(bare)
    if quoted:
        title, authors, venue = quoted["title"], bare[: quoted.start()], bare[quoted.end() :]
    else:
        title, authors, venue = _by_points(bare)
    title = _LINKED.sub("", " ".join(title.split())).strip(" .,")
    if not (doi or arxiv) and len(title) < 8:
        return None
    return Bibliography(
        title=title,
        authors=names_in(authors),
        year=years[-1] if years else None,
        venue=_venue(venue),
        doi=doi,
        arxiv_id=arxiv,
        url=url,
    )


def _by_points(text: str) -> tuple[str, str, str]:
    """Title, authors and venue of an entry whose parts end with points."""
    parts = [part.strip() for part in _PART.split(text) if part.strip()]
    if not parts:
        return "", "", ""
    if len(parts) == 1 or _NO_TITLE.match(parts[1]):
        if len(parts) > 2 and re.fullmatch(r"\(?\d{4}[a-z]?\)?", parts[1]):  # ACM: the year follows the authors
            return parts[2], parts[0], ". ".join(parts[3:])
        return (parts[0], "", ". ".join(parts[1:])) if not names_in(parts[0]) else ("", parts[0], ". ".join(parts[1:]))
    return parts[1], parts[0], ". ".join(parts[2:])


def names_in(text: str) -> tuple[str, ...]:
    """Names of a list of authors, given name before family name, in order."""
    cleaned = re.sub(r"\bet al\.?|\(?\beds?\.?\)?", "", text)
    parts = [part.strip(" .;,") for part in re.split(r",|;|\band\b|&|…", cleaned)]
    found: list[str] = []
    for part, raw in zip(parts, re.split(r",|;|\band\b|&|…", cleaned), strict=True):
        if (
            found
            and _INITIALS.match(raw.strip() if raw.strip().endswith(".") else raw.strip() + ".")
            and " " not in found[-1]
        ):
            found[-1] = f"{raw.strip()} {found[-1]}"  # "Meza, J."
        elif part and len(part) < 50 and _NAME.match(part):
            found.append(part)
    return tuple(name for name in found if any(char.islower() for char in name))


def _venue(text: str) -> str | None:
    """Journal or conference, without "In"."""
    first = re.split(r"[.,;]\s", _SHORTENED.sub(r"\1", text).strip(" ,.;") + ". ")[0]
    venue = re.sub(r"^in\b:?\s*", "", first, flags=re.IGNORECASE).strip(" ,.")
    return venue if len(venue) > 2 and not re.match(r"https?:|www\.|[\d\W]+$", venue) else None
