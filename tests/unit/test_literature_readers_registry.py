"""Which reader a file gets, by name and content, and how what cannot be read is refused."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from typeset import LEFT, TOP, Sheet, pdf_of

from graph.errors import InputError
from ingest.literature.readers.registry import SUFFIXES, can_read, read


def small_pdf() -> bytes:
    sheet = Sheet()
    sheet.put(LEFT, TOP, "Hot drives fail more often than cold ones do.")
    return pdf_of([sheet])


def test_a_pdf_under_another_name_is_read_as_what_it_is_with_a_note(tmp_path: Path) -> None:
    path = tmp_path / "paper.txt"
    path.write_bytes(small_pdf())
    [document] = read(path)
    assert document.kind == "pdf"
    assert document.notes == (f"{path}: is PDF although its name ends in '.txt'; read as PDF.",)


def test_a_web_page_saved_as_xml_and_bibtex_saved_as_text_are_read_as_what_they_are(tmp_path: Path) -> None:
    page, entries = tmp_path / "a.xml", tmp_path / "a.txt"
    page.write_text("<!DOCTYPE html><html><body><p>Heat harms.</p></body></html>", encoding="utf-8")
    entries.write_text("@article{a, title={Heat harms}, year=2001}", encoding="utf-8")
    assert read(page)[0].kind == "html"
    assert read(entries)[0].work.title == "Heat harms"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.pdf", b"Hot drives fail.", r"name ends in '\.pdf' but the content is plain text, not PDF"),
        ("a.bib", b"Hot drives fail.", r"name ends in '\.bib' but the content is plain text, not BibTeX"),
        ("a.json", b'{"a": 1}', r"name ends in '\.json' but the content is JSON of another kind, not Crossref JSON"),
        ("a.odt", b"PK\x03\x04abc", r"is a zip archive \(or a Word document\)"),
        ("a.xyz", b"Hot drives fail.", r"name ends in '\.xyz' and the content is plain text; expected one of \.pdf, "),
        ("a.md", b" \n\n", r"is empty; expected a paper"),
        ("a.txt", b"", r"is empty; expected a paper"),
        ("a.pdf", b"%PDF-1.4\n garbage", r"is damaged beyond reading; expected a whole PDF"),
        ("a.txt", b"\x89PNG\r\n\x1a\n", r"is a picture \(PNG\); run OCR"),
        ("a.bib", b"@article{a,\n}", r"holds no BibTeX entry with a title or a DOI"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence_with_its_path(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match=message) as refusal:
        read(path)
    assert str(refusal.value).startswith(str(path))
    assert "\n" not in str(refusal.value)


def test_a_folder_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder; expected a file"):
        read(tmp_path)
    with pytest.raises(InputError, match=r"cannot be read \(No such file"):
        read(tmp_path / "none.pdf")


def test_names_tell_what_can_be_read_but_json_and_xml_are_looked_into(tmp_path: Path) -> None:
    assert all(can_read(tmp_path / f"a{suffix}") for suffix in SUFFIXES if suffix not in (".json", ".xml"))
    assert can_read(tmp_path / "A.PDF")
    assert not can_read(tmp_path / "a.csv")
    other, works = tmp_path / "a.json", tmp_path / "b.json"
    other.write_text('{"smartctl": {}}', encoding="utf-8")
    works.write_text('{"DOI": "10.1145/1.2", "title": ["Heat"]}', encoding="utf-8")
    assert not can_read(other)
    assert can_read(works)
    assert not can_read(tmp_path / "none.xml")


def test_the_heavy_libraries_are_imported_only_when_a_file_needs_them() -> None:
    code = (
        "import sys, ingest.literature.readers.registry, ingest.literature.sentences\n"
        "heavy = ('pypdfium2', 'pypdf', 'lxml', 'bibtexparser', 'rispy', 'yaml')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
