"""IRIs are made from keys by one function, encoded once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdflib import URIRef

from graph.errors import InputError
from graph.ontology.iri import DEFAULT_BASE, iri, key

KEYS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(
    lambda text: not text.startswith(("http://", "https://", "urn:"))
)


@given(KEYS)
def test_a_key_survives_the_way_to_an_iri_and_back(text: str) -> None:
    made = iri(text)
    assert key(made) == text
    assert made.isascii()
    assert str(URIRef(made).n3()) == f"<{made}>"


@given(KEYS, KEYS)
def test_different_keys_have_different_iris(one: str, other: str) -> None:
    assert (iri(one) == iri(other)) == (one == other)


def test_a_key_is_encoded_once() -> None:
    assert iri("drive:f:HGST HMS5:A/1%") == f"{DEFAULT_BASE}drive:f:HGST%20HMS5:A%2F1%25"
    with pytest.raises(InputError, match="is not a key"):
        iri(iri("drive:f:m:s"))


def test_the_base_is_a_setting() -> None:
    assert iri("rack:f:1", "https://fleet.example/") == "https://fleet.example/rack:f:1"
    assert key("https://fleet.example/rack:f:1", "https://fleet.example/") == "rack:f:1"


@pytest.mark.parametrize("bad", ["", "https://elsewhere.example/x"])
def test_what_is_no_key_is_refused(bad: str) -> None:
    with pytest.raises(InputError):
        iri(bad)


def test_a_base_without_an_end_is_refused() -> None:
    with pytest.raises(InputError, match="must end in"):
        iri("rack:f:1", "https://fleet.example")


def test_a_foreign_iri_is_refused() -> None:
    with pytest.raises(InputError, match="does not start with"):
        key("https://elsewhere.example/rack:f:1")
