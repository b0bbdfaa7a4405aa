"""Plain text and Markdown: pages, sections, lists, tables, code, the work that is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import InputError
from ingest.literature.document import BLOCK_KINDS, ReadDocument
from ingest.literature.readers.characters import clean
from ingest.literature.readers.registry import read
from ingest.literature.readers.source import SourceText
from ingest.literature.readers.text import document_of, lines_of, pieces_of

MARKDOWN = """---
title: Wear of flash
authors: [Ann Lee, {name: Bo Kim}]
year: 2020
doi: https://doi.org/10.1145/3366.Abc
---
# Wear of flash

High temperature *raises* the **error rate** of [TLC](http://x.y/z) flash, and snake_case stays. It also per-
forms worse.

| vendor | rate |
|--------|------|
| A      | 0.7  |

Method
------

- one item is here
- another `code` item
  goes on

```python
raise SystemExit
```

Table 1: Rates by vendor.

## References

[1] J. Meza et al. A large-scale study. In SIGMETRICS, 2015.
"""
TEXT = """A STUDY OF DRIVES
doi:10.1145/12345.678

Abstract

Drives fail when they are hot. Temper-
ature matters.

1 Introduction

We study drives. They are of vendor
12
\fA and fail.

Results
=======
Name    Rate   N
A       0.1    3
B       0.2    4

References

[1] B. Foo. Temperature causes failure. 2011.
[2] C. Bar. Wear causes errors. 2012.
"""


def blocks(document: ReadDocument) -> list[tuple[str, str, str]]:
    return [(one.kind, one.section, document.text[one.start : one.end]) for one in document.blocks]


def test_markdown_gives_sections_lists_tables_code_and_the_work(tmp_path: Path) -> None:
    path = tmp_path / "note.md"
    path.write_text(MARKDOWN, encoding="utf-8")
    [document] = read(path)
    assert blocks(document) == [
        ("heading", "", "Wear of flash"),
        (
            "prose",
            "Wear of flash",
            "High temperature raises the error rate of TLC flash, and snake_case stays. It also performs worse.",
        ),
        ("table", "Wear of flash", "| vendor | rate |\n| A | 0.7 |"),
        ("heading", "Wear of flash", "Method"),
        ("prose", "Method", "- one item is here"),
        ("prose", "Method", "- another code item goes on"),
        ("code", "Method", "raise SystemExit"),
        ("caption", "Method", "Table 1: Rates by vendor."),
        ("heading", "Method", "References"),
        ("reference", "References", "[1] J. Meza et al. A large-scale study. In SIGMETRICS, 2015."),
    ]
    work = document.work
    assert (work.title, work.authors, work.year, work.doi) == (
        "Wear of flash",
        ("Ann Lee", "Bo Kim"),
        2020,
        "10.1145/3366.abc",
    )
    assert [one.title for one in document.references] == ["A large-scale study"]
    assert document.num_pages is None
    assert document.page_at(3) is None


def test_plain_text_gives_pages_sections_and_no_prose_of_the_references(tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_text(TEXT, encoding="utf-8")
    [document] = read(path)
    found = blocks(document)
    assert ("prose", "Abstract", "Drives fail when they are hot. Temperature matters.") in found
    assert ("prose", "1 Introduction", "We study drives. They are of vendor A and fail.") in found
    assert ("running_head", "1 Introduction", "12") in found
    assert ("table", "Results", "Name Rate N\nA 0.1 3\nB 0.2 4") in found
    assert [kind for kind, section, _ in found if section == "References"] == ["reference", "reference"]
    assert document.num_pages == 2
    assert document.page_at(document.text.index("A and fail")) == 2
    assert document.page_at(document.text.index("of vendor")) == 1
    assert document.work.doi == "10.1145/12345.678"
    assert [one.year for one in document.references] == [2011, 2012]


def test_a_doi_of_the_references_is_not_the_documents_own(tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_text("A note\n\nDrives fail.\n\nReferences\n\n[1] A. B. Heat of drives. doi:10.1145/1234.5\n", "utf-8")
    [document] = read(path)
    assert document.work.doi is None
    assert document.references[0].doi == "10.1145/1234.5"


def test_yaml_that_is_broken_is_text(tmp_path: Path) -> None:
    path = tmp_path / "note.md"
    path.write_text("---\ntitle: [a\n---\nHeat harms.\n", encoding="utf-8")
    [document] = read(path)
    assert "Heat harms." in document.text


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "utf-16-le"])
def test_other_unicode_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "note.txt"
    path.write_bytes("Hot drives fail at 70 °C.".encode(encoding))
    [document] = read(path)
    assert document.text == "Hot drives fail at 70 °C."


def test_text_that_is_no_unicode_is_read_as_windows_text_with_a_note(tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_bytes(b"Line one.\nAt 70 \xb0C drives fail.")
    [document] = read(path)
    assert "At 70 °C drives fail." in document.text
    assert document.notes == (f"{path}:2: is not UTF-8; read as cp1252.",)


def test_bytes_that_are_no_text_are_refused_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_bytes(b"Line one.\n\xff\x00\x01\x02 and more")
    with pytest.raises(InputError, match=r"note\.txt:2: holds NUL bytes; expected text\."):
        read(path)


CHARACTERS = st.text(
    st.sampled_from(list("aB .-\n\f#|`*_[]()=~>:1•\t\x00\x02\u00ad\ufffe\ufb01\ufb03²µ\u200b\ud800\u0085é")),
    max_size=200,
)


@given(CHARACTERS)
def test_blocks_are_in_order_apart_and_hold_every_character(text: str) -> None:
    source = SourceText(Path("a.txt"), "0", text.replace("\x00", ""))
    try:
        document = document_of(source, pieces_of(lines_of(source.text)))
    except InputError:
        return
    at = 0
    for block in document.blocks:
        assert block.kind in BLOCK_KINDS
        assert not document.text[at : block.start].strip()
        assert at <= block.start < block.end
        at = block.end
    assert at == len(document.text)
    covered = [number for span in document.pages for number in range(span.start, span.end)]
    assert len(covered) == len(set(covered))
    if document.pages:
        outside = set(range(len(document.text))) - set(covered)
        assert not any(document.text[index].strip() for index in outside)
    assert not any(char in "\ufb01\ufb03\ufffe\u00ad\x02\x85" or "\ud800" <= char <= "\udfff" for char in document.text)


@given(st.text(max_size=80))
def test_cleaning_invents_no_character_and_keeps_letters_digits_and_signs(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert "".join(cleaned.split()).isprintable()
    kept = [char for char in text if char.isascii() and char.isalnum()]
    assert [char for char in cleaned if char.isascii() and char.isalnum() and char in text][: len(kept)] or not kept
