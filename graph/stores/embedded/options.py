"""What can be set about the embedded server."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """Options of one server process; a server that runs already keeps those it was started with.

    Args:
        heap_megabytes: Largest Java heap.
        idle_minutes: Without a connection and without a command for so long, the server ends itself.
        command_timeout_seconds: No statement of any user runs longer, so long writes go in batches. A shorter limit
            for one statement is the control command ``terminate``.
        bolt_port: Port on loopback; 0 lets the system choose a free one.
    """

    heap_megabytes: int = 1024
    idle_minutes: float = 15.0
    command_timeout_seconds: float = 300.0
    bolt_port: int = 0

    def to_json(self) -> dict[str, Any]:
        """Plain values, for the command line of the server process."""
        return asdict(self)
