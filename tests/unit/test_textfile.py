"""The textfile for node_exporter, read by Prometheus' own parser."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from app.analysis.textfile import HELP, checked_path, exposition, replace_file
from graph.errors import InputError


@given(st.text(), st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_whatever_a_source_put_into_a_name_comes_back_and_breaks_no_line(text: str, value: float) -> None:
    written = exposition({"atoll_fleet_drives": [({"fleet": text}, value), ({"fleet": "next"}, 1)]})
    (family,) = text_string_to_metric_families(written)
    assert (family.name, family.type, family.documentation) == ("atoll_fleet_drives", "gauge", HELP[family.name])
    first, second = family.samples
    if text.isprintable():
        assert first.labels == {"fleet": text}
    assert first.value == pytest.approx(value)
    assert second.labels == {"fleet": "next"}


def test_names_carry_their_units_and_every_metric_is_explained() -> None:
    assert all(name.startswith("atoll_") for name in HELP)
    assert all(name.endswith("_seconds") for name in HELP if "time" in name)
    assert all(HELP.values())


def test_a_path_that_the_collector_would_not_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.prom").mkdir()
    for path, told in [
        (tmp_path / "atoll.txt", r"Did you mean 'atoll\.txt\.prom'\?"),
        (tmp_path / "a.prom", "this is a folder"),
        (tmp_path / "absent" / "atoll.prom", "does not exist"),
    ]:
        with pytest.raises(InputError, match=told):
            checked_path(path)


def test_the_file_is_replaced_at_once_and_nothing_else_is_left(tmp_path: Path) -> None:
    target = tmp_path / "atoll.prom"
    replace_file(target, "one\n")
    with target.open() as held:
        replace_file(target, "two\n")
        assert held.read() == "one\n", "who reads the old file reads it to its end"
    assert target.read_text() == "two\n"
    assert [path.name for path in tmp_path.iterdir()] == ["atoll.prom"]
    assert target.stat().st_mode & 0o777 == 0o644
