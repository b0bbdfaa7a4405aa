"""Values that come back from a server, as plain Python."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from neo4j.graph import Node, Path, Relationship
from neo4j.spatial import Point
from neo4j.time import Date, DateTime, Duration, Time

_SCALARS = (str, int, float, bool, type(None))


def plain(value: Any) -> Any:
    """Turn a driver's value into str, int, float, bool, None, date, datetime (UTC), list or dict.

    A node becomes ``{"labels": […], "properties": {…}}``, a relationship ``{"type", "head", "tail", "properties"}``,
    a path the list of its nodes and relationships in order. Durations, times and points become text.
    """
    if isinstance(value, _SCALARS):
        return value
    if isinstance(value, Date):
        return value.to_native()
    if isinstance(value, DateTime):
        return moment(value)
    if isinstance(value, list | tuple) and not isinstance(value, Point | Duration):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, Node):
        return {"labels": sorted(value.labels), "properties": _properties(value)}
    if isinstance(value, Relationship):
        head, tail = value.start_node, value.end_node
        return {
            "type": value.type,
            "head": head.get("key") if head else None,
            "tail": tail.get("key") if tail else None,
            "properties": _properties(value),
        }
    if isinstance(value, Path):
        steps: list[Any] = [plain(value.start_node)]
        for relationship, node in zip(value.relationships, value.nodes[1:], strict=True):
            steps += [plain(relationship), plain(node)]
        return steps
    if isinstance(value, Time | Duration):
        return value.iso_format()
    return str(value)


def moment(value: DateTime) -> datetime:
    """A UTC time; the embedded store gives the times it keeps in UTC back without a zone."""
    native = value.to_native()
    return native.replace(tzinfo=UTC) if native.tzinfo is None else native.astimezone(UTC)


def _properties(entity: Node | Relationship) -> dict[str, Any]:
    return {name: plain(item) for name, item in sorted(entity.items())}
