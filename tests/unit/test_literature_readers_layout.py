"""Properties of PDFs: whatever is set in columns comes back whole; whatever is damaged is read or refused."""

from __future__ import annotations

import io
from pathlib import Path

import pypdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stored_text import check
from typeset import COLUMN, LEFT, TOP, Sheet, pdf_of, two_columns, width_of, wrapped

from graph.errors import InputError
from ingest.literature.document import PROSE
from ingest.literature.readers.hyphens import Vocabulary
from ingest.literature.readers.registry import read

WORD_LIST = (
    "performance degrades temperature endurance reliability workload failures retention latency throughput because "
    "measured observed increase decrease controllers garbage collection significantly operation population"
)
WORDS = WORD_LIST.split()
NUM_PAGES = 300


@st.composite
def broken_paragraphs(draw: st.DrawFn) -> tuple[list[str], list[tuple[str, bool]]]:
    """Paragraphs of words, and the lines that they are set in, words broken at line ends where they can be."""
    paragraphs, lines = [], []
    for _ in range(draw(st.integers(1, 6))):
        words = draw(st.lists(st.sampled_from(WORDS), min_size=12, max_size=160))
        text = " ".join(words).capitalize() + "."
        paragraphs.append(text)
        room = COLUMN - 12
        line, begins = "", True
        for word in text.split(" "):
            joined = f"{line} {word}".strip()
            if width_of(joined, 10) <= room:
                line = joined
                continue
            cut = next(
                (at for at in range(len(word) - 3, 2, -1) if width_of(f"{line} {word[:at]}-", 10) <= room), None
            ) if draw(st.booleans()) and word[-1] != "." else None  # fmt: skip
            if cut is None:
                lines.append((line, begins))
                line = word
            else:
                lines.append((f"{line} {word[:cut]}-", begins))
                line = word[cut:]
            begins = False
        lines.append((line, begins))
    return paragraphs, lines


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(broken_paragraphs())
def test_words_broken_over_lines_columns_and_pages_come_back_whole(
    tmp_path_factory: pytest.TempPathFactory, made: tuple[list[str], list[tuple[str, bool]]]
) -> None:
    paragraphs, lines = made
    known = " ".join(WORDS).capitalize() + "."  # every word once unbroken, as a real paper has most of its words
    shown = [(line, index == 0) for index, line in enumerate(wrapped(known, COLUMN - 12))]
    path = tmp_path_factory.mktemp("paper") / "paper.pdf"
    path.write_bytes(pdf_of(two_columns([*shown, *lines])))
    [document] = read(path)
    check(document)
    prose = " ".join(document.text[one.start : one.end] for one in document.blocks if one.kind == PROSE)
    assert prose == " ".join([known, *paragraphs])


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=40), st.integers(0, 4000), st.integers(0, 4000))
def test_a_damaged_pdf_is_read_or_refused_in_one_sentence(
    tmp_path_factory: pytest.TempPathFactory, inserted: bytes, at: int, until: int
) -> None:
    sheet = Sheet()
    sheet.paragraph(LEFT, TOP, wrapped(" ".join(WORDS).capitalize() + ".", COLUMN))
    whole = pdf_of([sheet])
    path = tmp_path_factory.mktemp("damaged") / "paper.pdf"
    path.write_bytes(whole[:at] + inserted + whole[max(at, until) if until % 3 else at :])
    try:
        [document] = read(path)
    except InputError as error:
        assert str(error).startswith(str(path))  # noqa: PT017 - either outcome is right
        assert "\n" not in str(error)  # noqa: PT017
    else:
        check(document)


def test_a_long_manual_is_read_page_by_page(tmp_path: Path) -> None:
    sheet = Sheet()
    y = TOP
    for _ in range(4):
        y = sheet.paragraph(LEFT, y, wrapped(" ".join(WORDS).capitalize() + ".", COLUMN))
    one = pypdf.PdfReader(io.BytesIO(pdf_of([sheet])))
    writer = pypdf.PdfWriter()
    for _ in range(NUM_PAGES):
        writer.add_page(one.pages[0])
    path, told = tmp_path / "manual.pdf", list[int]()
    writer.write(path)
    [document] = read(path, lambda done, total: told.append(total - done))
    assert told == list(range(NUM_PAGES - 1, -1, -1))
    assert document.num_pages == NUM_PAGES
    assert {span.number for span in document.pages} == set(range(1, NUM_PAGES + 1))
    assert document.text.count("Performance degrades") == 4 * NUM_PAGES


@pytest.mark.parametrize(
    ("known", "before", "after", "kept"),
    [
        ("performance", "the perfor", "mance of", False),
        ("write-heavy", "under write", "heavy loads", True),
        ("non-volatile volatile", "of non", "volatile cells", True),
        ("", "of non", "negligible loss", True),
        ("", "an end-to", "end check", True),
        ("end-to-end", "an end-to", "end check", True),
        ("work load", "the work", "load of", False),
        ("workload work load", "the work", "load of", False),
        ("purpose fully", "a purpose", "fully chosen", False),
        ("latency", "of latency", "sensitive reads", True),
        ("", "the RAID", "5 group", True),
        ("", "a 3D", "TLC drive", True),
        ("ramcloud", "in RAM", "Cloud it", False),
        ("", "at https://github.com/alibaba", "edu/dcbrain", True),
        ("", "an e", "commerce site", True),
        ("", "of degra", "dation here", False),
    ],
)
def test_a_hyphen_at_a_line_end_is_kept_or_not_by_what_the_document_writes(
    known: str, before: str, after: str, kept: bool
) -> None:
    vocabulary = Vocabulary()
    vocabulary.add(known)
    assert vocabulary.keeps_hyphen(before, after) is kept
