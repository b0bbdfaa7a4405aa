"""What both Alibaba sources share: how they name drive models."""

from __future__ import annotations

from types import MappingProxyType

import pyarrow as pa
import pyarrow.compute as pc

# The windows name the models of the tickets otherwise (Alibaba's readme, checked on the failed drives of both).
MODEL_BY_ALIAS = MappingProxyType({"MA1": "A3", "MB1": "B3", "MB2": "B2"})
NO_APPLICATION = "none"


def canonical_models(models: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Model as the tickets name it, and the source's own name where that differs (else null)."""
    encoded = models.dictionary_encode()
    names = encoded.dictionary.to_pylist()
    known = pa.array([MODEL_BY_ALIAS.get(name, name) for name in names], pa.string()).take(encoded.indices)
    own = pa.array([name if name in MODEL_BY_ALIAS else None for name in names], pa.string()).take(encoded.indices)
    return known, own


def vendors(models: pa.Array) -> pa.Array:
    """Makers of the models, which Alibaba made anonymous: ``B3`` is of ``Alibaba vendor B``."""
    letter = pc.utf8_slice_codeunits(models, 0, 1)
    return pc.binary_join_element_wise("Alibaba vendor", letter, " ")


def applications(names: pa.Array) -> pa.Array:
    """Names of applications; ``none`` is none."""
    return pc.if_else(pc.equal(names, NO_APPLICATION), None, names)
