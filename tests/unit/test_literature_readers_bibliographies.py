"""BibTeX, RIS and Crossref: every entry a document, cleaned; what is broken is told and the others are kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import InputError
from ingest.literature.document import Bibliography
from ingest.literature.readers.citations import parse_citation
from ingest.literature.readers.identifiers import arxiv_id, normal_doi, years_in
from ingest.literature.readers.registry import read
from ingest.literature.sentences import sentences

BIB = Path(__file__).resolve().parents[3] / "shared" / "data" / "bib"
BIBTEX = r"""% a comment
@article{muller, title={\"Uber fl\'ash $x^2$ 50\% {NAND}}, author={M{\"u}ller, J{\"o}rg and Lee, Jr., Ann and others},
  year=2011, doi={https://doi.org/10.1145/AB\_c}, journal={ACM <b>Trans.</b> &amp; More},
  abstract={Write amplification harms. The ampli- fication and read- and write-heavy loads. It does so. amplification}}
@misc{pre, title="A preprint", author={{The Drive Group and Co}}, eprint={1912.09722v2}, archiveprefix={arXiv}}
@book{broken, title={Not closed, year=1
@book{kept, title="Kept all the same", year=2001}
@book{twice, title={Twice}, note={a}, note={b}, author={Lee, Ann and Kim, Bo}}
"""
RIS = """TY  - JOUR
TI  - Flash and heat
AU  - Lee, Ann
AU  - Kim, Bo
PY  - 2018/03/01
JO  - Storage
DO  - 10.1145/X.1
AB  - Heat harms. It does.
ER  -

TY  - JOUR
AU  - Nobody
ER  -
"""
WORKS = {
    "message": {
        "items": [
            {
                "DOI": "10.1145/X.1",
                "title": ["Flash and <i>heat</i>"],
                "author": [{"given": "Ann", "family": "Lee"}, {"name": "Drive Group"}],
                "issued": {"date-parts": [[2018, 3]]},
                "container-title": ["Storage"],
                "abstract": "<jats:title>Abstract</jats:title><jats:p>Heat harms.</jats:p>",
            },
            {"nothing": 1},
        ]
    }
}


def save(tmp_path: Path, name: str, content: str) -> Path:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    return path


def test_bibtex_entries_are_cleaned_and_a_broken_one_is_told(tmp_path: Path) -> None:
    path = save(tmp_path, "a.bib", BIBTEX)
    documents = {document.work.title: document for document in read(path)}
    work = documents["Über flásh x^2 50% NAND"].work
    assert work.authors == ("Jörg Müller", "Ann Lee Jr.")
    assert (work.year, work.doi, work.venue) == (2011, "10.1145/ab_c", "ACM Trans. & More")
    text = documents["Über flásh x^2 50% NAND"].text
    assert "The amplification and read- and write-heavy loads." in text
    assert len(sentences(documents["Über flásh x^2 50% NAND"])) == 3
    assert documents["A preprint"].work.arxiv_id == "1912.09722"
    assert documents["A preprint"].work.authors == ("The Drive Group and Co",)
    assert documents["A preprint"].text == ""
    assert "Kept all the same" in documents
    assert documents["Twice"].work.authors == ("Ann Lee", "Bo Kim")
    notes = next(iter(documents.values())).notes
    assert any(f"{path}:6: entry 'broken': " in note and note.endswith("the entry is left out.") for note in notes)
    assert any(f"{path}:8: entry 'twice': Duplicate field" in note and "first is kept" in note for note in notes)
    assert len({document.sha256 for document in documents.values()}) == len(documents)


def test_ris_records_are_read_and_one_without_a_title_is_told(tmp_path: Path) -> None:
    path = save(tmp_path, "a.ris", RIS)
    [document] = read(path)
    work = document.work
    assert (work.title, work.authors, work.year, work.doi, work.venue) == (
        "Flash and heat",
        ("Ann Lee", "Bo Kim"),
        2018,
        "10.1145/x.1",
        "Storage",
    )
    assert [document.text[one.start : one.end] for one in sentences(document)] == ["Heat harms.", "It does."]
    assert document.notes == (f"{path}:11: this record is no RIS with a title or a DOI; it is left out.",)


@pytest.mark.parametrize("shape", ["answer", "list", "single", "message"])
def test_crossref_works_are_read_in_every_shape(tmp_path: Path, shape: str) -> None:
    items = WORKS["message"]["items"]
    shapes = {"answer": WORKS, "list": items, "single": items[0], "message": {"message": items[0]}}
    [document] = read(save(tmp_path, "a.json", json.dumps(shapes[shape])))
    assert document.work == Bibliography(
        title="Flash and heat",
        authors=("Ann Lee", "Drive Group"),
        year=2018,
        venue="Storage",
        doi="10.1145/x.1",
        abstract="Heat harms.",
    )
    assert document.text == "Heat harms."


def test_json_that_breaks_off_is_refused_with_line_and_column(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"a\.json:1:8: is not JSON \(Expecting value\)"):
        read(save(tmp_path, "a.json", '{"DOI":'))


@pytest.mark.parametrize(("name", "content"), [("a.bib", BIBTEX), ("a.ris", RIS), ("a.json", json.dumps(WORKS))])
def test_damaged_entries_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, name: str, content: str) -> None:
    folder = tmp_path_factory.mktemp("damaged")

    @settings(max_examples=40, deadline=None)
    @given(st.integers(0, len(content)), st.integers(0, len(content)), st.text('{}@"\\,=[]-\n$ a', max_size=6))
    def damage(cut: int, at: int, inserted: str) -> None:
        path = save(folder, name, content[:at] + inserted + content[at : max(at, cut)])
        try:
            documents = read(path)
        except InputError as error:
            assert str(path) in str(error)  # noqa: PT017 - either outcome is right
            return
        assert documents

    damage()


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (
            "[3] L. N. Bairavasundaram, G. R. Goodson, and J. Schindler. An analysis of latent sector errors in disk "
            "drives. In Proc. of ACM SIGMETRICS, 2007.",
            ("An analysis of latent sector errors in disk drives", "L. N. Bairavasundaram", 2007),
        ),
        (
            "[8] J. Yang and C. Choi, “AutoStream: Automatic Stream Management for SSDs,” in Proceedings of the 10th "
            "Conference, pp. 1–11, ACM, 2017. Accessed: 2023-Aug-16.",
            ("AutoStream: Automatic Stream Management for SSDs", "J. Yang", 2017),
        ),
        ("[4] Apache. Cassandra. http://cassandra.apache.org/.", ("Cassandra", "Apache", None)),
        (
            "Meza, J., Wu, Q., and Mutlu, O. 2015. A study of flash failures in the field. In SIGMETRICS.",
            ("A study of flash failures in the field", "J. Meza", 2015),
        ),
    ],
)
def test_an_entry_of_a_reference_list_is_taken_apart(entry: str, expected: tuple[str, str, int | None]) -> None:
    work = parse_citation(entry)
    assert work is not None
    assert (work.title, work.authors[0], work.year) == expected


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("https://doi.org/10.1145/2745844.2745848.", "10.1145/2745844.2745848"),
        ("(doi:10.1016/S0140-6736(05)12345-6)", "10.1016/s0140-6736(05)12345-6"),
        ("10.1145/", None),
        ("version 10.1.2/3", None),
    ],
)
def test_a_doi_is_found_without_what_stands_around_it(text: str, doi: str | None) -> None:
    assert normal_doi(text) == doi


def test_arxiv_ids_and_years_are_found() -> None:
    assert arxiv_id("arXiv preprint arXiv:1912.09722v3, 2019") == "1912.09722"
    assert arxiv_id("https://arxiv.org/abs/cs/0112017") == "cs/0112017"
    assert years_in("FAST ’17, February 2017, pp. 1999–2010, 10.1145/2015.2016") == [2017, 2017]


@pytest.mark.data
@pytest.mark.skipif(not BIB.is_dir(), reason="real bibliographies not in ../shared/data/bib")
def test_both_real_bibliographies_are_read_whole() -> None:
    [bourbon] = read(BIB / "bourbon.bib")
    assert "Aishwarya Ganesan" in bourbon.work.authors
    assert bourbon.work.year == 2020
    others = read(BIB / "utsaslab.bib")
    assert len(others) == 10
    assert all(one.work.title and one.work.authors and one.work.year for one in others)
    assert not any("<" in (one.work.title + (one.work.venue or "")) for one in others)
    assert "chauhan16nvmove" in others[0].notes[0]
    assert sum(bool(one.text) for one in others) >= 2
