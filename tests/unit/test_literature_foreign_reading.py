"""Foreign RDF files are read in four formats, told by their content, and never lead out of the file."""

import json
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from graph.errors import InputError
from ingest.literature.foreign import import_foreign, is_foreign, read_foreign
from ingest.literature.foreign import reading as reading_module
from ingest.literature.foreign.terms import Kind

TURTLE = """@prefix ex: <http://example.org/g#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
ex:claim1 a ex:Assertion ; ex:subject ex:DFTL ; ex:predicate ex:improves ; ex:object ex:Latency ;
    ex:confidence 0.9 ; dcterms:source "It lowers the read latency by 12 %." .
ex:DFTL ex:improves ex:Latency .
[] a ex:Assertion ; ex:subject ex:DFTL ; ex:predicate ex:degrades ; ex:object ex:Latency .
"""
RDF_HEAD = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:ex="http://example.org/g#">'


def written(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(
    ("suffix", "library_name", "format_name"),
    [
        ("ttl", "turtle", "Turtle"),
        ("nt", "nt", "N-Triples"),
        ("jsonld", "json-ld", "JSON-LD"),
        ("rdf", "xml", "RDF/XML"),
    ],
)
def test_the_same_graph_in_any_format_makes_the_same_claims(
    tmp_path: Path, suffix: str, library_name: str, format_name: str
) -> None:
    from rdflib import Graph

    text = Graph().parse(data=TURTLE, format="turtle").serialize(format=library_name)
    path = written(tmp_path, f"graph.{suffix}", text)
    assert read_foreign(path).format == format_name
    imported = import_foreign(path, validate=False)
    assert (imported.triples_read, imported.mapped, imported.duplicate) == (11, 10, 1)
    claims = next(table.rows.to_pylist() for table in imported.batch.nodes if table.label == "UnsourcedClaim")
    assert sorted((row["statement"], row.get("origin_confidence")) for row in claims) == [
        ("DFTL degrades Latency.", None),
        ("DFTL improves Latency.", 0.9),
    ]


def test_the_content_decides_not_the_suffix(tmp_path: Path) -> None:
    assert read_foreign(written(tmp_path, "a.xml", f"{RDF_HEAD}</rdf:RDF>")).format == "RDF/XML"
    assert read_foreign(written(tmp_path, "a.nt", TURTLE)).format == "Turtle"
    assert read_foreign(written(tmp_path, "a.txt", '<http://a> <http://b> "c" .\n')).format == "N-Triples"


def test_a_statement_that_stands_there_twice_is_read_twice(tmp_path: Path) -> None:
    graph = read_foreign(written(tmp_path, "a.nt", "<http://a> <http://b> <http://c> .\n" * 3))
    assert graph.triples_read == 3
    assert len(set(graph.triples)) == 1


def test_blank_nodes_are_numbered_by_appearance_and_relative_iris_do_not_name_the_folder(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    text = "[] <http://p> [] . <#x> <http://p> <y> ."
    first = read_foreign(written(tmp_path, "a.ttl", text))
    second = read_foreign(written(tmp_path / "other", "b.ttl", text))
    assert first.triples == second.triples
    assert {t.text for triple in first.triples for t in triple if t.kind is Kind.BLANK} == {"_:b1", "_:b2"}
    assert not any(str(tmp_path) in term.text for triple in first.triples for term in triple)


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        ("a.ttl", "@prefix a: <http://a#> .\na:x a:y a:z .\na:x a:y\n a:z a:w a:v .\n", "a.ttl:4: is no valid Turtle"),
        (
            "a.nt",
            "<http://a> <http://b> <http://c> .\n<http://a> <http://b <http://c> .\n",
            "a.nt:2: is no valid N-Triples",
        ),
        ("a.jsonld", '{"@context": {\n "a": 1,}}', "a.jsonld:2: is no valid JSON-LD"),
        ("a.rdf", f"{RDF_HEAD}\n<rdf:Description>\n</rdf:RDF>", "a.rdf:3: is no valid RDF/XML"),
        ("a.ttl", b'@prefix a: <http://a#> .\na:x a:y "\xff" .\n', "a.ttl:2: is not UTF-8"),
    ],
)
def test_a_broken_file_is_refused_with_its_line(tmp_path: Path, name: str, text: str | bytes, place: str) -> None:
    with pytest.raises(InputError) as caught:
        read_foreign(written(tmp_path, name, text))
    assert place in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("a.ttl", "", "is empty"),
        ("a.ttl", b"\x1f\x8b\x08\x00", "is gzip-compressed"),
        ("a.ttl", "@prefix a: <http://a#> .".encode("utf-16"), "is UTF-16"),
        ("a.ttl", b"\x00\x01\x02", "NUL bytes"),
        ("a.xml", "<article><p>text</p></article>", "no RDF that is known"),
        ("a.ttl", "(" * 20_000, "nests too deeply"),
        ("a.jsonld", '{"a":' * 5_000 + "1" + "}" * 5_000, "nests"),
        ("a.html", "<!DOCTYPE html><html><body>rdf</body></html>", "expected rdf:RDF"),
    ],
)
def test_what_is_no_graph_is_refused_in_one_sentence(tmp_path: Path, name: str, text: str | bytes, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        read_foreign(written(tmp_path, name, text))


@pytest.mark.parametrize("shape", ["whole", "in a list", "nested", "in a term", "import"])
def test_a_remote_context_is_refused_and_never_asked_for(tmp_path: Path, httpserver: HTTPServer, shape: str) -> None:
    httpserver.expect_request("/c.jsonld").respond_with_json({"@context": {"p": "http://example.org/p"}})
    url = httpserver.url_for("/c.jsonld")
    documents = {
        "whole": {"@context": url, "p": 1},
        "in a list": {"@context": [{"q": "http://q"}, url], "p": 1},
        "nested": {"@context": {"q": "http://q"}, "q": {"@context": url, "p": 1}},
        "in a term": {"@context": {"q": {"@id": "http://q", "@context": url}}, "q": {"p": 1}},
        "import": {"@context": {"@version": 1.1, "@import": url}, "p": 1},
    }
    with pytest.raises(InputError, match="lies outside the file and is not fetched"):
        read_foreign(written(tmp_path, "a.jsonld", json.dumps(documents[shape])))
    assert not httpserver.log


@pytest.mark.parametrize(
    ("declared", "used", "reason"),
    [
        ('<!ENTITY x SYSTEM "{url}">', "&x;", "entity 'x' lies outside the file"),
        ('<!ENTITY % x SYSTEM "{url}"> %x;', "", "lies outside the file"),
        ('<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">', "&b;", "holds others"),
        (f'<!ENTITY a "{"a" * 3_000}">', "&a;", "longer than 2,000"),
    ],
)
def test_an_entity_that_leaves_the_file_or_grows_is_refused(
    tmp_path: Path, httpserver: HTTPServer, declared: str, used: str, reason: str
) -> None:
    httpserver.expect_request("/x").respond_with_data("secret")
    head = f"<!DOCTYPE rdf:RDF [{declared.replace('{url}', httpserver.url_for('/x'))}]>"
    text = f"<?xml version='1.0'?>{head}{RDF_HEAD}<rdf:Description><ex:p>{used}</ex:p></rdf:Description></rdf:RDF>"
    with pytest.raises(InputError, match=reason):
        read_foreign(written(tmp_path, "a.rdf", text))
    assert not httpserver.log


def test_an_external_document_type_is_refused(tmp_path: Path, httpserver: HTTPServer) -> None:
    text = f"<!DOCTYPE rdf:RDF SYSTEM '{httpserver.url_for('/x.dtd')}'>{RDF_HEAD}</rdf:RDF>"
    with pytest.raises(InputError, match="external document type"):
        read_foreign(written(tmp_path, "a.rdf", text))
    assert not httpserver.log


def test_a_short_internal_entity_names_a_namespace_as_ontology_editors_write_it(tmp_path: Path) -> None:
    text = (
        '<!DOCTYPE rdf:RDF [<!ENTITY owl "http://www.w3.org/2002/07/owl#">]>'
        f'{RDF_HEAD}<rdf:Description rdf:about="&owl;x"><ex:p>7</ex:p></rdf:Description></rdf:RDF>'
    )
    graph = read_foreign(written(tmp_path, "a.owl", text))
    assert graph.triples[0].subject.text == "http://www.w3.org/2002/07/owl#x"


def test_too_much_is_refused_before_memory_is_spent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, "a.nt", "<http://a> <http://b> <http://c> .\n" * 50)
    monkeypatch.setattr(reading_module, "MAX_TRIPLES", 49)
    with pytest.raises(InputError, match="more than 49 statements"):
        read_foreign(path)
    monkeypatch.setattr(reading_module, "MAX_BYTES", 100)
    with pytest.raises(InputError, match="at most 100 are read at once"):
        read_foreign(path)


