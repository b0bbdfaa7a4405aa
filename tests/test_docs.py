"""The documentation says what the code does. Each page with something to hold it against has its tests here."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from graph import ontology
from graph.ontology import smart
from graph.ontology.decoders import decode

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("docs/**/*.md"), *ROOT.glob("*.md")])
LINK = re.compile(r"!?\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    links = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]
    broken = [link for link in links if not (page.parent / link).exists()]
    assert not broken


def test_the_ontology_page_names_only_terms_that_exist() -> None:
    page = (ROOT / "docs" / "ontology.md").read_text(encoding="utf-8")
    prose = re.sub(r"<!-- begin ([a-z-]+) -->.*?<!-- end \1 -->|```.*?```", "", page, flags=re.DOTALL)
    types = set(re.findall(r"`([A-Z]+(?:_[A-Z]+)*)`", prose))
    assert types <= set(ontology.relations())
    camel = set(re.findall(r"`([A-Z][a-z]+(?:[A-Z][a-z]+)*)`", prose))
    assert camel <= set(ontology.labels())
    for key in re.findall(r"`(smart:[a-z0-9:_]+)`", prose):
        assert smart.attribute(key)


def test_the_example_of_the_ontology_page_holds() -> None:
    page = (ROOT / "docs" / "ontology.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    result = re.search(r"^decode\((.+)\)  # (\d+)", example, re.MULTILINE)
    assert result
    meant = smart.override_for("smart:ata:188", model="ST16000NM001G-2KK103")
    assert meant is not None
    assert decode(meant.decoder, int(result[1].split(", ")[1])) == int(result[2])


def test_every_decision_is_listed_once_and_says_why() -> None:
    folder = ROOT / "docs" / "decisions"
    pages = sorted(path.name for path in folder.glob("[0-9]*.md"))
    listed = re.findall(r"\]\(([0-9]{4}-[a-z-]+\.md)\)", (folder / "README.md").read_text(encoding="utf-8"))
    assert listed == pages
    assert [name[:4] for name in pages] == [f"{number:04d}" for number in range(1, len(pages) + 1)]
    for name in pages:
        text = (folder / name).read_text(encoding="utf-8")
        assert {"Decision", "Why", "Alternatives"} <= set(re.findall(r"^## (.+)$", text, re.MULTILINE)), name
