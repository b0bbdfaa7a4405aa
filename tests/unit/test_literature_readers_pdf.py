"""PDFs set by hand: order of columns, joins over hyphens, columns and pages, what is told apart from prose."""

from __future__ import annotations

import io
from pathlib import Path

import pypdf
import pytest
from typeset import COLUMN, GUTTER, LEFT, TOP, Sheet, pdf_of, two_columns, wrapped

from graph.errors import InputError
from ingest.literature.document import ReadDocument
from ingest.literature.readers.registry import read
from ingest.literature.sentences import sentences

RIGHT = LEFT + COLUMN + GUTTER
FILLER = (
    "The drives of this fleet were observed for two years and every failure was noted with its day and its place. "
    "Nothing else was recorded by the people who kept the racks running through the summer of that year. "
)


def read_sheets(tmp_path: Path, sheets: list[Sheet], info: str = "") -> ReadDocument:
    path = tmp_path / "paper.pdf"
    path.write_bytes(pdf_of(sheets, info))
    [document] = read(path)
    return document


def texts(document: ReadDocument, kind: str) -> list[str]:
    return [document.text[block.start : block.end] for block in document.blocks if block.kind == kind]


def filled(sheet: Sheet, x: float, y: float, times: int = 2) -> float:
    return sheet.paragraph(x, y, wrapped(FILLER * times, COLUMN))


def test_a_sentence_goes_on_in_the_next_column_and_on_the_next_page(tmp_path: Path) -> None:
    words = [f"w{chr(97 + index % 26)}{chr(97 + index // 26 % 26)}{chr(97 + index // 676)}" for index in range(3000)]
    text = "Begin " + " ".join(words) + " end."
    lines = wrapped(text, COLUMN)
    document = read_sheets(tmp_path, two_columns([(line, index == 0) for index, line in enumerate(lines)], indent=0))
    assert document.text == text
    assert len(document.blocks) == 1
    assert document.num_pages == len({span.number for span in document.pages}) > 2
    assert document.page_at(0) == 1
    assert document.page_at(len(text) - 1) == document.num_pages


