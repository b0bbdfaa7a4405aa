"""JATS and web pages: text in order, what is seen only, nothing fetched and nothing expanded."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import InputError
from ingest.literature.document import ReadDocument
from ingest.literature.readers.registry import read

JATS = """<?xml version="1.0" encoding="UTF-8"?>
<article xmlns:xlink="http://www.w3.org/1999/xlink"><front><journal-meta><journal-title>Storage</journal-title>
</journal-meta><article-meta><article-id pub-id-type="doi">10.1145/ABC</article-id><title-group>
<article-title>On <italic>flash</italic> and heat</article-title></title-group><contrib-group>
<contrib contrib-type="author"><name><surname>Lee</surname><given-names>Ann</given-names></name>
<xref ref-type="aff">1</xref></contrib></contrib-group><pub-date><year>2019</year></pub-date>
<abstract><p>Heat harms.</p></abstract></article-meta></front><body><sec><label>1</label><title>Intro</title>
<p>Heat<xref ref-type="fn">a</xref> harms cells [<xref ref-type="bibr">1</xref>] at 10<sup>5</sup> cycles.
<table-wrap><label>Table 1</label><caption><p>Rates</p></caption><table><tr><th>A</th><td>0.7</td></tr></table>
</table-wrap> It does.</p><sec><title>Deeper</title><list><list-item><p>One thing.</p></list-item></list></sec></sec>
</body><back><ack><title>Thanks</title><p>We thank you.</p></ack><ref-list><title>References</title><ref id="r1">
<element-citation><person-group><name><surname>Meza</surname><given-names>J</given-names></name></person-group>
<article-title>Large study</article-title><source>Metrics</source><year>2015</year>
<pub-id pub-id-type="doi">10.1145/2745844.2745848</pub-id></element-citation></ref></ref-list></back></article>"""
HTML = """<!doctype html><html><head><title>T | site</title><meta name="citation_title" content="Flash &amp; heat">
<meta name="citation_author" content="Lee, Ann"><meta name="citation_doi" content="10.1145/X.1">
<meta name=citation_publication_date content=2018/03/01><script>var hot = 1;</script></head><body>
<nav>Menu</nav><h1>Flash</h1><p>Heat <b>harms</b> cells.<br>Really.</p><div>Loose text<p>Inner</p>tail</div>
<p style="display:none">hidden</p><ul><li>One thing</li></ul><table><tr><th>A</th><td>1</td></tr></table>
<pre>x = 1</pre><h2>References</h2><ol><li>J. Meza. A study of flash. Metrics, 2015.</li></ol><footer>(c)</footer>"""


def save(tmp_path: Path, name: str, content: str) -> Path:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    return path


def blocks(document: ReadDocument) -> list[tuple[str, str, str]]:
    return [(one.kind, one.section, document.text[one.start : one.end]) for one in document.blocks]


def test_jats_gives_front_matter_sections_floats_and_references(tmp_path: Path) -> None:
    [document] = read(save(tmp_path, "a.nxml", JATS))
    assert document.kind == "jats"
    assert blocks(document) == [
        ("front_matter", "", "On flash and heat"),
        ("front_matter", "", "Ann Lee"),
        ("prose", "Abstract", "Heat harms."),
        ("heading", "", "1 Intro"),
        ("prose", "1 Intro", "Heat harms cells [1] at 105 cycles. It does."),
        ("caption", "1 Intro", "Table 1 Rates"),
        ("table", "1 Intro", "A | 0.7"),
        ("heading", "1 Intro", "Deeper"),
        ("prose", "Deeper", "One thing."),
        ("heading", "Acknowledgements", "Thanks"),
        ("acknowledgement", "Thanks", "We thank you."),
        ("heading", "", "References"),
        ("reference", "References", "Meza J Large study Metrics 2015 10.1145/2745844.2745848"),
    ]
    work = document.work
    assert (work.title, work.authors, work.year, work.venue, work.doi, work.abstract) == (
        "On flash and heat",
        ("Ann Lee",),
        2019,
        "Storage",
        "10.1145/abc",
        "Heat harms.",
    )
    [cited] = document.references
    assert (cited.title, cited.authors, cited.year, cited.doi) == (
        "Large study",
        ("J Meza",),
        2015,
        "10.1145/2745844.2745848",
    )


def test_broken_xml_is_refused_with_line_and_column(tmp_path: Path) -> None:
    path = save(tmp_path, "a.xml", '<?xml version="1.0"?>\n<article><front>\n<b></article>')
    with pytest.raises(InputError, match=r"a\.xml:3:14: is not well-formed XML \(Opening and ending tag mismatch"):
        read(path)


def test_xml_in_windows_text_that_declares_nothing_is_read_with_a_note(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes('<?xml version="1.0"?>\n<article><body><p>At 70 °C.</p></body></article>'.encode("cp1252"))
    [document] = read(path)
    assert document.text == "At 70 °C."
    assert document.notes == (f"{path}:2: is not UTF-8; read as cp1252.",)


def test_xml_of_another_kind_is_refused_by_name(tmp_path: Path) -> None:
    path = save(tmp_path, "a.xml", '<?xml version="1.0"?><rss><item/></rss>')
    with pytest.raises(InputError, match=r"content is XML of another kind, not JATS XML"):
        read(path)


def test_nothing_outside_the_file_is_read_and_nothing_is_expanded(tmp_path: Path) -> None:
    secret = save(tmp_path, "secret.txt", "hidden words")
    head = f'<!DOCTYPE article [<!ENTITY x SYSTEM "{secret.as_uri()}"><!ENTITY y "yes">]>'
    path = save(
        tmp_path, "a.xml", f"<?xml version='1.0'?>{head}<article><body><p>Hi &x; and &y; there.</p></body></article>"
    )
    [document] = read(path)
    assert document.text == "Hi and there."


def test_entities_that_grow_without_bound_are_refused(tmp_path: Path) -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    head = f'<!DOCTYPE article [<!ENTITY l0 "lol">{laughs}]>'
    path = save(tmp_path, "a.xml", f"<?xml version='1.0'?>{head}<article><body><p>Hi &l11;.</p></body></article>")
    with pytest.raises(InputError, match=r"a\.xml:1:5: is not well-formed XML \(Maximum entity amplification"):
        read(path)


def test_a_web_page_gives_what_is_seen(tmp_path: Path) -> None:
    [document] = read(save(tmp_path, "a.html", HTML))
    assert blocks(document) == [
        ("heading", "", "Flash"),
        ("prose", "Flash", "Heat harms cells. Really."),
        ("prose", "Flash", "Loose text"),
        ("prose", "Flash", "Inner"),
        ("prose", "Flash", "tail"),
        ("prose", "Flash", "One thing"),
        ("table", "Flash", "A | 1"),
        ("code", "Flash", "x = 1"),
        ("heading", "Flash", "References"),
        ("reference", "References", "J. Meza. A study of flash. Metrics, 2015."),
    ]
    work = document.work
    assert (work.title, work.authors, work.year, work.doi) == ("Flash & heat", ("Ann Lee",), 2018, "10.1145/x.1")
    assert document.references[0].title == "A study of flash"


def test_a_page_that_only_scripts_fill_is_refused(tmp_path: Path) -> None:
    path = save(tmp_path, "a.html", "<!doctype html><html><body><script>go()</script></body></html>")
    with pytest.raises(InputError, match="shows no text without its scripts"):
        read(path)


def test_a_deeply_nested_page_is_read_without_a_crash(tmp_path: Path) -> None:
    path = save(tmp_path, "a.html", "<!doctype html><html><body><p>Heat harms.</p>" + "<div>" * 5000 + "deep")
    [document] = read(path)
    assert document.text.startswith("Heat harms.")


@settings(max_examples=60, deadline=None)
@given(
    cut=st.integers(0, len(JATS)), at=st.integers(0, len(JATS)), inserted=st.text("<>&;/\"'= a\x00\ud800é", max_size=6)
)
def test_damaged_markup_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, cut: int, at: int, inserted: str
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    for name, content in (("a.xml", JATS), ("a.html", HTML)):
        path = folder / name
        path.write_bytes((content[:at] + inserted + content[at:cut]).encode("utf-8", "surrogatepass"))
        try:
            documents = read(path)
        except InputError as error:
            assert str(path) in str(error)  # noqa: PT017 - either outcome is right
            assert "\n" not in str(error)  # noqa: PT017
        else:
            assert all(document.text.isprintable() or "\n" in document.text for document in documents)
