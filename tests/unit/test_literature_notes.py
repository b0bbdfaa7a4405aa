"""The bundled notes: each is well formed, on one Work, in sentences that stand alone, honest about being checked."""

from __future__ import annotations

import dataclasses
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import InputError
from ingest.literature.bundled_notes import DOI, Note, note_of, notes, page
from ingest.literature.works import title_key

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "ingest" / "literature" / "notes"
PAPERS = ROOT.parent / "shared" / "data" / "papers"
AT_HAND = {
    "cidon-atc13-copysets": "cidon-atc13-copysets.pdf",
    "doekemeijer-cluster23-zns": "doekemeijer-cluster23-zns.pdf",
    "ganesan-fast17-redundancy": "ganesan-fast17-redundancy.pdf",
    "han-fast21-correlated-failures": "han-fast21-correlated-failures.pdf",
    "han-icdcs20-stream-mining": "han-icdcs20-stream-mining.pdf",
    "seagate-2020-cortx-brief": "seagate-cortx-brief.pdf",
}
"""The works whose pages could be read, and so the only notes that may call anything confirmed."""
PRONOUN = re.compile(r"\b(it|its|they|their|them|this|these|those|we|our|he|she|authors?|papers?)\b", re.IGNORECASE)
COPIED_WORDS = 8

GOOD: dict[str, Any] = {
    "key": "doe-fast99-disks",
    "work": {
        "title": "A Study of Disks",
        "authors": ["Jo Doe"],
        "year": 1999,
        "venue": "FAST '99",
        "doi": "10.1145/1254882.1254917",
        "arxiv_id": "1807.05140",
        "url": "https://example.org/disks",
        "pages": "1-16",
    },
    "study_type": "field_study",
    "populations": ["hard disks"],
    "checked": "page: read by Atoll's authors in the copy at hand, 2026-11-24",
    "statements": [{"text": "Heat increases errors.", "where": "p. 2", "confirmed": True}],
    "figures": [
        {"value": 2, "low": None, "high": None, "unit": "%", "what": "rate", "where": None, "confirmed": False},
    ],
}


def read(content: Any) -> Note:
    return note_of("doe-fast99-disks.yaml", yaml.safe_dump(content))


