"""Decoders of packed raw values: ATA gives six bytes an attribute, and vendors put several numbers into them.

A raw value is an integer below 2^48, so float64 holds it exactly. (Where milliseconds lie above hours, or errors above
operations, smartctl counts a seventh byte in; beyond 2^53 the lowest bits are then rounded, by one hour at most.)
The decoder's name stands on the override node, so that raw and decoded value can both be kept with its name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from graph.errors import InputError, nearest

Decoder = Callable[[npt.NDArray[np.float64]], npt.NDArray[np.float64]]


def _field(shift: int, bits: int) -> Decoder:
    """Decoder of the unsigned number of ``bits`` bits that begins ``shift`` bits from the lowest."""

    def decode_field(raw: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.floor(raw / 2.0**shift) % 2.0**bits

    return decode_field


def _signed_byte(raw: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    low = raw % 256.0
    return np.where(low > 127.0, low - 256.0, low)


def _divided(by: float) -> Decoder:
    def decode_divided(raw: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return raw / by

    return decode_divided


DECODERS: Mapping[str, Decoder] = MappingProxyType(
    {
        "identity": _divided(1.0),
        # smartmontools raw24/raw32: errors above, operations in the lower 32 bits
        "errors_over_operations": _field(32, 24),
        # smartmontools raw16: three counters, all timeouts in the lowest
        "timeouts_in_low16": _field(0, 16),
        "low16": _field(0, 16),
        # smartmontools raw24/raw24 of bytes 5, 4, 1 and 0: what came later above, what was there early below
        "later_in_bits_24": _field(24, 16),
        # smartmontools msec24hour32
        "hours_in_low32": _field(0, 32),
        # smartmontools tempminmax: the lowest byte is the present temperature, signed
        "temperature_in_low8": _signed_byte,
        "minutes_to_hours": _divided(60.0),
        "half_minutes_to_hours": _divided(120.0),
        "seconds_to_hours": _divided(3600.0),
    }
)


def decode(decoder: str, raw: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Decode raw values; what is missing (NaN) stays missing.

    Args:
        decoder: Name as it stands on the override (``errors_over_operations``).
        raw: Raw values, any shape, each NaN or an integer in ``[0, 2^56)``.

    Returns:
        Decoded values of the same shape; times the override's ``factor`` they are in its ``unit``.

    Raises:
        InputError: There is no such decoder.
    """
    if decoder not in DECODERS:
        raise InputError(f"decoder '{decoder}' is not known.{nearest(decoder, DECODERS)} Known: {', '.join(DECODERS)}.")
    return DECODERS[decoder](np.asarray(raw, dtype=np.float64))
