"""What a reading means on one drive model: the one place that rules, pages and exports decode raw values with.

What cannot be decoded stays raw, has the decoder ``none``, and no rule reads it: a value whose unit differs by vendor
where the vendor is unknown, or one too large to be meant plainly.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from graph.ontology import decoders, smart

NOT_DECODED = "none"
RAW_LABEL = "raw"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an attribute means on one model.

    Args:
        name: As shown; the vendor's, where the vendor means something else.
        decoder: Function of ``graph.ontology.decoders`` for the raw value; ``none`` where it cannot be decoded.
        unit: QUDT name of decoded values.
        unit_label: Unit as shown; ``raw`` where the raw value cannot be decoded.
        factor: Decoded value times this is in ``unit``.
        kind: ``cumulative``, ``gauge``, ``normalized`` or ``event``.
        bad_direction: ``up``, ``down`` or ``none``.
        largest: Largest value that can be meant, in ``unit``.
        source: Where the meaning is written.
    """

    name: str
    decoder: str
    unit: str
    unit_label: str
    factor: float
    kind: str
    bad_direction: str
    largest: float
    source: str

    @property
    def is_readable(self) -> bool:
        """Whether raw values can be decoded at all."""
        return self.decoder != NOT_DECODED

    @property
    def changes_values(self) -> bool:
        """Whether decoding may give anything but the raw values."""
        return self.decoder != "identity" or self.factor != 1 or self.largest != np.inf

    def decode(self, raw: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Raw values in the unit; NaN where there is none or where it cannot be decoded."""
        given = np.asarray(raw, dtype=np.float64)
        if not self.is_readable:
            return np.full(given.shape, np.nan)
        values = decoders.decode(self.decoder, given) * self.factor
        return np.where(values <= self.largest, values, np.nan)


@dataclass(frozen=True, slots=True)
class Decoded:
    """Raw values decoded.

    Args:
        values: In the unit, shape of the raw ones; NaN where there is none or where it could not be decoded.
        unit_label: Unit as shown.
        decoder: Name of the decoder; ``none`` where not a single value could be decoded.
    """

    values: npt.NDArray[np.float64]
    unit_label: str
    decoder: str


@cache
def meaning_of(key: str, *, model: str, vendor: str | None = None) -> Meaning:
    """What an attribute means on a model.

    Args:
        key: Key of the attribute.
        model: Model name of the drive; empty where it is not known.
        vendor: Name of the vendor or controller maker where the source tells it, else it is read from the model.

    Raises:
        InputError: The catalogue has no such attribute.
    """
    plain = smart.attribute(key)
    own = smart.override_for(key, model=model, vendor=vendor)
    if own is None:
        readable = not plain.vendor_specific
        return Meaning(
            plain.name,
            "identity" if readable else NOT_DECODED,
            plain.unit if readable else "unit:UNITLESS",
            plain.unit_label if readable else RAW_LABEL,
            plain.factor,
            plain.kind,
            plain.bad_direction,
            plain.largest,
            plain.source,
        )
    # A vendor's own unit is held against the catalogue's bound only where it is the same unit.
    largest = plain.largest if own.unit == plain.unit else np.inf
    return Meaning(
        own.name, own.decoder, own.unit, own.unit_label, own.factor, own.kind, own.bad_direction, largest, own.source
    )


def decoded(key: str, raw: npt.ArrayLike, *, model: str, vendor: str | None = None) -> Decoded:
    """Decode raw values of an attribute as one model means them.

    Args:
        key: Key of the attribute.
        raw: Raw values, any shape, NaN where there is none.
        model: Model name of the drive.
        vendor: As for ``meaning_of``.

    Returns:
        The values with unit and decoder; the raw values are the caller's to keep beside them.

    Raises:
        InputError: The catalogue has no such attribute.
    """
    meaning = meaning_of(key, model=model, vendor=vendor)
    values = meaning.decode(raw)
    if not meaning.is_readable or (np.isfinite(np.asarray(raw, dtype=float)).any() and not np.isfinite(values).any()):
        return Decoded(values, RAW_LABEL, NOT_DECODED)
    return Decoded(values, meaning.unit_label, meaning.decoder)