def with_value(path: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(yaml.safe_dump(GOOD))
    place: Any = content
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return content


def test_every_file_is_a_note_whose_key_is_the_name_of_its_file() -> None:
    names = sorted(path.stem for path in FOLDER.glob("*.yaml"))
    assert [note.key for note in notes()] == names
    assert len(names) >= 60


def test_no_two_notes_are_on_the_same_work() -> None:
    works = [note.work for note in notes()]
    for known_by in (
        [title_key(work.title) or work.title.casefold() for work in works],
        [work.doi for work in works if work.doi],
        [work.arxiv_id for work in works if work.arxiv_id],
    ):
        assert [name for name, times in Counter(known_by).items() if times > 1] == []


@pytest.mark.parametrize("note", notes(), ids=lambda note: note.key)
def test_a_statement_is_one_sentence_that_stands_alone(note: Note) -> None:
    assert 3 <= len(note.statements) <= 8
    texts = [statement.text for statement in note.statements]
    assert len(set(texts)) == len(texts)
    for text in texts:
        assert re.fullmatch(r"[A-Z].*[^.]\.", text), text
        assert not re.search(r"[.!?;] [A-Z]", text), f"more than one sentence: {text}"
        assert not PRONOUN.search(text), f"a word that needs another sentence: {text}"
        assert 3 <= len(text.split()) <= 25, text


@pytest.mark.parametrize("note", notes(), ids=lambda note: note.key)
def test_authors_are_whole_names_and_years_are_those_of_storage(note: Note) -> None:
    assert 1980 <= note.work.year <= 2026
    assert len(set(note.work.authors)) == len(note.work.authors)
    for author in note.work.authors:
        assert re.fullmatch(r"[^,;]+( [^,;]+)+(, Inc\.)?", author), author
    assert note.work.doi is None or DOI.fullmatch(note.work.doi)


def test_only_notes_on_works_at_hand_call_anything_confirmed() -> None:
    assert {note.key for note in notes() if note.checked} == set(AT_HAND)
    for note in notes():
        parts = [*note.statements, *note.figures]
        assert all(part.confirmed == (note.checked is not None and part.where is not None) for part in parts), note.key


def test_a_share_is_at_most_the_whole() -> None:
    shares = [figure for note in notes() for figure in note.figures if figure.what.startswith("share")]
    assert len(shares) > 10
    for figure in shares:
        largest = figure.value if figure.value is not None else figure.high
        assert largest is not None
        assert (figure.unit, 0 <= largest <= 100) == ("%", True), figure


def test_the_page_of_notes_is_current() -> None:
    assert (ROOT / "docs" / "notes.md").read_text("utf-8") == page()


@pytest.mark.parametrize("note", notes(), ids=lambda note: note.key)
def test_a_note_survives_being_written_and_read(note: Note) -> None:
    content = json.loads(json.dumps(dataclasses.asdict(note)))
    assert note_of(f"{note.key}.yaml", yaml.safe_dump(content)) == note


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("key",), "other", "doe-fast99-disks.yaml: key is 'other', expected the file's name without .yaml."),
        (("study_type",), "field_studdy", "Did you mean 'field_study'?"),
        (("study_type",), "unknown", "expected one of field_study"),
        (("checked",), "yes", "checked is 'yes', expected null or the form"),
        (("checked",), None, "checked is null, expected who confirmed what is marked as confirmed."),
        (("statements",), [], "statements is empty"),
        (("statements",), None, "statements is None, expected a list."),
        (("statements", 0), "Heat increases errors.", "statements[0] is no mapping with text, where, confirmed."),
        (("statements", 0, "text"), "Heat\nincreases errors.", "statements[0].text is 'Heat\\nincreases errors.'"),
        (("statements", 0, "where"), None, "statements[0].where is null, expected the page or section"),
        (("statements", 0, "where"), "somewhere", "statements[0].where is 'somewhere'"),
        (("statements", 0, "confirmed"), "true", "statements[0].confirmed is 'true', expected true or false."),
        (
            ("statements", 0, "txet"),
            "x",
            "statements[0].txet is unknown, expected text, where, confirmed. Did you mean",
        ),
        (("figures", 0, "unit"), "", "figures[0].unit is '', expected a text in one line."),
        (("figures", 0, "unit"), None, "figures[0].unit is None, expected a text in one line."),
        (("figures", 0, "value"), None, "figures[0].value expected either a value, or low and high."),
        (("figures", 0, "low"), 1, "figures[0].value expected either a value, or low and high."),
        (("figures", 0, "value"), float("nan"), "figures[0].value is nan, expected a number."),
        (("figures", 0, "value"), True, "figures[0].value is True, expected a number."),
        (("work", "year"), "1999", "work.year is '1999', expected a year."),
        (("work", "authors"), "Jo Doe", "work.authors is 'Jo Doe', expected a list of texts."),
        (("work", "authors"), ["Jo Doe", 7], "work.authors[1].text is 7"),
        (("work", "doi"), "https://doi.org/10.1145/1254882.1254917", "work.doi is"),
        (("work", "doi"), "10.1145/1254882.1254917.", "work.doi is"),
        (("work", "doi"), "10.1109/HPCA.2015.7056062", "work.doi is"),
        (("work", "arxiv_id"), "arXiv:1807.05140", "work.arxiv_id is"),
        (("work", "url"), "http://example.org", "work.url is"),
        (("work",), None, "work is no mapping with title, authors"),
    ],
)
def test_a_bad_note_is_refused_with_its_file_and_field(path: tuple[str | int, ...], value: Any, message: str) -> None:
    with pytest.raises(InputError) as refused:
        read(with_value(path, value))
    assert str(refused.value).startswith("doe-fast99-disks.yaml: ")
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("name", [*GOOD, "work.title", "statements.text", "figures.what"])
def test_a_missing_field_is_named(name: str) -> None:
    content = with_value(("key",), GOOD["key"])
    holder, _, field = name.rpartition(".")
    place = content if not holder else content[holder]
    del (place[0] if isinstance(place, list) else place)[field]
    with pytest.raises(InputError, match=rf"{field} is missing\."):
        read(content)


