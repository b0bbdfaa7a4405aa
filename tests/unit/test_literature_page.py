"""The Literature page: text of papers is shown as it stands, quotes are marked, claims carry their source."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from drawn_pages import drawn, text_of
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from app.analysis.literature import FindingLiterature
from app.analysis.literature_claims import Claim, short_name, strongest, works_by_side
from app.analysis.literature_concept import ConceptDescription, Effect, UnsourcedRow
from app.analysis.literature_work import PassageRow
from app.analysis.results import EvidenceRow, FindingRow, Window
from app.views import literature_text as text
from graph.ontology.model import Severity

HOSTILE = (
    "**bold** <script>alert(1)</script> :red[x] $x^2$ `MATCH (n) DETACH DELETE n` [a](http://evil.example) "
    "![i](http://evil.example/i.png) ~~gone~~ # head | a | :material/home: :smile: "
    "www.evil.example -> &lt;b&gt; me@x.org"
)
MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
FOREIGN = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=60)
SIGNS = st.text(alphabet="*_`[]()<>#|~$:&;\\-+=.!0123456789 abwx/@", max_size=60)


def claim(key: str = "assertion:1", **changes: Any) -> Claim:
    made = Claim(
        key=key, statement="Wear raises reallocated blocks.", quote="Wear raises the count.", document="document:1",
        document_kind="pdf", work="work:1", title="On wear", authors=["Ann Lindqvist", "Bo Oyelaran"], year=2021,
        page=6, section="4.2 Reallocation", start=10, end=32, relation="degrades", polarity="degrades", negated=False,
        hedged=False, tier="high", confidence=0.94,
        confidence_parts=["reading=0.94", "quote=1", "works=3", "opposed=1"], condition="write-heavy",
        population="18,400 drives", quantity=None, num_works=3, checked=None, subject="mechanism:wear",
        subject_label="Mechanism", subject_name="Wear", object="metric:reallocated", object_label="Metric",
        object_name="Reallocated blocks", is_evidence=True, contradictions=[],
    )  # fmt: skip
    return replace(made, **changes)


def described(claims: list[Claim], **changes: Any) -> ConceptDescription:
    whole = ConceptDescription(
        key="mechanism:wear", label="Mechanism", name="Wear", description=None, aliases=[], attributes=["smart:ata:5"],
        about={}, works=len({one.source for one in claims}), evidence_works=1, first_year=2010, last_year=2021,
        works_by_side=works_by_side(claims), is_contested=any(one.contradictions for one in claims), claims=claims,
        mitigations=[], unsourced=[], store_version=3,
    )  # fmt: skip
    return replace(whole, **changes)


def draw_concept(whole: object, shown: object) -> None:
    from app.views import literature_concept

    literature_concept.draw(whole, shown)  # type: ignore[arg-type]


def draw_page(passages: object, claims: object, numbers: object) -> None:
    from app.views import literature_work

    literature_work.draw_page(passages, claims, numbers)  # type: ignore[arg-type]


def draw_finding(finding: object, literature: object) -> None:
    from app.views import drive_literature

    drive_literature.draw(finding, literature)  # type: ignore[arg-type]


def shown_as(markdown: str) -> str:
    """What CommonMark makes of it: the text of its one paragraph; anything else than text fails."""
    tokens = MARKDOWN.parse(markdown)
    assert [token.type for token in tokens] in (["paragraph_open", "inline", "paragraph_close"], [])
    children = tokens[1].children or [] if tokens else []
    assert {child.type for child in children} <= {"text", "text_special"}, markdown
    return "".join(child.content for child in children).replace(text.WORD_JOINER, "")


@given(FOREIGN | SIGNS)
def test_foreign_text_is_shown_as_it_is_and_never_becomes_markup(foreign: str) -> None:
    assert shown_as(text.plain(foreign)) == foreign.strip()


@pytest.mark.parametrize(
    "start", ["- a", "+ a", "1. a", "12) a", "# a", "> a", "= a", "--- ", "    a", "&copy; a", "* a"]
)
def test_text_that_begins_like_a_list_or_a_heading_stays_a_paragraph(start: str) -> None:
    assert shown_as(text.plain(start)) == start.strip()


def test_names_of_icons_arrows_and_addresses_are_broken_up_unseen() -> None:
    """What the page's own Markdown replaces after escaping: seen in a browser, so held here by what would match."""
    shown = text.plain(HOSTILE)
    unescaped = shown.replace("\\", "")
    for pattern in (r":material/\w+:", r":smile:", r"https?://", r"www\.", r"->", r"\w@\w"):
        assert re.search(pattern, HOSTILE)
        assert not re.search(pattern, unescaped), pattern
    assert shown_as(shown) == HOSTILE


