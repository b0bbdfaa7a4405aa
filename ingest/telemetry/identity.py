"""Names of fleets, keys of drives, and who made a drive model."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

from graph.errors import InputError
from graph.ontology import smart

FLEET_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def checked_fleet(name: str) -> str:
    """Return a fleet's name if it can be part of a key.

    Raises:
        InputError: It is empty, longer than 64 characters, or has other than letters, digits, ``.``, ``_``, ``-``.
    """
    if not FLEET_NAME.fullmatch(name):
        raise InputError(
            f"Fleet '{name}': expected 1 to 64 letters, digits, '.', '_' or '-', beginning with a letter or digit."
        )
    return name


def drive_keys(fleet: str, models: pa.Array, serials: pa.Array) -> pa.Array:
    """Keys ``drive:{fleet}:{model}:{serial}``; null where model or serial is."""
    return pc.binary_join_element_wise(f"drive:{fleet}", models, serials, ":")


def vendors(models: pa.Array) -> pa.Array:
    """Makers of drive models by how the model number begins; null where that tells nothing."""
    encoded = models.dictionary_encode()
    makers = [smart.vendor_of(model) for model in encoded.dictionary.to_pylist()]
    return pa.array(makers, pa.string()).take(encoded.indices)
