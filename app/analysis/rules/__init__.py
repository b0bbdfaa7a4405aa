"""The rule base: every rule is executed code with its attribute, test, threshold, reason and source."""

from __future__ import annotations
