"""Refusals: what a rule says when something may not be done, as a sentence a person can act on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """Why a request is refused. Doors turn a kind into an HTTP status; rules know no status."""

    MALFORMED = "malformed"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    METHOD = "method"
    CONFLICT = "conflict"
    STALE = "stale"
    TOO_LARGE = "too_large"
    MEDIA_TYPE = "media_type"
    INVALID = "invalid"
    PRECONDITION = "precondition"
    TOO_MANY = "too_many"
    INTERNAL = "internal"
    BAD_UPSTREAM = "bad_upstream"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Fault:
    """One field that is wrong: JSON pointer into the body (or `?name` for a query parameter)."""

    pointer: str
    code: str
    detail: str


class Refusal(Exception):
    """A request that may not go on: its reason, where, and the facts that explain it."""

    def __init__(
        self,
        reason: Reason,
        pointer: str | None = None,
        faults: Sequence[Fault] = (),
        retry_after: int | None = None,
        facts: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(reason.sentence)
        self.reason = reason
        self.faults = tuple(faults)
        if pointer is not None:
            self.faults = (Fault(pointer, reason.code, reason.sentence), *self.faults)
        self.retry_after = retry_after
        self.facts = facts or {}

    @property
    def code(self) -> str:
        return self.reason.code


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason for refusing, declared once at the top of the module that refuses."""

    code: str
    kind: Kind
    sentence: str

    def __call__(
        self,
        pointer: str | None = None,
        *,
        faults: Sequence[Fault] = (),
        retry_after: int | None = None,
        **facts: Any,
    ) -> Refusal:
        """Make the refusal to raise. `facts` go out beside the sentence, units in their names."""
        return Refusal(self, pointer, faults, retry_after, facts)


REASONS: dict[str, Reason] = {}


def reason(code: str, kind: Kind, sentence: str) -> Reason:
    """Declare a reason. A code stands once in the code, so that its page says one thing."""
    if code in REASONS:
        raise ValueError(f"the reason {code} is declared twice")
    REASONS[code] = Reason(code, kind, sentence)
    return REASONS[code]


NOT_FOUND = reason("not_found", Kind.NOT_FOUND, "There is no such record, or it is not yours to see.")
ID_UNAVAILABLE = reason(
    "id_unavailable", Kind.CONFLICT, "This id cannot be used. Make a new one and send the request again."
)
