"""Speed of failure risk: training on the whole Backblaze history, and scoring 100,000 drives from stored windows.

Run: ``python -m bench.risk_speed [--quick] [--data FILE] [--model NAME]``. Both are timed end to end. Training reads
the file, makes the features, chooses among all models on validation, and learns calibration, curve and band. Scoring
starts from the windows stored in the workspace (features of 12 weekly landmarks) and ends with the nodes of every
forecast: risk at every horizon, band, refits for counts, 12-week trend, reasons in words. The fleet of 100,000 is the
history's drives, each several times under other keys. The peer is scikit-learn's HistGradientBoostingClassifier with
its defaults on the same examples: it fits once and gives one probability, nothing else, so the ratio says what the rest
costs.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from datetime import date
from pathlib import Path

import ibis
import pandas as pd
import pyarrow.parquet as pq
from sklearn.ensemble import HistGradientBoostingClassifier

from app.analysis.risk_features import FeatureCache
from app.analysis.risk_forecasts import DRIVES_A_BATCH, notes_of, score_fleet
from app.analysis.risk_nodes import forecast_batch
from app.analysis.risk_sources import history_from_files
from app.analysis.risk_training import training_examples
from bench.timing import Ratio, conditions, seconds
from gnn.health.history import FleetHistory
from gnn.health.predictor import AUTO, RiskPredictor, train_predictor
from graph.ontology.model import Batch

DATA = Path(__file__).resolve().parents[2] / "shared/data/backblaze-history.parquet"
NUM_DRIVES = 100_000
LANDMARK = date(2016, 6, 30)
TRAINING_SECONDS, SCORING_SECONDS = 180.0, 20.0


def main() -> None:
    """Time training and scoring, each beside the peer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="backblaze-history.parquet")
    parser.add_argument("--model", default=AUTO, help="one model instead of choosing")
    parser.add_argument("--quick", action="store_true", help="10,000 drives, one pair")
    parser.add_argument("--pairs", type=int, default=3, help="pairs of scoring runs")
    options = parser.parse_args()
    if not options.data.is_file():
        parser.exit(2, f"{options.data}: no such file; name one with --data.\n")
    num_drives = NUM_DRIVES // 10 if options.quick else NUM_DRIVES
    print(f"failure risk\n  {conditions()}")

    started, processor = time.perf_counter(), time.process_time()
    history = history_from_files([options.data], "backblaze-history").history
    if options.quick:
        history = _some(history, num_drives)
    examples = training_examples(history, 30)
    made = time.perf_counter() - started
    trained = train_predictor(examples, options.model)
    taken, processor = time.perf_counter() - started, time.process_time() - processor
    peer = HistGradientBoostingClassifier(random_state=0)
    known = examples.is_known
    peer_taken = seconds(lambda: peer.fit(examples.features[known], examples.label[known]))
    print(
        f"  training ({trained.predictor.name}): {taken:.1f} s, of that {made:.1f} s to read and make features; "
        f"{processor:.1f} processor seconds; {len(examples):,} examples of {len(examples.drive_keys):,} drives, "
        f"target {TRAINING_SECONDS:g} s: {'met' if taken <= TRAINING_SECONDS else 'MISSED'}"
    )
    print(f"  training / one fit of scikit-learn's boosting: {taken / peer_taken:.1f} ({peer_taken:.1f} s)")
    print(f"  {trained.selection.why}")

    with tempfile.TemporaryDirectory(prefix="atoll-risk-speed-") as folder:
        fleet = _copied(history, num_drives)
        workspace = Path(folder)
        stored = seconds(lambda: _score(trained.predictor, fleet, workspace))
        ours = lambda: _score(trained.predictor, fleet, workspace)  # noqa: E731
        theirs = lambda: _peer(peer, workspace)  # noqa: E731
        times: tuple[list[float], list[float]] = ([], [])
        for pair in range(1 if options.quick else options.pairs):
            for which in (0, 1) if pair % 2 == 0 else (1, 0):
                times[which].append(seconds((ours, theirs)[which]))
    ratio = Ratio("scoring", "scikit-learn's predict_proba on the same files", tuple(times[0]), tuple(times[1]))
    worst = max(times[0])
    print(
        f"  scoring {num_drives:,} drives from stored windows: {worst:.1f} s at worst, target {SCORING_SECONDS:g} s: "
        f"{'met' if worst <= SCORING_SECONDS else 'MISSED'}; the first time, when the windows were made, "
        f"{stored:.1f} s"
    )
    print(f"  {ratio}")


def _score(predictor: RiskPredictor, fleet: FleetHistory, workspace: Path) -> list[Batch]:
    """Everything that `atoll predict fleet` does between the graph that it reads and the graph that it writes."""
    scored = score_fleet(predictor, fleet, FeatureCache(workspace, fleet.name, [fleet.sha256]), LANDMARK, {})
    notes = list(notes_of(predictor, scored))
    number = len(scored.examples)
    return [
        forecast_batch(
            fleet.name, "model-run:bench", predictor, scored, range(start, min(start + DRIVES_A_BATCH, number)),
            notes, {}, {"smart:ata:5"},
        )
        for start in range(0, number, DRIVES_A_BATCH)
    ]  # fmt: skip


def _peer(peer: HistGradientBoostingClassifier, workspace: Path) -> float:
    total = 0.0
    for path in sorted(workspace.rglob("*.parquet")):
        total += float(peer.predict_proba(pq.read_table(path).to_pandas())[:, 1].sum())
    return total


def _some(history: FleetHistory, num_drives: int) -> FleetHistory:
    chosen = history.drives.iloc[:: max(len(history.drives) // num_drives, 1)]
    return FleetHistory(**{**vars(history), "drives": chosen})


def _copied(history: FleetHistory, num_drives: int) -> FleetHistory:
    """A fleet of so many drives in service on the landmark: those of the history, under other keys."""
    day = pd.Timestamp(LANDMARK)
    own = history.drives
    there = own[(own["first_day"] <= day) & (own["last_day"] > day)]
    times = -(-num_drives // len(there))
    copies = [there.set_axis(there.index + f"-{copy}", axis=0) for copy in range(times)]
    drives = pd.concat(copies).iloc[:num_drives].sort_index().rename_axis("drive_key")
    numbers = ibis.memtable({"copy": [f"-{copy}" for copy in range(times)]})
    wanted = ibis.memtable(pd.DataFrame({"drive_key": drives.index}))
    readings = history.readings.filter(history.readings.day <= LANDMARK).cross_join(numbers)
    readings = readings.mutate(drive_key=readings.drive_key + readings.copy).drop("copy")
    readings = readings.semi_join(wanted, "drive_key")
    stored = history.connection.create_table("copied_readings", readings, temp=True)
    return FleetHistory(
        **{**vars(history), "name": "copied", "drives": drives, "readings": stored, "sha256": f"copied {num_drives}"}
    )


if __name__ == "__main__":
    main()
