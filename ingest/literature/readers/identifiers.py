"""What a work is known by, found in text: DOI, arXiv id, year, address."""

from __future__ import annotations

import re

_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>“”]+", re.IGNORECASE)
_ARXIV = re.compile(
    r"(?:arxiv(?:\s+preprint)?[:\s]+(?:arxiv:)?|arxiv\.org/(?:abs|pdf)/)((?:\d{4}\.\d{4,5})|(?:[a-z-]+(?:\.[A-Z]{2})?/\d{7}))",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<![\d.:/–-])(?:19[5-9]\d|20[0-4]\d)(?![\d/]|[–-]\d|\.\d)")
_SHORT_YEAR = re.compile(r"\b[A-Z][A-Za-z]{1,9}\s?['’‘](\d\d)\b")
_URL = re.compile(r"(?:https?://|www\.)[^\s<>\"“”]+", re.IGNORECASE)


def normal_doi(text: str) -> str | None:
    """A DOI in lower case, without a resolver and what punctuation follows it; None where the text has none."""
    found = _DOI.search(text)
    if not found:
        return None
    doi = found[0].rstrip(".,;:'’\"”*")
    while doi and doi[-1] in ")]}" and doi.count(doi[-1]) > doi.count({")": "(", "]": "[", "}": "{"}[doi[-1]]):
        doi = doi[:-1].rstrip(".,;:")
    return doi.lower() if "/" in doi and not doi.endswith("/") else None


def dois_in(text: str) -> list[str]:
    """DOIs of a text, each once, in order."""
    found = (normal_doi(one[0]) for one in _DOI.finditer(text))
    return list(dict.fromkeys(doi for doi in found if doi))


def arxiv_id(text: str) -> str | None:
    """The first arXiv id of a text, without version; None where it has none."""
    found = _ARXIV.search(text)
    return found[1].lower() if found else None


def years_in(text: str) -> list[int]:
    """Years that a text names, in order; those of a conference's short name ("FAST ’17") too."""
    bare = _DOI.sub(" ", _URL.sub(" ", text))
    long = [(one.start(), int(one[0])) for one in _YEAR.finditer(bare)]
    short = [(one.start(), int(one[1]) + (2000 if int(one[1]) < 50 else 1900)) for one in _SHORT_YEAR.finditer(bare)]
    return [year for _, year in sorted(long + short)]


def first_url(text: str) -> str | None:
    """The first address of a text."""
    found = _URL.search(text)
    return found[0].rstrip(".,;:)]'’\"”") if found else None
