"""How an agreement ended, and the final account that closes it: shapes without the moves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.budget.rules.signature import Signatory


class Cause(StrEnum):
    """Why an agreement ends: its term is over, or a party gave notice."""

    EXPIRY = "expiry"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Ending:
    """Why it ended, and for a notice when and by what it was given (a letter, a minute)."""

    cause: Cause
    notice_given_on: date | None = None
    notice: str | None = None


@dataclass(frozen=True, slots=True)
class FinalAccount:
    """The final account: the document by its SHA-256 (hex) and location, and who signed it so far."""

    sha256: str
    location: str
    signatories: tuple[Signatory, ...] = ()
