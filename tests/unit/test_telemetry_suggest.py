"""Drafts of mapping files: what names and values make sure, and what stays a guess until somebody confirms it."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from command_line import Atoll
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from graph.errors import InputError
from ingest.telemetry.formats import Format
from ingest.telemetry.mapping import load
from ingest.telemetry.normalised import RawRows
from ingest.telemetry.options import SourceOptions
from ingest.telemetry.registry import format_named
from ingest.telemetry.suggest import Guess, Suggestion, suggest
from ingest.telemetry.suggest_yaml import to_yaml

BACKBLAZE = (
    "2013-04-10.csv", "failures-2023Q2-two-schemas.csv", "failures-2023Q4.csv", "failures-2024Q4-day-first-dates.csv",
)  # fmt: skip


def table(folder: Path, text: str, name: str = "table.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def by_column(suggestion: Suggestion) -> dict[str, Guess]:
    return {guess.column: guess for guess in suggestion.columns}


def confirmed(folder: Path, suggestion: Suggestion, **replaced: str) -> Path:
    """The draft as somebody confirms it: with its guesses corrected and their marks deleted."""
    text = to_yaml(suggestion).replace(", guessed: true", "")
    for old, new in replaced.items():
        text = text.replace(old, new)
    return table(folder, text, "mapping.yaml")


def content(chosen: Format, path: Path) -> dict[str, list[dict[str, object]]]:
    """All rows of a file by table, apart from what the reader adds on its own."""
    found: dict[str, list[dict[str, object]]] = {}
    for piece in chosen.reader.chunks(chosen.reader.look_over(path)):
        assert isinstance(piece, RawRows)
        rows = chosen.transform(piece, "lab")
        for name in ("drives", "failures", "readings", "rejects"):
            part: pa.Table = {**rows.tables(), "rejects": rows.rejects}[name]
            filled = [each for each in part.column_names if part[each].null_count < part.num_rows]
            found.setdefault(name, []).extend(part.select(sorted(filled)).to_pylist())
    return found


GERMAN = (
    "Datum;Seriennummer;Modell;Kapazität;Temperatur;Betriebsstunden;Schrank;Reallocated_Sector_Ct;Bemerkung\n"
    "03.04.2024;S1;M-1;4000,0;38,5;12000;r1;0;neu\n05.06.2024;S2;M-1;4000,0;41,0;900;r2;8;\n"
)


def test_a_german_table_is_drafted_and_what_its_values_leave_open_is_called_guessed(tmp_path: Path) -> None:
    found = suggest(table(tmp_path, GERMAN))
    assert (found.separator, found.decimal, found.lacking) == (";", ",", ())
    guesses = by_column(found)
    assert {name: (each.means, each.sure) for name, each in guesses.items()} == {
        "Datum": ("day", False),  # the third of April or the fourth of March
        "Seriennummer": ("serial", True),
        "Modell": ("model", True),
        "Kapazität": ("capacity", False),
        "Temperatur": ("smart:device:temperature", False),
        "Betriebsstunden": ("smart:device:power_on_hours", True),
        "Schrank": ("rack", True),
        "Reallocated_Sector_Ct": ("smart:ata:5", False),  # raw or normalised
        "Bemerkung": (None, True),
    }
    assert (guesses["Datum"].format, "month-first both fit" in guesses["Datum"].why) == ("day-first", True)
    assert (guesses["Kapazität"].unit, guesses["Temperatur"].unit) == ("GB", "celsius")


def test_a_draft_with_guesses_reads_nothing_until_each_is_confirmed(tmp_path: Path) -> None:
    path = table(tmp_path, GERMAN)
    draft = table(tmp_path, to_yaml(suggest(path)), "draft.yaml")
    with pytest.raises(InputError, match=r"'Datum' \(line \d+\), 'Kapazität'.*'Temperatur'.*'Reallocated_Sector_Ct'"):
        load(draft)
    chosen = format_named("mapped", SourceOptions(mapping=confirmed(tmp_path, suggest(path))))
    rows = content(chosen, path)
    assert rows["rejects"] == []
    assert [row["capacity_bytes"] for row in rows["drives"]] == [4_000_000_000_000] * 2
    assert [(str(row["day"]), row["device_temperature"]) for row in rows["readings"]] == [
        ("2024-04-03", 38.5),
        ("2024-06-05", 41.0),
    ]


@pytest.mark.parametrize(
    ("values", "form", "sure"),
    [
        (("31/01/2024", "02/03/2024"), "day-first", True),
        (("01/31/2024", "02/03/2024"), "month-first", True),
        (("01/02/2024", "02/03/2024"), "day-first", False),
        (("2024-01-31", "2024-02-03"), "iso", True),
        (("20240131", "20240203"), "%Y%m%d", True),
        (("1706659200", "1706745600"), "epoch-seconds", True),
        (("2024-01-31", "2024-02-03", "soon"), "iso", False),
    ],
)
def test_the_form_of_a_day_is_sure_only_where_no_other_fits(
    tmp_path: Path, values: tuple[str, ...], form: str, sure: bool
) -> None:
    found = suggest(table(tmp_path, "date,serial,model\n" + "".join(f"{value},1,M\n" for value in values)))
    guess = by_column(found)["date"]
    assert (guess.format, guess.sure) == (form, sure)


@pytest.mark.parametrize(
    ("name", "values", "unit", "sure"),
    [
        ("temp_c", (31, 42), "celsius", True),
        ("temperature_kelvin", (304, 315), "kelvin", True),
        ("temp", (304, 315), "kelvin", False),
        ("temp", (95, 110), "fahrenheit", False),
        ("poh", (5_000, 40_000), "hours", False),
        ("power_on_minutes", (300_000, 2_000_000), "minutes", True),
        ("power_on", (20_000_000, 90_000_000), "seconds", False),
    ],
)
def test_a_unit_is_sure_only_where_the_name_tells_it(
    tmp_path: Path, name: str, values: tuple[int, ...], unit: str, sure: bool
) -> None:
    lines = "".join(f"2024-01-0{at + 1},1,M,{value}\n" for at, value in enumerate(values))
    guess = by_column(suggest(table(tmp_path, f"date,serial,model,{name}\n{lines}")))[name]
    assert (guess.unit, guess.sure) == (unit, sure)


def test_metrics_of_the_exporter_as_columns_keep_their_units(tmp_path: Path) -> None:
    found = suggest(
        table(
            tmp_path,
            "timestamp,instance,serial_number,model_name,smartctl_device_temperature,smartctl_device_power_on_seconds,"
            "smartctl_device_available_spare,smartctl_device_capacity_bytes\n"
            "1700000000,a:9633,S1,M1,40,48092400,0,12000138625024\n",
        )
    )
    guesses = by_column(found)
    assert (guesses["smartctl_device_temperature"].unit, guesses["smartctl_device_temperature"].sure) == (
        "celsius",
        True,
    )
    assert guesses["smartctl_device_power_on_seconds"].unit == "seconds"
    assert guesses["smartctl_device_capacity_bytes"].sure
    # The exporter writes 0 spare of hard drives too, so only the owner can say which drives these are.
    assert not guesses["smartctl_device_available_spare"].sure
    chosen = format_named("mapped", SourceOptions(mapping=confirmed(tmp_path, found)))
    (reading,) = content(chosen, found.path)["readings"]
    assert reading["device_power_on_hours"] == 48092400 / 3600


def test_a_table_with_a_row_an_attribute_is_seen_as_one(tmp_path: Path) -> None:
    text = "time,serial_number,model,attribute_id,raw_value,value\n1700000000,S1,M,5,7,100\n1700000000,S1,M,9,70,100\n"
    found = suggest(table(tmp_path, text))
    assert found.layout == "long"
    chosen = format_named("mapped", SourceOptions(mapping=confirmed(tmp_path, found)))
    (reading,) = content(chosen, found.path)["readings"]
    assert (reading["ata_5"], reading["ata_9"]) == (7, 70)


def test_attributes_told_by_their_names_are_a_table_with_a_row_an_attribute(tmp_path: Path) -> None:
    rows = "2026-11-01,S1,M,Reallocated_Sector_Ct,7,100,90,10\n2026-11-01,S1,M,Power_On_Hours,70,99,98,0\n"
    found = suggest(table(tmp_path, "date,serial,model,attribute_name,raw_value,value,worst,thresh\n" + rows))
    assert found.layout == "long"
    chosen = format_named("mapped", SourceOptions(mapping=confirmed(tmp_path, found)))
    (reading,) = content(chosen, found.path)["readings"]
    assert (reading["ata_5"], reading["ata_5_normalized"], reading["ata_5_worst"]) == (7, 100, 90)
    assert reading["ata_9"] == 70  # NVMe and SCSI have the name too, but spell it otherwise


def test_names_from_a_table_stay_names_whatever_they_hold(tmp_path: Path) -> None:
    odd = 'serial,model,date,"a"": {means: host}",#x,"- b",no,\'q\'\nS1,M,2024-01-01,1,2,3,4,5\n'
    found = suggest(table(tmp_path, odd))
    values = yaml.safe_load(to_yaml(found))
    assert values["ignore"] == ['a": {means: host}', "#x", "- b", "no", "'q'"]
    assert load(confirmed(tmp_path, found)).of("serial")


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(st.lists(st.text(max_size=12), min_size=1, max_size=5), min_size=1, max_size=6), st.sampled_from(",;\t|")
)
@example([[""], ["", ""], ["", "0"]], ",")
@example([["\U0001f600\x07\x7f", "serial"], ["1", "S1"]], ",")
def test_any_table_gives_a_draft_that_reads_back_or_an_error_of_the_user(
    tmp_path: Path, rows: list[list[str]], separator: str
) -> None:
    path = table(tmp_path, "\n".join(separator.join(row) for row in rows).replace("\ud800", ""))
    try:
        found = suggest(path)
    except InputError:
        return
    values = yaml.safe_load(to_yaml(found))
    names = [*values["columns"], *values.get("ignore", ())]
    assert sorted(map(str, names)) == sorted(guess.column for guess in found.columns)


def test_a_column_of_lists_is_left_out_of_the_draft(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    content = {"day": ["2024-05-01"], "serial": ["S1"], "model": ["M1"], "smart_5_raw": [1], "temperature": [[30, 31]]}
    pq.write_table(pa.table(content), path)
    suggestion = suggest(path)
    assert by_column(suggestion)["temperature"].means is None
    assert load(confirmed(tmp_path, suggestion)).ignore == {"temperature"}


def test_the_command_prints_the_draft_and_needs_no_workspace(tmp_path: Path) -> None:
    path = table(tmp_path, GERMAN)
    atoll = Atoll(tmp_path / "workspace")
    printed = atoll.run("ingest", "telemetry", "--suggest-mapping", str(path))
    assert printed.returncode == 0
    assert yaml.safe_load(printed.stdout)["separator"] == ";"
    payload = atoll.json("ingest", "telemetry", "--suggest-mapping", str(path))
    assert payload["mapping"] == printed.stdout
    assert {each["column"] for each in payload["columns"] if not each["sure"]} >= {"Datum", "Temperatur"}
    assert not (tmp_path / "workspace").exists()
    assert atoll.json("ingest", "telemetry", "--suggest-mapping", str(tmp_path / "none.csv"), status=2)


@pytest.mark.data
@pytest.mark.parametrize("name", BACKBLAZE)
def test_a_confirmed_draft_reads_backblaze_as_the_built_in_reader_does(
    tmp_path: Path, shared_data: Path, name: str
) -> None:
    path = shared_data / "backblaze-daily-csv" / name
    found = suggest(path)
    assert [guess.column for guess in found.columns if guess.means and not guess.sure] == []
    chosen = format_named("mapped", SourceOptions(mapping=confirmed(tmp_path, found)))
    ours, theirs = content(chosen, path), content(format_named("backblaze-daily"), path)
    assert len(ours["readings"]) > 500
    for part, rows in theirs.items():
        assert ours[part] == rows, part


@pytest.mark.data
def test_alibabas_tickets_are_drafted_as_guesses(tmp_path: Path, shared_data: Path) -> None:
    path = shared_data / "alibaba-failures.csv"
    found = suggest(path)
    guesses = by_column(found)
    assert (guesses["failure_time"].means, guesses["failure_time"].sure) == ("time", False)
    assert (guesses["disk_id"].means, guesses["disk_id"].sure) == ("serial", False)
    assert (guesses["r_187"].means, guesses["n_187"].value) == ("smart:ata:187", "normalized")
    chosen = format_named("mapped", SourceOptions(mapping=confirmed(tmp_path, found)))
    ours = content(chosen, path)
    assert len(ours["failures"]) == len(ours["drives"]) == 18387
