"""Answers that were paid for, kept as JSON lines so that a run that was killed goes on without paying again."""

from __future__ import annotations

import hashlib
import json
import os
import re
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from graph.errors import InputError
from graph.rag.usage import Usage
from ingest.literature.model_extraction.schema import Proposal


def passage_hash(text: str) -> str:
    """What an answer is known by, beside the prompt and the model."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What a model proposed for a passage, and what it took."""

    proposal: Proposal
    usage: Usage


class AnswerCache:
    """One file of a model and a prompt; several threads and processes may write to it.

    A line is written by one call and forced to the disk before the answer counts as kept. A line that a crash cut off
    is passed over, and the next one starts on a line of its own.

    Args:
        folder: Where the file is; it is made.
        model: Name of the model.
        prompt_version: Of the prompt.

    Raises:
        InputError: The folder cannot be made or the file not be written.
    """

    def __init__(self, folder: Path, model: str, prompt_version: str) -> None:
        self.model = model
        self.prompt_version = prompt_version
        # Two models whose names differ only in signs that no file name takes must not share a file.
        readable = re.sub(r"[^A-Za-z0-9.]+", "-", model).strip("-.")[:60] or "model"
        mark = hashlib.sha256(model.encode()).hexdigest()[:8]
        self.path = folder / f"{readable}-{mark}-{prompt_version}.jsonl"
        self._lock = threading.Lock()
        self._kept: dict[str, KeptAnswer] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self.path.touch()
            lines = self.path.read_bytes().split(b"\n")
        except OSError as error:
            raise InputError(f"{self.path}: answers of the language model cannot be kept here: {error}.") from None
        for line in lines:
            self._read(line)

    def _read(self, line: bytes) -> None:
        try:
            row: dict[str, Any] = json.loads(line)
            if row["model"] != self.model or row["prompt"] != self.prompt_version:
                return
            used = row["usage"]
            usage = Usage(int(used["input"]), int(used["output"]), int(used["calls"]), bool(used["estimated"]))
            self._kept[row["passage"]] = KeptAnswer(Proposal.model_validate(row["answer"]), usage)
        except (ValueError, KeyError, TypeError, RecursionError, ValidationError):
            return  # cut off by a crash, or not ours: the passage is asked again

    def get(self, text: str) -> KeptAnswer | None:
        """The answer for a passage with this very text; None where there is none yet."""
        return self._kept.get(passage_hash(text))

    def keep(self, text: str, proposal: Proposal, usage: Usage, rung: str) -> None:
        """Write an answer; it is on the disk when this returns.

        Raises:
            InputError: The file cannot be written.
        """
        passage = passage_hash(text)
        row = {
            "passage": passage,
            "prompt": self.prompt_version,
            "model": self.model,
            "rung": rung,
            "usage": {
                "input": usage.input_tokens,
                "output": usage.output_tokens,
                "calls": usage.calls,
                "estimated": usage.estimated,
            },
            "answer": proposal.model_dump(),
        }
        # ASCII, so that a lone surrogate out of a PDF or a model can be written.
        line = json.dumps(row).encode("ascii") + b"\n"
        with self._lock:
            try:
                descriptor = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
                try:
                    if os.fstat(descriptor).st_size:
                        os.lseek(descriptor, -1, os.SEEK_END)
                        if os.read(descriptor, 1) != b"\n":
                            line = b"\n" + line
                    if os.write(descriptor, line) != len(line):
                        raise OSError("the disk took only a part of it")
                    os.fsync(descriptor)
                finally:
                    os.close(descriptor)
            except OSError as error:
                raise InputError(f"{self.path}: an answer cannot be kept: {error}.") from None
            self._kept[passage] = KeptAnswer(proposal, usage)
