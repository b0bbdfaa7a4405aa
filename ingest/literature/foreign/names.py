"""Names of foreign terms: what their IRIs and labels say, in a form that can be shown and compared."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote

from ingest.literature.foreign.terms import local_name

_NUMBERED = re.compile(r"^E\d+_(?=.)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SPACE = re.compile(r"\s+")
_PLACEHOLDER = re.compile(
    r"(?:[A-Z]{1,4}|Drive|Device|(?:.*[_ ])?(?:SSD|HDD|Chip|Model|Profile|Context|Workload))[_ #]?\d+"
)


def clean(text: str) -> str:
    """Text without control characters (which some extraction left behind), white space collapsed."""
    return _SPACE.sub(" ", _CONTROL.sub("", text)).strip()


def comparable(text: str) -> str:
    """Form in which two spellings of a name are equal: case, hyphens, underscores and spaces do not count."""
    return re.sub(r"[\s_\-]+", "", text).casefold()


def name_of(iri: str, labels: Iterable[str]) -> str:
    """The name of a term, chosen the same way each time.

    A label that the IRI ends with is best (``…/HostSystem/I/O%20Scheduler`` is an I/O Scheduler, though its last step
    is only ``O Scheduler``), then a label that equals the local name, then the local name itself where it is a path of
    a taxonomy, then the first label. A number before the name (``E4_``) is the source's count, not a name.

    Args:
        iri: IRI, encoded once; or the label of a blank node.
        labels: Its labels, in any order.
    """
    tidy = sorted({found for label in labels if (found := clean(label))}, key=lambda label: (-len(label), label))
    path = unquote(iri, errors="replace")
    local = clean(_NUMBERED.sub("", unquote(local_name(iri), errors="replace")).replace("_", " "))
    ending = [label for label in tidy if comparable(path).endswith(comparable(label)) and comparable(label)]
    for label in ending:
        start = len(comparable(path)) - len(comparable(label))
        if comparable(path)[:start].endswith(("/", "#")) or comparable(label) == comparable(local):
            return label
    if len(tidy) > 1 and "#" not in iri and local:
        return spaced(local)
    return min(tidy) if tidy else spaced(local) or iri


def is_placeholder(name: str, class_names: Iterable[str]) -> bool:
    """Whether a name stands for whatever a paper has one of: ``EC1``, ``MLC_SSD_2``, or the name of its own class.

    Every paper has such a thing, so two papers that use the name do not mean the same one.
    """
    plain = re.sub(r"[\s_#]*\d+$", "", name)
    if any(comparable(plain) == comparable(known) for known in class_names):
        return True
    return bool(_PLACEHOLDER.fullmatch(name))


def number_and_name(iri: str) -> tuple[str, str] | None:
    """Number and name of an IRI such as ``…#E4_EC1``; None where it has no number."""
    local = local_name(iri)
    found = _NUMBERED.match(local)
    return (found.group(0)[1:-1], local[found.end() :]) if found else None


def spaced(local: str) -> str:
    """A camel-case name in words, acronyms kept: ``QueueDepth`` is ``Queue Depth``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", " ", local)
