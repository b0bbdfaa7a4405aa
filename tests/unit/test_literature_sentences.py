"""Sentences of stored prose: where they end, where they must not, and that none of the text is lost."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.literature.document import PROSE, Block, PageSpan, ReadDocument
from ingest.literature.readers.assembly import Piece, assemble
from ingest.literature.sentences import sentences, split


def parts(text: str) -> list[str]:
    return [text[start:end] for start, end in split(text)]


@pytest.mark.parametrize(
    "sentence",
    [
        "Wear raises errors, e.g. Read errors of TLC cells.",
        "As Fig. 4 and Figs. 5 and 6 show, wear is even.",
        "Meza et al. Report that heat harms drives.",
        "Reads vs. Writes differ by 3.5 %, i.e. Much.",
        "The drives of J. B. Smith failed in Dr. Lee's lab.",
        "See Sect. 4 for more, and Eq. 3 as well.",
        "4.2. Heat and wear of drives",
        "Drive No. 3 failed at 70.5 °C.",
        "This was seen by Yahoo! [25], LinkedIn [7] and others.",
        "This holds (cf. Table 2) for approx. 30 drives.",
        "1. Create an account.",
        "It is shown in Vol. 12 and pp. 3 that U.S. Fleets differ.",
        "The latency grew to 4.5 ms at 99.9 %.",
        "F2FS, i.e. A file system for flash, is used.",
    ],
)
def test_a_point_inside_a_sentence_does_not_end_it(sentence: str) -> None:
    assert parts(sentence) == [sentence]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Heat harms drives.", "Cold does not."),
        ("Heat harms drives [12].", "Cold does not."),
        ("Heat harms drives. [12]", "Cold does not."),
        ("Heat harms drives.3", "Cold does not."),
        ('He said "heat harms."', "Cold does not."),
        ("Does heat harm (much?)", "Cold does not."),
        ("It was shown by Meza et al.", "We repeat it."),
        ("It took 9 ms.", "We repeat it."),
        ("This is told in Section 4.", "We repeat it."),
        ("It fell to 0.5.", "Then it rose."),
        ("The drives were of model A.", "They failed."),
        ("We used the mobile app.", "It was slow."),
        ("Drives, racks, etc.", "However, rooms differ."),
        ("It ran 200 K nodes.", "100 failed."),
        ("Latency rose to 10 µs.", "µs are small."),
    ],
)
def test_a_sentence_ends_where_the_next_begins(first: str, second: str) -> None:
    assert parts(f"{first} {second}") == [first, second]


def test_items_of_a_list_are_sentences_of_their_own() -> None:
    assert parts("We do three things: • we measure • we tell • we stop") == [
        "We do three things:",
        "• we measure",
        "• we tell",
        "• we stop",
    ]
    assert parts("Steps\n- one\n- two\n1. three") == ["Steps", "- one", "- two", "1. three"]


def test_a_reference_behind_the_last_point_stays_with_its_sentence() -> None:
    assert parts("Heat harms drives. [12]") == ["Heat harms drives. [12]"]
    assert parts("Gains are kept. (Exp#4)") == ["Gains are kept. (Exp#4)"]


def test_only_prose_is_split_and_each_sentence_knows_its_page_section_and_block() -> None:
    text = "Heading. One\n\nFirst one. Second\n\nTable. Cell\n\none ends. Third one."
    blocks = (
        Block("heading", 0, 12),
        Block(PROSE, 14, 31, "1 Heat"),
        Block("table", 33, 44, "1 Heat"),
        Block(PROSE, 46, 66, "2 Cold"),
    )
    pages = (PageSpan(1, 0, 25), PageSpan(2, 25, 45), PageSpan(1, 45, 56), PageSpan(3, 56, 66))
    found = sentences(ReadDocument("a.pdf", "pdf", "0", text, blocks, pages, 3))
    assert [(text[one.start : one.end], one.page, one.section, one.block_index) for one in found] == [
        ("First one.", 1, "1 Heat", 1),
        ("Second", 2, "1 Heat", 1),
        ("one ends.", 1, "2 Cold", 3),
        ("Third one.", 3, "2 Cold", 3),
    ]


def test_a_document_without_pages_gives_sentences_without_a_page() -> None:
    [one] = sentences(ReadDocument("a.md", "text", "0", "Heat harms.", (Block(PROSE, 0, 11),)))
    assert (one.start, one.end, one.page) == (0, 11, None)


PIECES = st.lists(
    st.tuples(
        st.sampled_from(["prose", "table", "caption"]),
        st.lists(st.sampled_from([*"aB .!?\n•()[]\"'1239eg…µ", "e.g. ", "et al. ", "Fig. ", "A. "]), max_size=60).map(
            "".join
        ),
        st.integers(1, 4),
    ),
    max_size=8,
)


@given(PIECES)
def test_sentences_hold_every_character_of_the_prose_once_and_in_order(made: list[tuple[str, str, int]]) -> None:
    text, blocks, pages = assemble([Piece(kind, "", [(content, page)]) for kind, content, page in made])
    document = ReadDocument("a.pdf", "pdf", "0", text, blocks, pages)
    found = sentences(document)
    prose = "".join("".join(text[block.start : block.end].split()) for block in blocks if block.kind == PROSE)
    assert "".join("".join(text[one.start : one.end].split()) for one in found) == prose
    for before, after in pairwise(found):
        assert before.end <= after.start
    for one in found:
        assert text[one.start : one.end] == text[one.start : one.end].strip() != ""
        assert one.page == document.page_at(one.start)
        block = blocks[one.block_index]
        assert block.kind == PROSE
        assert block.start <= one.start < one.end <= block.end