def test_a_title_over_two_columns_comes_first_and_the_left_column_before_the_right(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.put(150, 740, "Failures of drives in warm rooms, revisited", size=16, font="bold")
    sheet.put(220, 715, "Ann B. Lee and Bo Kim", size=12)
    sheet.put(LEFT + 80, 690, "Abstract", size=12, font="bold")
    y = sheet.paragraph(LEFT, 674, wrapped("Left side first. " + FILLER * 2, COLUMN))
    sheet.put(LEFT, y - 12, "1 Introduction", size=12, font="bold")
    filled(sheet, LEFT, y - 28)
    sheet.paragraph(RIGHT, 690, wrapped("Right side then. " + FILLER * 3, COLUMN))
    document = read_sheets(tmp_path, [sheet])
    assert document.work.title == "Failures of drives in warm rooms, revisited"
    assert document.work.authors == ("Ann B. Lee", "Bo Kim")
    assert document.text.index("Left side first") < document.text.index("1 Introduction")
    assert document.text.index("1 Introduction") < document.text.index("Right side then")
    found = {document.text[one.start : one.end].split(".")[0]: one.section for one in sentences(document)}
    assert found["Left side first"] == "Abstract"
    assert found["Right side then"] == "1 Introduction"


def test_a_break_in_a_word_is_joined_and_a_real_hyphen_is_kept(tmp_path: Path) -> None:
    sheet = Sheet()
    lines = [
        "Good performance needs care, and write-heavy loads take their toll on",
        "the cells in every one of the drives, so that in the end the perfor-",
        "mance is lost. Of all the loads that were seen here only the write-",
        "heavy ones wear the cells out, which in the long run is a non-",
        "negligible share.",
    ]
    sheet.paragraph(LEFT, TOP, lines, width=340)
    text = read_sheets(tmp_path, [sheet]).text
    assert "the performance is lost" in text
    assert "only the write-heavy ones" in text
    assert "is a non-negligible share" in text


def test_soft_hyphens_ligatures_and_signs_become_plain_words(tmp_path: Path) -> None:
    sheet = Sheet()
    lines = ["At 70 °C and 10 µs the error rate, measured by the squared dis\xad", "tance r², is raised."]
    sheet.paragraph(LEFT, TOP, lines, width=320)
    text = read_sheets(tmp_path, [sheet]).text
    assert text == "At 70 °C and 10 µs the error rate, measured by the squared distance r², is raised."


def test_running_heads_and_page_numbers_are_told_apart_and_break_no_sentence(tmp_path: Path) -> None:
    lines = wrapped(FILLER * 40, COLUMN)
    sheets = two_columns([(line, index == 0) for index, line in enumerate(lines)])
    for number, sheet in enumerate(sheets, start=1):
        sheet.put(LEFT, 760, "Proceedings of the Conference on Drives", size=8)
        sheet.put(300, 40, str(number), size=9)
    document = read_sheets(tmp_path, sheets)
    assert texts(document, "prose") == [(FILLER * 40).strip()]
    assert texts(document, "running_head").count("Proceedings of the Conference on Drives") == len(sheets)
    assert {"1", "2"} <= set(texts(document, "running_head"))


def test_a_figure_inside_a_sentence_is_stored_after_its_paragraph(tmp_path: Path) -> None:
    sheet = Sheet()
    y = sheet.paragraph(LEFT, TOP, wrapped(FILLER + "Here the sentence is", COLUMN)[:-1])
    head = wrapped(FILLER + "Here the sentence is", COLUMN)[-1]
    sheet.put(LEFT, y, head + " cut by what stands below, a", justify=COLUMN)
    sheet.put(LEFT + 30, y - 40, "100", size=7)
    sheet.put(LEFT + 30, y - 60, "50", size=7)
    sheet.paragraph(LEFT, y - 90, wrapped("Figure 1: Shares of drives that failed in each month", COLUMN, 9), size=9)
    sheet.paragraph(LEFT, y - 140, wrapped("figure with its caption. " + FILLER, COLUMN))
    document = read_sheets(tmp_path, [sheet])
    [prose] = texts(document, "prose")
    assert "cut by what stands below, a figure with its caption." in prose
    assert texts(document, "caption") == ["Figure 1: Shares of drives that failed in each month"]
    assert texts(document, "table") == ["100\n50"]
    assert document.blocks[0].kind == "prose"


def test_a_table_of_cells_is_no_prose(tmp_path: Path) -> None:
    sheet = Sheet()
    y = filled(sheet, LEFT, TOP) - 20
    sheet.put(LEFT, y, "Table 2. Rates by vendor", size=9)
    for row, cells in enumerate((("Vendor", "Drives", "Rate"), ("A", "1200", "0.7 %"), ("B", "800", "1.1 %"))):
        for column, cell in enumerate(cells):
            sheet.put(LEFT + 75 * column, y - 20 - 12 * row, cell, size=9)
    filled(sheet, LEFT, y - 90)
    document = read_sheets(tmp_path, [sheet])
    assert texts(document, "table") == ["Vendor Drives Rate\nA 1200 0.7 %\nB 800 1.1 %"]
    assert texts(document, "caption") == ["Table 2. Rates by vendor"]
    assert not any("Vendor" in text for text in texts(document, "prose"))


def test_references_and_thanks_are_kinds_of_their_own_and_an_appendix_is_prose_again(tmp_path: Path) -> None:
    sheet = Sheet()
    y = filled(sheet, LEFT, TOP, 1)
    sheet.put(LEFT, y - 12, "Acknowledgements", size=12, font="bold")
    y = sheet.paragraph(LEFT, y - 28, wrapped("We thank the people who kept the racks running.", COLUMN))
    sheet.put(LEFT, y - 12, "References", size=12, font="bold")
    entry = "[1] A. Lee and B. Kim. Heat causes failure of drives. In Proc. of FAST, 2019. doi:10.1145/12345.678"
    y = sheet.paragraph(LEFT, y - 28, wrapped(entry, COLUMN))
    y = sheet.paragraph(
        LEFT, y, wrapped("[2] C. Moe. Wear raises errors in cells. ACM Trans. on Storage, 2020.", COLUMN)
    )
    sheet.put(LEFT, y - 12, "Appendix A", size=12, font="bold")
    sheet.paragraph(LEFT, y - 28, wrapped("More drives fail in the second year of use.", COLUMN))
    document = read_sheets(tmp_path, [sheet])
    assert texts(document, "acknowledgement") == ["We thank the people who kept the racks running."]
    assert texts(document, "reference")[0] == entry
    assert [work.title for work in document.references] == [
        "Heat causes failure of drives",
        "Wear raises errors in cells",
    ]
    assert document.references[0].doi == "10.1145/12345.678"
    assert document.references[0].authors == ("A. Lee", "B. Kim")
    assert document.references[1].year == 2020
    assert document.work.doi is None
    assert "More drives fail in the second year of use." in texts(document, "prose")


def test_a_footnote_is_stored_behind_the_paragraph_that_it_interrupts(tmp_path: Path) -> None:
    sheet = Sheet()
    lines = wrapped(FILLER * 8 + "This is cut", COLUMN)
    sheet.paragraph(LEFT, TOP, lines[:48])
    sheet.paragraph(LEFT, 110, wrapped("1We count a drive once in each and every month.", COLUMN, 8), size=8)
    sheet.paragraph(RIGHT, TOP, lines[48:])
    document = read_sheets(tmp_path, [sheet])
    assert texts(document, "prose") == [
        FILLER * 8 + "This is cut",
        "1We count a drive once in each and every month.",
    ]


def test_turned_text_in_the_margin_is_no_prose_and_its_arxiv_id_is_the_works(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.put(30, 300, "arXiv:1912.09722v1 [cs.DC] 20 Dec 2019", size=18, turned=True)
    sheet.put(100, 740, "Failures of drives in warm rooms", size=16, font="bold")
    sheet.put(LEFT, 700, "Abstract", size=12, font="bold")
    filled(sheet, LEFT, 680)
    document = read_sheets(tmp_path, [sheet])
    assert texts(document, "running_head") == ["arXiv:1912.09722v1 [cs.DC] 20 Dec 2019"]
    assert document.work.arxiv_id == "1912.09722"


def test_code_is_told_by_its_type(tmp_path: Path) -> None:
    sheet = Sheet()
    y = filled(sheet, LEFT, TOP, 1)
    sheet.put(LEFT, y - 10, "for drive in fleet:", font="mono", size=9)
    sheet.put(LEFT, y - 21, "    count(drive)", font="mono", size=9)
    filled(sheet, LEFT, y - 50, 1)
    assert texts(read_sheets(tmp_path, [sheet]), "code") == ["for drive in fleet:\ncount(drive)"]


def test_the_metadata_names_the_work_where_the_pages_do_not(tmp_path: Path) -> None:
    sheet = Sheet()
    filled(sheet, LEFT, TOP)
    info = "/Title (Handbook of warm drives) /Author (Ann Lee and Bo Kim) /CreationDate (D:20180301120000Z)"
    work = read_sheets(tmp_path, [sheet], info).work
    assert (work.title, work.authors, work.year) == ("Handbook of warm drives", ("Ann Lee", "Bo Kim"), 2018)


def test_a_page_that_only_pypdf_can_read_is_read_with_a_note(tmp_path: Path) -> None:
    good, odd = Sheet(), Sheet()
    filled(good, LEFT, TOP)
    odd.operations.append(b"BT /F1 0 Tf 72 700 Td (Hot drives fail more often.) Tj ET")
    document = read_sheets(tmp_path, [good, odd])
    assert "Hot drives fail more often." in document.text
    assert document.page_at(document.text.index("Hot drives")) == 2
    assert document.notes == (f"{tmp_path / 'paper.pdf'}: page 2 read with pypdf, whose columns may run together.",)


def test_a_file_that_pypdfium2_refuses_is_read_with_pypdf(tmp_path: Path) -> None:
    sheet, path = Sheet(), tmp_path / "rootless.pdf"
    sheet.put(LEFT, TOP, "Hot drives fail more often.")
    path.write_bytes(pdf_of([sheet], trailer="/Info 7 0 R"))
    [document] = read(path)
    assert document.text == "Hot drives fail more often."
    assert "is damaged for pypdfium2; read with pypdf" in document.notes[0]


def test_a_page_without_text_is_noted(tmp_path: Path) -> None:
    sheet = Sheet()
    filled(sheet, LEFT, TOP)
    document = read_sheets(tmp_path, [sheet, Sheet()])
    assert document.notes == (f"{tmp_path / 'paper.pdf'}: page 2 without text (blank, or a scan).",)


def test_a_scan_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(pdf_of([Sheet(), Sheet(), Sheet()]))
    with pytest.raises(InputError, match=r"scan\.pdf: none of its 3 pages holds text, as in a scan; .*ocrmypdf"):
        read(path)


def test_an_encrypted_file_is_refused(tmp_path: Path) -> None:
    sheet, path = Sheet(), tmp_path / "locked.pdf"
    filled(sheet, LEFT, TOP)
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf_of([sheet])))
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(path)
    with pytest.raises(InputError, match=r"locked\.pdf: is encrypted; expected a PDF that opens without a password"):
        read(path)


def test_a_turned_page_is_read_as_it_is_shown(tmp_path: Path) -> None:
    sheet, path = Sheet(), tmp_path / "turned.pdf"
    filled(sheet, LEFT, TOP, 1)
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf_of([sheet])))
    page = writer.pages[0]
    page.add_transformation(pypdf.Transformation().rotate(90).translate(792, 0))
    page.mediabox.upper_right = (792, 612)
    page.rotate(90)
    writer.write(path)
    [document] = read(path)
    assert texts(document, "prose") == [FILLER.strip()]


def test_progress_counts_the_pages(tmp_path: Path) -> None:
    path, told = tmp_path / "paper.pdf", list[tuple[int, int]]()
    lines = [(line, index == 0) for index, line in enumerate(wrapped(FILLER * 40, COLUMN))]
    path.write_bytes(pdf_of(two_columns(lines)))
    [document] = read(path, lambda done, total: told.append((done, total)))
    assert told == [(number, document.num_pages) for number in range(1, (document.num_pages or 0) + 1)]