def test_a_literal_that_is_not_what_its_datatype_says_stays_text_and_prints_nothing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    text = '<http://a> <http://b> "abc"^^<http://www.w3.org/2001/XMLSchema#integer> .\n'
    assert read_foreign(written(tmp_path, "a.nt", text)).triples[0].object.text == "abc"
    assert capfd.readouterr() == ("", "")


def test_entities_that_would_grow_beyond_measure_are_refused_at_once(tmp_path: Path) -> None:
    head = f'<!DOCTYPE rdf:RDF [<!ENTITY a "{"a" * 1_990}">]>'
    text = f"{head}{RDF_HEAD}<rdf:Description><ex:p>{'&a;' * 60_000}</ex:p></rdf:Description></rdf:RDF>"
    with pytest.raises(InputError, match="would grow to more than"):
        read_foreign(written(tmp_path, "a.rdf", text))


def test_named_graphs_of_json_ld_are_read_as_one(tmp_path: Path) -> None:
    document = {
        "@context": {"ex": "http://e/"},
        "@graph": [
            {"@id": "ex:a", "ex:p": "1"},
            {"@id": "ex:g", "@graph": [{"@id": "ex:a", "ex:p": "1"}, {"@id": "ex:b", "ex:p": "2"}]},
        ],
    }
    graph = read_foreign(written(tmp_path, "a.jsonld", json.dumps(document)))
    assert [triple.object.text for triple in graph.triples] == ["1", "1", "2"]


def test_half_a_character_of_json_does_not_reach_the_graph(tmp_path: Path) -> None:
    text = '{"@id": "http://a", "http://e/improves": [{"@value": "bad \\ud800 half"}]}'
    assert read_foreign(written(tmp_path, "a.jsonld", text)).triples[0].object.text == "bad ? half"


def test_files_are_known_by_suffix_and_ambiguous_ones_by_their_beginning(tmp_path: Path) -> None:
    assert is_foreign(Path("nowhere.ttl"))
    assert not is_foreign(Path("nowhere.pdf"))
    assert not is_foreign(Path("nowhere.xml"))
    assert is_foreign(written(tmp_path, "a.xml", f"{RDF_HEAD}</rdf:RDF>"))
    assert not is_foreign(written(tmp_path, "b.xml", "<article/>"))
    assert is_foreign(written(tmp_path, "c.json", '{"@context": {}}'))
    assert not is_foreign(written(tmp_path, "d.json", '{"title": 1}'))