@given(SIGNS, st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=4))
def test_marking_quotes_changes_no_character_of_the_page(foreign: str, spans: list[tuple[int, int]]) -> None:
    claims = {
        f"assertion:{number}": claim(f"assertion:{number}", start=100 + min(span), end=100 + max(span))
        for number, span in enumerate(spans)
    }
    passage = PassageRow("passage:1", "prose", None, 1, 1, 100, 100 + len(foreign), foreign, list(claims))
    marked = text.marked(passage, claims, text.numbers(claims.values()))
    without = re.sub(r":blue-background\[\*\*(\\\[\d+\\\])+\*\* (.*?)(?<!\\)((?:\\\\)*)\]", r"\2\3", marked)
    assert re.sub(r"\s", "", shown_as(without)) == re.sub(r"\s", "", foreign)


def test_a_quote_is_marked_in_its_colour_with_its_number_and_one_sentence_has_one_mark() -> None:
    words = "First. Wear raises the count. No effect of heat."
    first = claim("a:1", start=107, end=129)
    same = claim("a:2", start=107, end=129, side="against")
    other = claim("a:3", start=130, end=148, side="no effect")
    passage = PassageRow("passage:1", "prose", "4.2", 6, 6, 100, 148, words, ["a:1", "a:2", "a:3"])
    claims = [other, same, first]
    numbers = text.numbers(claims)
    assert numbers == {"a:1": 1, "a:2": 1, "a:3": 2}
    shown = text_of(drawn(draw_page, [passage], claims, numbers))
    assert shown == (
        "First. :blue-background[**\\[1\\]** Wear raises the count.] :gray-background[**\\[2\\]** No effect of heat.]"
    )


def test_headings_are_bold_code_and_tables_stand_as_they_are_and_running_heads_are_left_out() -> None:
    kinds = [("heading", "4.2 Wear*"), ("running_head", "FAST '20"), ("table", "a | b\n1 | 2"), ("reference", "[1] X.")]
    passages = [
        PassageRow(f"p:{at}", kind, None, 1, 1, at * 100, at * 100 + len(words), words)
        for at, (kind, words) in enumerate(kinds)
    ]
    app = drawn(draw_page, passages, [], {})
    assert app.code[0].value == "a | b\n1 | 2"
    assert r"**4.2 Wear\***" in text_of(app)
    assert "FAST" not in text_of(app)
    assert r":small[:gray[\[1\] X.]]" in text_of(app)


def test_a_concept_counts_works_and_says_where_each_claim_stands() -> None:
    from app.views.literature_work import ShownDocument

    claims = [
        claim(),
        claim("a:2", statement="Each 10 further blocks multiply the hazard.", confidence=0.91),
        claim("a:3", work="work:2", document="document:2", side="against", contradictions=["c:1"], authors=[],
              page=None, section="Results", title="Against wear", year=2019),
        claim("a:4", work="work:3", document="document:3", document_kind="summary", is_evidence=False, tier="candidate",
              authors=["C. Novák", "D. E.", "F. G."], year=2010, condition=None, population=None),
        claim("a:5", side="no effect"),
    ]  # fmt: skip
    shown = text_of(drawn(draw_concept, described(claims), ShownDocument("document:1", {"assertion:1": 1, "a:2": 3})))
    assert "Mechanism · 3 Works, 2010 to 2021 · evidence in 1 · contested" in shown
    assert ":blue-badge[:material/add: For] **2 Works**" in shown
    assert ":violet-badge[:material/remove: Against] **1 Work**" in shown
    assert ":gray-badge[:material/horizontal_rule: No effect] **1 Work**" in shown
    assert r"Lindqvist and Oyelaran 2021, p. 6 \[1\] · 18,400 drives, write-heavy · confidence 0.94, high" in shown
    assert r"Lindqvist and Oyelaran 2021, p. 6 \[3\] · same Work, counted once" in shown
    assert "Against wear 2019, Results · 18,400 drives, write-heavy · contradicted" in shown
    assert "Atoll's note on Novák et al. 2010 · not yet checked on the page · confidence 0.94, candidate" in shown


