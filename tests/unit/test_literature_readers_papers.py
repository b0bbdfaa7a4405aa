"""The six real papers: what stands on their pages, as read by eye, must come out of the reader."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from stored_text import check

from graph.errors import InputError
from ingest.literature.document import CAPTION, HEADING, PROSE, REFERENCE, ReadDocument
from ingest.literature.readers.registry import read
from ingest.literature.sentences import sentences

PAPERS = Path(__file__).resolve().parents[3] / "shared" / "data" / "papers"
pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not PAPERS.is_dir(), reason="real papers not in ../shared/data/papers"),
]


@dataclass(frozen=True)
class Facts:
    """What was seen on a paper's pages.

    Args:
        title: Its title.
        author: One of its authors.
        year: Its year.
        num_pages: Pages of the file.
        headings: Some of its headings, in order.
        crossing: Words on both sides of a column's or page's end, each pair one sentence; with the pages.
        caption: How a caption begins.
        num_references: Entries of its list.
        never_prose: Words of a table, a figure or the references.
    """

    title: str
    author: str
    year: int
    num_pages: int
    headings: tuple[str, ...]
    crossing: tuple[tuple[str, int, int], ...]
    caption: str
    num_references: int
    never_prose: tuple[str, ...]


FACTS = {
    "cidon-atc13-copysets": Facts(
        "Copysets: Reducing the Frequency of Data Loss in Cloud Storage",
        "Mendel Rosenblum",
        2013,
        12,
        ("1. INTRODUCTION", "2.1 Definitions", "5.2.1 Hot Spots", "7. RELATED WORK"),
        (("percentage of nodes (0.5%-1%)", 1, 1), ("trade-off was expressed by", 1, 2), ("(thousands of times", 3, 3)),
        "Figure 3: Data loss probability when",
        28,
        ("Scatter Width", "HDFS RAID", "Number of nodes\n"),
    ),
    "doekemeijer-cluster23-zns": Facts(
        "Performance Characterization of NVMe Flash Devices with Zoned Namespaces (ZNS)",
        "Matias Bjørling",
        2023,
        14,
        ("I. INTRODUCTION", "A. Flash storage", "III. EXPERIMENTS", "VII. CONCLUSION"),
        (("hence supporting random", 1, 1), ("ability to mimic the performance", 1, 2), ("they cause data loss", 2, 2)),
        "Figure 1: Simplified overview",
        102,
        ("Accessed: 2023", "Component Configuration", "Max active zones"),
    ),
    "ganesan-fast17-redundancy": Facts(
        "Redundancy Does Not Imply Fault Tolerance: "
        "Analysis of Distributed Storage Reactions to Single Errors and Corruptions",
        "Remzi H. Arpaci-Dusseau",
        2017,
        19,
        ("1 Introduction", "3.2.2 Fault Injection", "4.1.1 Redis", "6 Conclusions"),
        (
            ("in Redis and Cassandra can be", 2, 3),
            ("to applications running atop them", 4, 4),
            ("by simply crashing.", 6, 8),
        ),
        "Figure 1: System Behaviors",
        101,
        ("USENIX Association 15th", "Ramnatthan Alagappan, Vijay", "No Detection/Recovery"),
    ),
    "han-fast21-correlated-failures": Facts(
        "An In-Depth Study of Correlated Failures in Production SSD-Based Data Centers",
        "Patrick P. C. Lee",
        2021,
        13,
        ("1 Introduction", "2.1 Data Collection", "4.2.3 Age", "7 Conclusion"),
        (("protection schemes on storage reliability", 1, 2), ("significant differences of correlations", 9, 10)),
        "Table 1: Overview of SMART attributes",
        31,
        ("Reallocated sector count", "In Proc. of", "Failure time interval [0"),
    ),
    "han-icdcs20-stream-mining": Facts(
        "Toward Adaptive Disk Failure Prediction via Stream Mining",
        "Zhirong Shen",
        2020,
        11,
        ("I. INTRODUCTION", "B. Concept Drift", "V. EVALUATION", "VII. CONCLUSION"),
        (("(e.g., SMART logs from Backblaze", 1, 1), ("that a change happens, and", 2, 3)),
        "TABLE I: Overview of incremental",
        46,
        ("Hoeffding tree (HT) [16] None", "end procedure", "In Proc. of"),
    ),
    "seagate-cortx-brief": Facts(
        "CORTX: Open Source Mass-Capacity Object Storage",
        "",
        2020,
        7,
        ("Introduction", "CORTX Open Source Object Storage", "How to contribute to the CORTX Early Adopter program"),
        (("innovations in machine learning (ML)", 1, 1), ("optimized for Optane and graphics", 3, 4)),
        "Figure 1: Stored (black)",
        0,
        ("OPEN SOURCE MASS CAPACITY", "FIGURE 1", "S3 Server NFS"),
    ),
}


@cache
def paper(name: str) -> ReadDocument:
    [document] = read(PAPERS / f"{name}.pdf")
    return document


def parts(document: ReadDocument, kind: str) -> list[str]:
    return [document.text[one.start : one.end] for one in document.blocks if one.kind == kind]


def prose(document: ReadDocument) -> str:
    return "\n".join(parts(document, PROSE))


@pytest.mark.parametrize("name", FACTS)
def test_the_work_is_named_as_on_its_first_page(name: str) -> None:
    work, facts = paper(name).work, FACTS[name]
    assert (work.title, work.year) == (facts.title, facts.year)
    assert facts.author in work.authors or (not facts.author and not work.authors)
    assert work.doi is None
    assert work.arxiv_id is None


@pytest.mark.parametrize("name", FACTS)
def test_headings_stand_in_order_and_name_the_sections(name: str) -> None:
    document, facts = paper(name), FACTS[name]
    headings = parts(document, HEADING)
    places = [headings.index(heading) for heading in facts.headings]
    assert places == sorted(places)
    sections = {one.section for one in document.blocks if one.kind == PROSE}
    assert set(facts.headings) <= sections | {"2. THE PROBLEM"}


@pytest.mark.parametrize("name", FACTS)
def test_a_sentence_runs_on_over_columns_and_pages(name: str) -> None:
    document = paper(name)
    for words, first, last in FACTS[name].crossing:
        at = document.text.index(words)
        assert (document.page_at(at), document.page_at(at + len(words) - 1)) == (first, last)
        [sentence] = [one for one in sentences(document) if one.start <= at < one.end]
        assert sentence.end >= at + len(words)


@pytest.mark.parametrize("name", FACTS)
def test_captions_tables_and_references_are_no_prose(name: str) -> None:
    document, facts = paper(name), FACTS[name]
    assert any(text.startswith(facts.caption) for text in parts(document, CAPTION))
    text = prose(document)
    assert facts.caption not in text
    assert not any(words in text for words in facts.never_prose)
    assert len(parts(document, REFERENCE)) == facts.num_references
    assert len(document.references) >= 0.85 * facts.num_references


@pytest.mark.parametrize("name", FACTS)
def test_the_stored_text_holds_what_is_promised_of_it(name: str) -> None:
    document = paper(name)
    assert document.num_pages == FACTS[name].num_pages
    check(document)
    found = sentences(document)
    assert "".join("".join(document.text[one.start : one.end].split()) for one in found) == "".join(
        prose(document).split()
    )


@pytest.mark.parametrize("name", FACTS)
def test_hardly_a_sentence_is_cut_or_left_with_a_broken_word(name: str) -> None:
    document = paper(name)
    texts = [document.text[one.start : one.end] for one in sentences(document)]
    whole = [text for text in texts if not text.startswith(("•", "1.", "2.", "3."))]
    cut = [
        text
        for text in whole
        if text[0].islower() or not re.search(r"[.!?:;…][\d\W]*(?:\([\w#. -]{1,16}\)\.?)?$", text)
    ]
    assert len(cut) <= 0.03 * len(whole), cut
    assert not any(re.search(r"[a-z]- [a-z]", text.replace("- and", "").replace("- or", "")) for text in texts)


@pytest.mark.parametrize("name", FACTS)
def test_a_damaged_paper_is_read_or_refused_in_one_sentence(name: str, tmp_path: Path) -> None:
    whole, chance = (PAPERS / f"{name}.pdf").read_bytes(), random.Random(name)
    path, content, at = tmp_path / "damaged.pdf", bytearray(whole), chance.randrange(len(whole))
    damage = list(FACTS).index(name) % 3
    if damage == 0:
        del content[at:]
    elif damage == 1:
        del content[at : at + 5000]
    else:
        for _ in range(200):
            content[chance.randrange(len(content))] = chance.randrange(256)
    path.write_bytes(content)
    try:
        [document] = read(path)
    except InputError as error:
        assert str(error).startswith(str(path))  # noqa: PT017 - either outcome is right
        assert "\n" not in str(error)  # noqa: PT017
    else:
        check(document)
