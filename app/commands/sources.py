"""Options that every command takes which reads sources."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from ingest.telemetry.registry import FORMATS

FleetOption: TypeAlias = Annotated[str, typer.Option("--fleet", help="Name of the fleet the drives belong to.")]
FormatOption: TypeAlias = Annotated[
    str | None,
    typer.Option("--format", help=f"One of: {', '.join(sorted(FORMATS))}. Without it, as the files look."),
]
MappingOption: TypeAlias = Annotated[
    Path | None, typer.Option("--mapping", help="What the columns of your own table mean (YAML); format mapped.")
]
IdentityOption: TypeAlias = Annotated[
    Path | None, typer.Option("--identity", help="nvme-cli: output of id-ctrl or list that names the drives.")
]
HostOption: TypeAlias = Annotated[
    str | None, typer.Option("--host", help="Machine that files without a host come from.")
]
