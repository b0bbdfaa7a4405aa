"""Runs `atoll` as a user does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema

ROOT = Path(__file__).parents[1]


class Atoll:
    """Runs `atoll` as a user does and holds its JSON against docs/json."""

    def __init__(self, workspace: Path) -> None:
        self.workspace = workspace

    def run(self, *arguments: str, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        cleaned = {k: v for k, v in os.environ.items() if not k.startswith(("NEO4J_", "ATOLL_"))}
        return subprocess.run(
            [sys.executable, "-m", "app.cli", *arguments],
            cwd=self.workspace.parent,
            env={**cleaned, "ATOLL_WORKSPACE": str(self.workspace), **(environment or {})},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    def json(self, *arguments: str, status: int = 0, environment: dict[str, str] | None = None) -> dict[str, Any]:
        result = self.run(*arguments, "--json", environment=environment)
        assert result.returncode == status, result.stderr
        assert "Traceback" not in result.stderr
        payload: dict[str, Any] = json.loads(result.stdout)
        schema = json.loads((ROOT / "docs" / "json" / f"{payload['schema']}.json").read_text())
        jsonschema.validate(payload, schema, format_checker=jsonschema.FormatChecker())
        return payload
