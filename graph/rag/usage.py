"""Tokens, what they cost, and the limit that stops a run before the next call."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from graph.errors import InputError, LimitReachedError

BYTES_PER_TOKEN = 3.0
"""UTF-8 bytes to a token, for estimates: English text has about four, so that an estimate is on the safe side."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one or more calls.

    Args:
        input_tokens: Tokens sent.
        output_tokens: Tokens received.
        calls: Answers received.
        estimated: True where at least one answer did not say its tokens, so that they were estimated from its length.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    calls: int = 0
    estimated: bool = False

    @property
    def tokens(self) -> int:
        """Input and output together."""
        return self.input_tokens + self.output_tokens

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.calls + other.calls,
            self.estimated or other.estimated,
        )

    def __sub__(self, earlier: Usage) -> Usage:
        return Usage(
            self.input_tokens - earlier.input_tokens,
            self.output_tokens - earlier.output_tokens,
            self.calls - earlier.calls,
            self.estimated,
        )


@dataclass(frozen=True, slots=True)
class Price:
    """Prices of a million tokens, in the user's own currency."""

    input_per_million: float
    output_per_million: float

    def of(self, usage: Usage) -> float:
        """What these tokens cost."""
        spent = usage.input_tokens * self.input_per_million + usage.output_tokens * self.output_per_million
        return spent / 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """Most that one run may use; None for no limit.

    Args:
        max_cost: In the currency of the prices.
        max_tokens: Input and output together.
    """

    max_cost: float | None = None
    max_tokens: int | None = None


def estimated_tokens(text: str) -> int:
    """Tokens of a text by its length in bytes; not below 1."""
    return max(1, -(-len(text.encode("utf-8", "replace")) // int(BYTES_PER_TOKEN)))


class Meter:
    """Counts what a run uses and refuses the call that could pass its limit.

    Each call reserves the most that it can use and gives back what it did not. While other calls are under way and the
    rest would not do, a call waits for them, so that several at once stop no earlier than one after another.

    Args:
        limits: Most that the run may use.
        price: Prices; without them ``cost`` is None.

    Raises:
        InputError: A limit of cost without prices.
    """

    def __init__(self, limits: Limits | None = None, price: Price | None = None) -> None:
        self.limits = limits or Limits()
        self.price = price
        if self.limits.max_cost is not None and price is None:
            raise InputError(
                f"ATOLL_LLM_MAX_COST is {self.limits.max_cost:g}, but what a token costs is not known; set "
                "ATOLL_LLM_INPUT_PRICE and ATOLL_LLM_OUTPUT_PRICE (of a million tokens), or use ATOLL_LLM_MAX_TOKENS."
            )
        self._changed = threading.Condition()
        self._used = Usage()
        self._reserved = Usage()

    @property
    def used(self) -> Usage:
        """Tokens so far."""
        return self._used

    @property
    def cost(self) -> float | None:
        """What they cost; None where no price is set."""
        return None if self.price is None else self.price.of(self._used)

    def reserve(self, most: Usage) -> None:
        """Set aside the most that the next call can use.

        Raises:
            LimitReachedError: It could pass the limit, and nothing under way can still give something back.
        """
        with self._changed:
            while self._passes(self._used + self._reserved + most):
                if self._reserved.tokens == 0:
                    raise LimitReachedError(self._told(most))
                self._changed.wait()
            self._reserved += most

    def settle(self, most: Usage, used: Usage) -> None:
        """Give back a reservation and count what was used instead (nothing, where no answer came)."""
        with self._changed:
            self._reserved = Usage(
                self._reserved.input_tokens - most.input_tokens, self._reserved.output_tokens - most.output_tokens
            )
            self._used += used
            self._changed.notify_all()

    def _passes(self, usage: Usage) -> bool:
        limits = self.limits
        if limits.max_tokens is not None and usage.tokens > limits.max_tokens:
            return True
        return limits.max_cost is not None and self.price is not None and self.price.of(usage) > limits.max_cost

    def _told(self, most: Usage) -> str:
        used = self._used
        cost = "" if self.cost is None else f" at a cost of {self.cost:.4g}"
        limits = []
        if self.limits.max_cost is not None:
            limits.append(f"ATOLL_LLM_MAX_COST {self.limits.max_cost:g}")
        if self.limits.max_tokens is not None:
            limits.append(f"ATOLL_LLM_MAX_TOKENS {self.limits.max_tokens:,}")
        about = "about " if used.estimated else ""
        return (
            f"Stopped at the limit ({', '.join(limits)}): {used.calls:,} answers used {about}{used.tokens:,} tokens"
            f"{cost}, and the next call could take {most.tokens:,} more. Raise the limit and run again: "
            "what is done is kept."
        )