def test_a_confidence_is_explained_by_its_parts_beside_the_quote() -> None:
    app = drawn(draw_concept, described([claim()]), None)
    told = next(button.help for button in app.button)
    assert "Wear raises the count." in told
    assert "reading 0.94 × quote 1 (works 3, opposed 1)" in told


def test_unsourced_claims_are_kept_apart_and_named_as_never_evidence() -> None:
    unsourced = [UnsourcedRow("claim:1", "Wear causes **everything**", None)]
    app = drawn(draw_concept, described([], unsourced=unsourced), None)
    assert "No assertion speaks of it yet." in text_of(app)
    assert app.expander[0].label == "1 unsourced claim, never evidence"
    assert r"- Wear causes \*\*everything\*\*" in str(app.expander[0].markdown[1].value)
    assert "**0 Works**" not in text_of(app)


def test_what_helps_is_told_with_the_size_of_the_effect() -> None:
    helps = [
        Effect("mitigation:scrub", "Mitigation", "Scrubbing", 10.0, 20.0, "unit:PERCENT", ["at 40 °C"], 2, 1, "x"),
        Effect("mitigation:cool", "Mitigation", "Cooling", None, None, None, [], 1, 0, "x"),
    ]
    app = drawn(draw_concept, described([claim()], mitigations=helps), None)
    shown = str(app.expander[0].markdown[0].value)
    assert "Scrubbing **10 to 20 %**" in shown
    assert "2 Works · evidence in 1 · at 40 °C" in shown
    assert "Cooling  \n" in shown


def finding(**changes: Any) -> FindingRow:
    row = FindingRow(
        key="finding:1", rule="realloc-rise", rule_version=2, subject="drive:lab:MB2:S1", subject_label="Drive",
        subject_name="S1", attribute="smart:ata:5", severity=Severity.RED, statement="x", short="x", value=61.0,
        threshold=50.0, unit="blocks", threshold_source="heuristic", window=Window(None, None),  # type: ignore[arg-type]
        since_day=None, status="open", evidence=[EvidenceRow("telemetry_window", "window:1")],
    )  # fmt: skip
    return replace(row, **changes)


def test_a_finding_shows_its_two_best_claims_with_a_link_to_the_page_of_the_quote() -> None:
    best = [claim(statement="Wear *raises* it."), claim("a:2", work=None)]
    found = [FindingLiterature("finding:1", "smart:ata:5", 9, 4, best)]
    shown = text_of(drawn(draw_finding, finding(), found))
    assert "(literature?concept=smart%3Aata%3A5) · 9 Works, evidence in 4" in shown
    assert r"Wear \*raises\* it." in shown
    assert "(literature?work=work%3A1&document=document%3A1&page=6&concept=metric%3Areallocated)" in shown
    assert shown.count("[read]") == 1


def test_a_finding_without_literature_says_so_and_one_without_an_attribute_says_nothing() -> None:
    assert "No literature on this attribute" in text_of(drawn(draw_finding, finding(), []))
    assert text_of(drawn(draw_finding, finding(attribute=None), [])) == ""


@pytest.mark.parametrize(
    ("title", "authors", "year", "name"),
    [
        ("On wear", ["A. Lindqvist"], 2021, "Lindqvist 2021"),
        ("On wear", ["A. Lindqvist", "B. Oyelaran"], None, "Lindqvist and Oyelaran"),
        ("On wear", ["A. B", "C. D", "E. F"], 2019, "B et al. 2019"),
        (
            "A title that is a good deal longer than forty characters",
            [],
            2020,
            "A title that is a good deal longer than… 2020",
        ),
        (None, [" "], None, "Untitled"),
    ],
)
def test_a_work_is_cited_by_its_first_authors_and_year(
    title: str | None, authors: list[str], year: int | None, name: str
) -> None:
    assert short_name(title, authors, year) == name


def test_the_strongest_claims_are_evidence_first_and_of_different_works() -> None:
    claims = [
        claim("a:1", confidence=0.9), claim("a:2", confidence=0.8), claim("a:3", work="work:2", confidence=0.6),
        claim("a:4", work="work:3", confidence=0.99, is_evidence=False),
    ]  # fmt: skip
    assert [one.key for one in strongest(claims, 2)] == ["a:1", "a:3"]
    assert [one.key for one in strongest(claims, 4)] == ["a:1", "a:2", "a:3", "a:4"]
