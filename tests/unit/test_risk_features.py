"""Features: what they are made of, what they may never be made of, and that their page is current."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gnn.health.decoding import decoded, decoded_readings
from gnn.health.feature_page import page
from gnn.health.feature_plan import ERRORS, measures_of
from gnn.health.features import features_from, features_of, windows_of
from gnn.health.guard import FORBIDDEN, check_columns, check_names
from gnn.health.history import FleetHistory
from graph.errors import InputError
from graph.ontology import decoders, smart

FIRST = pd.Timestamp("2026-01-01")


def history(
    readings: Mapping[str, Sequence[tuple[int, Mapping[str, float]]]], drives: pd.DataFrame | None = None
) -> FleetHistory:
    names = sorted({name for rows in readings.values() for _, row in rows for name in row})
    rows = [
        {"drive_key": key, "day": (FIRST + pd.Timedelta(days=day)).date(), **row}
        for key, found in readings.items()
        for day, row in found
    ]
    schema = pa.schema([("drive_key", pa.string()), ("day", pa.date32()), *((name, pa.float64()) for name in names)])
    connection = ibis.duckdb.connect()
    connection.con.register("given", pa.Table.from_pylist(rows, schema))
    connection.raw_sql("CREATE TABLE readings AS FROM given")
    if drives is None:
        drives = pd.DataFrame(
            {"model": "ST4000DM000", "vendor": "Seagate", "capacity_bytes": 2.0**42}, index=list(readings)
        )
    drives = drives.assign(first_day=FIRST, last_day=FIRST + pd.Timedelta(days=999), failure_day=pd.Timestamp("NaT"))
    return FleetHistory(
        "fleet", "atoll-daily", drives.sort_index(), connection.table("readings"), connection, pd.DataFrame()
    )


def features(fleet: FleetHistory, *asked: tuple[str, int], makers: list[str] | None = None) -> pd.DataFrame:
    probes = pd.DataFrame(
        {"drive_key": [key for key, _ in asked], "landmark": [FIRST + pd.Timedelta(days=day) for _, day in asked]}
    )
    return features_of(fleet, probes, makers)[0]


def test_rises_changes_and_rates_of_a_counter() -> None:
    fleet = history({"a": [(0, {"ata_5": 0, "ata_9": 2400}), (50, {"ata_5": 4}), (55, {"ata_5": 6})]})

    row = features(fleet, ("a", 60)).iloc[0]

    assert (row["ata_5_last"], row["ata_5_ever_max"]) == (6, 6)
    assert (row["ata_5_rise_7_days"], row["ata_5_rise_30_days"], row["ata_5_rise_ever"]) == (2, 6, 6)
    assert (row["ata_5_days_since_change"], row["days_since_any_change"]) == (5, 5)
    assert row["age_days"] == 2400 / 24 + 60
    assert row["ata_5_per_month"] == pytest.approx(6 / (160 / 30))


def test_age_is_counted_from_the_first_reading_where_no_hours_are_known() -> None:
    assert features(history({"a": [(10, {"ata_5": 0})]}), ("a", 60)).iloc[0]["age_days"] == 50


def test_error_counters_are_counted_now_ever_and_rising() -> None:
    rows = [(0, {"ata_5": 0, "ata_197": 9}), (40, {"ata_5": 3, "ata_197": 0})]

    row = features(history({"a": rows}), ("a", 60)).iloc[0]

    assert (row["num_errors_now"], row["num_errors_ever"]) == (1, 2)
    assert (row["num_errors_rising_7_days"], row["num_errors_rising_30_days"]) == (0, 1)
    assert row["errors_log_sum"] == pytest.approx(np.log(4))
    assert row["errors_rise_log_sum_30_days"] == pytest.approx(np.log(4))


def test_a_drive_without_error_counters_is_unknown_and_not_healthy() -> None:
    fleet = history({"a": [(0, {"ata_5": 1})], "b": [(0, {"ata_12": 1})]})

    found = features(fleet, ("a", 1), ("b", 1))

    assert found["num_errors_now"].iloc[0] == 1
    assert np.isnan(found["num_errors_now"].iloc[1])


def test_rows_come_in_the_order_asked_for() -> None:
    fleet = history({key: [(0, {"ata_5": at}), (9, {"ata_5": at + 10})] for at, key in enumerate("abc")})

    found = features(fleet, ("c", 3), ("a", 12), ("b", 5), ("a", 2), ("c", 20))

    assert found["ata_5_last"].tolist() == [2, 10, 1, 0, 12]


def test_packed_timeouts_are_decoded_and_their_raw_value_stays_beside_them() -> None:
    fleet = history({"a": [(0, {"ata_188": 0.0}), (5, {"ata_188": 2 * 65536 + 3.0})]})

    row = features(fleet, ("a", 10)).iloc[0]

    assert (row["ata_188_last"], row["ata_188_level"], row["ata_188_rise_7_days"]) == (131075, 3, 3)


def test_what_another_maker_means_by_the_same_number_is_left_as_it_is() -> None:
    drives = pd.DataFrame(
        {"model": ["ST4000DM000", "WDC WD30EFRX"], "vendor": ["Seagate", "Western Digital"], "capacity_bytes": np.nan},
        index=["a", "b"],
    )
    fleet = history({"a": [(0, {"ata_188": 65536.0 + 7})], "b": [(0, {"ata_188": 65535.0})]}, drives)

    found = features(fleet, ("a", 1), ("b", 1))

    assert found["ata_188_level"].tolist() == [7, 65535]
    assert found["capacity_log2"].isna().all()


def test_makers_of_training_have_columns_and_others_share_one() -> None:
    vendors = {"a": "Seagate", "b": "Western Digital", "c": "HGST", "d": None}
    drives = pd.DataFrame(
        {"model": "X", "vendor": list(vendors.values()), "capacity_bytes": 2.0**40}, index=list(vendors)
    )
    fleet = history({key: [(0, {"ata_5": 0})] for key in vendors}, drives)
    asked = [(key, 1) for key in vendors]

    own = features(fleet, *asked, makers=["HGST", "Western Digital"])
    every = features(fleet, *asked)

    assert own["maker_western_digital"].tolist()[:3] == [0, 1, 0]
    assert own["maker_other"].tolist()[:3] == [1, 0, 0]
    assert own.filter(like="maker_").iloc[3].isna().all()
    assert every.filter(like="maker_").columns.tolist() == [
        "maker_hgst",
        "maker_seagate",
        "maker_western_digital",
    ]
    assert every["capacity_log2"].tolist() == [40] * 4


def test_stored_windows_give_the_same_features_as_fresh_ones(tmp_path: Path) -> None:
    fleet = history(
        {key: [(0, {"ata_5": at}), (9, {"ata_5": at + 2.0, "ata_194": 30 + at})] for at, key in enumerate("ab")}
    )
    probes = pd.DataFrame({"drive_key": ["a", "b"], "landmark": [FIRST + pd.Timedelta(days=10)] * 2})
    windows = windows_of(fleet, probes).sort_by("drive_key")
    pq.write_table(windows, tmp_path / "windows.parquet")

    stored, catalogue = features_from(pq.read_table(tmp_path / "windows.parquet"), fleet.drives)
    fresh, same = features_of(fleet, probes)

    pd.testing.assert_frame_equal(stored, fresh)
    assert catalogue == same
    assert (stored.dtypes == np.float32).all()


def test_outcomes_of_drives_play_no_part() -> None:
    fleet = history({"a": [(0, {"ata_5": 0})], "b": [(0, {"ata_5": 3})]})
    ended = fleet.drives.assign(failure_day=FIRST + pd.Timedelta(days=20), last_day=FIRST + pd.Timedelta(days=20))
    other = FleetHistory("fleet", "atoll-daily", ended, fleet.readings, fleet.connection, fleet.placements)

    pd.testing.assert_frame_equal(features(fleet, ("a", 10), ("b", 10)), features(other, ("a", 10), ("b", 10)))


@pytest.mark.parametrize("name", FORBIDDEN)
def test_forward_looking_columns_identities_and_dates_are_refused(name: str) -> None:
    with pytest.raises(InputError, match=f"Feature '{name}'"):
        check_names(["ata_5_last", name])
    with pytest.raises(InputError, match=f"Column '{name}'"):
        check_columns(["ata_5", name])


@pytest.mark.parametrize("name", sorted(set(FORBIDDEN) - {"drive_key", "day"}))
def test_readings_with_a_forbidden_column_make_no_features(name: str) -> None:
    with pytest.raises(InputError, match=f"Column '{name}'"):
        features(history({"a": [(0, {"ata_5": 0.0, name: 1.0})]}), ("a", 1))


@pytest.mark.parametrize(
    "name", ["ata_5_max_date", "maker_serial", "tickets_30_days", "log_n_records", "days_to_failure_day"]
)
def test_names_made_of_forbidden_words_are_refused(name: str) -> None:
    with pytest.raises(InputError, match=name):
        check_names([name])


def test_every_feature_of_every_attribute_has_a_name_that_is_allowed_and_says_where_it_comes_from() -> None:
    columns = [smart.column(attribute.key) for attribute in smart.attributes()]
    columns += [f"{name}_normalized" for name in columns if name.startswith("ata_")]
    made = [(name, measure.feature) for name in columns for measure in measures_of(name)]

    check_names(feature.name for _, feature in made)
    assert len({feature.name for _, feature in made}) == len(made)
    for name, feature in made:
        assert feature.attribute == (smart.key_of(name) or smart.normalized_key_of(name))
        days = [int(part) for part in feature.name.removeprefix(name).split("_") if part.isdigit()]
        assert ([feature.look_back_days] if feature.look_back_days else []) == days
    assert set(ERRORS) <= set(columns)


@pytest.mark.parametrize("decoder", sorted(decoders.DECODERS))
def test_the_expression_decodes_as_the_decoder_does(decoder: str) -> None:
    raw = [0.0, 1.0, 127.0, 128.0, 255.0, 65535.0, 65537.0, 2.0**24 + 5, 2.0**32 + 9, 2.0**40 + 2.0**24 * 3, 2.0**55]
    table = ibis.memtable({"raw": raw})

    found = (
        ibis.duckdb.connect().to_pandas(table.select(value=decoded(decoder, table.raw), raw="raw")).sort_values("raw")
    )

    assert found["value"].tolist() == decoders.decode(decoder, sorted(raw)).tolist()


def test_an_unknown_decoder_is_told() -> None:
    with pytest.raises(InputError, match="Did you mean 'low16'"):
        decoded("low17", ibis.literal(1.0))


def test_values_beyond_what_can_be_meant_are_left_out() -> None:
    fleet = history({"a": [(0, {"ata_194": 39.0, "ata_5": 2.0**33})]}, None)

    found = fleet.connection.to_pandas(decoded_readings(fleet.readings, fleet.drives))

    assert found["ata_5"].isna().all()
    assert found["ata_194"].tolist() == [39]


def test_a_drive_asked_for_twice_or_unknown_is_told() -> None:
    fleet = history({"a": [(0, {"ata_5": 0})]})

    with pytest.raises(InputError, match="twice"):
        features(fleet, ("a", 1), ("a", 1))
    with pytest.raises(InputError, match="Drive 'z' is not one of 'fleet'"):
        features(fleet, ("z", 1))


def test_the_page_on_features_is_what_the_code_makes() -> None:
    written = Path(__file__).parents[2].joinpath("docs", "risk-features.md").read_text(encoding="utf-8")

    assert written == page()