def test_a_range_needs_both_ends_in_order() -> None:
    figure = GOOD["figures"][0] | {"value": None, "low": 1.5, "high": 2}
    assert read(with_value(("figures", 0), figure)).figures[0].low == 1.5
    with pytest.raises(InputError, match="low is 3 and high is 2, expected low below high"):
        read(with_value(("figures", 0), figure | {"low": 3}))


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "key: [", "key: !!python/object:os.system {}\n", "\x00"])
def test_what_is_no_note_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(InputError, match=r"^x\.yaml: ") as refused:
        note_of("x.yaml", text)
    assert "\n" not in str(refused.value)


PATHS: list[tuple[str | int, ...]] = [
    *((name,) for name in GOOD),
    *(("work", name) for name in GOOD["work"]),
    *(("statements", 0, name) for name in GOOD["statements"][0]),
    *(("figures", 0, name) for name in GOOD["figures"][0]),
]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@settings(deadline=None)
@given(st.sampled_from(PATHS), ANYTHING)
def test_any_value_in_any_field_gives_a_note_or_an_input_error(path: tuple[str | int, ...], value: Any) -> None:
    refusal = ""
    try:
        read(with_value(path, value))
    except InputError as error:
        refusal = str(error)
    assert refusal == "" or re.match(r"doe-fast99-disks\.yaml: \S", refusal)


def pages_of(key: str) -> list[str]:
    pdfium = pytest.importorskip("pypdfium2")
    path = PAPERS / AT_HAND[key]
    if not path.exists():
        pytest.skip(f"{path} is not here")
    document = pdfium.PdfDocument(path)
    pages = [" ".join(one.get_textpage().get_text_range().replace("\ufffe", "").split()) for one in document]
    document.close()
    return pages


@pytest.mark.data
@pytest.mark.parametrize("key", sorted(AT_HAND))
def test_every_number_called_confirmed_stands_on_its_page(key: str) -> None:
    pages = pages_of(key)
    note = next(note for note in notes() if note.key == key)
    claims = [(part.where, re.findall(r"(?<![\w.])\d+(?:\.\d+)?", part.text)) for part in note.statements]
    for figure in note.figures:
        ends = (figure.value, figure.low, figure.high)
        claims.append((figure.where, [f"{end:g}" for end in ends if end is not None]))
    for where, numbers in claims:
        assert where is not None
        first, last = (re.findall(r"\d+", where) * 2)[:2]
        text = " ".join(pages[int(first) - 1 : int(last)])
        for number in numbers:
            assert re.search(rf"(?<![\d.]){re.escape(number)}(?!\.?\d)", text), f"{number} is not on {where} of {key}"


@pytest.mark.data
@pytest.mark.parametrize("key", sorted(AT_HAND))
def test_no_statement_copies_the_words_of_its_paper(key: str) -> None:
    paper = re.findall(r"[a-z0-9]+", " ".join(pages_of(key)).lower())
    runs = {tuple(paper[at : at + COPIED_WORDS]) for at in range(len(paper))}
    for statement in next(note for note in notes() if note.key == key).statements:
        words = re.findall(r"[a-z0-9]+", statement.text.lower())
        starts = range(len(words) - COPIED_WORDS + 1)
        assert not [at for at in starts if tuple(words[at : at + COPIED_WORDS]) in runs], statement.text
