"""Draw the ontology for the documentation: Mermaid diagrams and tables between markers of a Markdown page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial

from graph.ontology.vocabulary import Label, Property, Relation

# Each diagram draws the relationships that start on these sides of the ontology, so that each is drawn once.
SIDES: Mapping[str, frozenset[str]] = {
    "fleet": frozenset({"fleet"}),
    "telemetry": frozenset({"telemetry", "health"}),
    "literature": frozenset({"literature", "meaning"}),
}
_MARKED = re.compile(r"(<!-- begin ([a-z-]+) -->\n).*?(<!-- end \2 -->)", re.DOTALL)

Labels = Mapping[str, Label]
Relations = Mapping[str, Relation]
Properties = Mapping[str, Property]


def fill(page: str, labels: Labels, relations: Relations, properties: Properties) -> str:
    """Replace what stands between ``<!-- begin NAME -->`` and ``<!-- end NAME -->``.

    Raises:
        ValueError: A marker names a part that nothing draws.
    """
    parts: dict[str, Callable[[], str]] = {
        **{f"diagram-{side}": partial(_diagram, side, labels, relations) for side in SIDES},
        "labels": partial(_label_table, labels, properties),
        "relations": partial(_relation_table, relations),
        "properties": partial(_property_table, properties),
    }

    def replace(found: re.Match[str]) -> str:
        if found[2] not in parts:
            raise ValueError(f"docs: no part '{found[2]}'. Known: {', '.join(parts)}.")
        return f"{found[1]}{parts[found[2]]()}{found[3]}"

    return _MARKED.sub(replace, page)


def _diagram(side: str, labels: Labels, relations: Relations) -> str:
    lines = ["```mermaid", "flowchart LR"]
    for relation in relations.values():
        heads = [head for head in _widest(relation.heads, labels) if labels[head].side in SIDES[side]]
        if heads:
            lines.append(f"    {' & '.join(heads)} -->|{relation.name}| {' & '.join(_widest(relation.tails, labels))}")
    for label in labels.values():
        if label.parent and label.side in SIDES[side]:
            lines.append(f"    {label.name} -.->|is a| {label.parent}")
    return "\n".join([*lines, "```", ""])


def _widest(names: Iterable[str], labels: Labels) -> list[str]:
    """Leave out labels whose parent is there, which stands for them."""
    allowed = set(names)
    return [name for name in names if labels[name].parent not in allowed]


def _label_table(labels: Labels, properties: Properties) -> str:
    common = set.intersection(*(set(label.properties) for label in labels.values()))
    rows = ["| Label | What it is | Properties |", "|---|---|---|"]
    for label in labels.values():
        own = ", ".join(f"`{name}`" for name in label.properties if name not in common)
        rows.append(f"| `{label.name}` | {label.description} | {own} |")
    shared = ", ".join(f"`{name}`" for name in properties if name in common)
    return "\n".join([*rows, "", f"Every node may have: {shared}.", ""])


def _relation_table(relations: Relations) -> str:
    rows = ["| Type | From | To | Meaning | Properties |", "|---|---|---|---|---|"]
    for relation in relations.values():
        heads, tails = (", ".join(f"`{name}`" for name in ends) for ends in (relation.heads, relation.tails))
        carried = ", ".join(f"`{name}`" for name in relation.properties)
        rows.append(f"| `{relation.name}` | {heads} | {tails} | {relation.description} | {carried} |")
    return "\n".join([*rows, ""])


def _property_table(properties: Properties) -> str:
    rows = ["| Property | Type | Unit | Meaning |", "|---|---|---|---|"]
    for item in properties.values():
        kind = f"{item.type}[]" if item.many else item.type
        rows.append(f"| `{item.name}` | {kind} | {item.unit} | {item.description} |")
    return "\n".join([*rows, ""])
