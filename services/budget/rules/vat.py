"""Value added tax on an entry: what was net, what is recovered, by whose regime, and what stays as a cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from services.budget.rules.ledger_account import Account, AccountKind
from shared.errors import Kind, reason

VAT_PARTS_DIFFER = reason(
    "vat_parts_differ",
    Kind.INVALID,
    "The amount of an entry is its net amount with the VAT that nobody recovers. Recovered VAT goes to a VAT"
    " control account.",
)
VAT_SIGNS_DIFFER = reason(
    "vat_signs_differ",
    Kind.INVALID,
    "The net amount and its VAT go the same way: all positive, or all negative on a credit note.",
)
VAT_NOT_RECOVERABLE = reason(
    "vat_not_recoverable",
    Kind.INVALID,
    "This regime recovers no VAT. Name the regime of the body that delivers the service, or count the VAT as a cost.",
)
VAT_OUTSIDE_SCOPE = reason(
    "vat_outside_scope", Kind.INVALID, "What is outside the scope of VAT carries none, recovered or not."
)
VAT_REGIME_WHOSE = reason(
    "vat_regime_whose",
    Kind.INVALID,
    "Name the organisation under whose regime the VAT is recovered; a regime that recovers none names nobody.",
)
VAT_ACCOUNT = reason(
    "vat_on_another_account",
    Kind.INVALID,
    "VAT is stated where money is spent or earned: on an expenditure, income or interim account.",
)
VAT_NOT_RECOVERED = reason(
    "vat_control_differs",
    Kind.INVALID,
    "The entries on VAT control accounts and the recoverable VAT of a journal's other entries must be the same.",
)


class VatRegime(StrEnum):
    """Under which rules the VAT of an entry is recovered (S1-B25).

    s33                 a local authority, for its activities as such: VAT Act 1994, section 33
    nhs_contracted_out  an NHS body, on services on the Treasury's list: VAT Act 1994, section 41(3)
    agency              bought as agent: the principal recovers it under its own regime
    no_recovery         VAT was charged and nobody recovers it
    outside_scope       no VAT at all: exempt, zero rated or outside the scope
    """

    S33 = "s33"
    NHS_CONTRACTED_OUT = "nhs_contracted_out"
    AGENCY = "agency"
    NO_RECOVERY = "no_recovery"
    OUTSIDE_SCOPE = "outside_scope"


RECOVERING = frozenset({VatRegime.S33, VatRegime.NHS_CONTRACTED_OUT, VatRegime.AGENCY})
BEARING = frozenset({AccountKind.EXPENDITURE, AccountKind.INCOME, AccountKind.INTERIM})
_ON_LINES = frozenset({AccountKind.EXPENDITURE, AccountKind.INCOME})


@dataclass(frozen=True, slots=True)
class Vat:
    """The parts of one entry in pence. `organisation_id` is whose regime it is, `tax_point` the day that decides."""

    regime: VatRegime
    organisation_id: UUID | None
    tax_point: date
    net_pence: int
    recoverable_pence: int
    irrecoverable_pence: int


class _Entry(Protocol):
    @property
    def account_id(self) -> UUID: ...
    @property
    def amount_pence(self) -> int: ...
    @property
    def vat(self) -> Vat | None: ...


def undone(vat: Vat) -> Vat:
    """The VAT of the entry that undoes this one."""
    return replace(
        vat,
        net_pence=-vat.net_pence,
        recoverable_pence=-vat.recoverable_pence,
        irrecoverable_pence=-vat.irrecoverable_pence,
    )


def check_vat(entries: Sequence[_Entry], accounts: Mapping[UUID, Account]) -> None:
    """Refuse VAT whose parts do not add up, that its regime does not recover, or that no control account takes.

    Positions count `amount_pence` and are therefore net of recoverable VAT. Where no entry recovers any, a control
    account may still move against a fund: that is the repayment.
    """
    recovered, controlled, control_at, on_a_line = 0, 0, None, False
    told = False
    for index, entry in enumerate(entries):
        kind = accounts[entry.account_id].kind
        on_a_line = on_a_line or kind in _ON_LINES
        if kind is AccountKind.VAT_CONTROL:
            controlled += entry.amount_pence
            control_at = index if control_at is None else control_at
        if entry.vat is not None:
            _check_one(entry.vat, entry.amount_pence, kind, f"/entries/{index}/vat")
            recovered += entry.vat.recoverable_pence
            told = told or entry.vat.recoverable_pence != 0
    if told and recovered != controlled:
        raise VAT_NOT_RECOVERED("/entries", recoverable_pence=recovered, control_pence=controlled)
    if control_at is not None and not told and on_a_line:
        raise VAT_NOT_RECOVERED(f"/entries/{control_at}", recoverable_pence=0, control_pence=controlled)


def _check_one(vat: Vat, amount_pence: int, kind: AccountKind, pointer: str) -> None:
    if kind not in BEARING:
        raise VAT_ACCOUNT(pointer, account_kind=kind.value)
    parts = (vat.net_pence, vat.recoverable_pence, vat.irrecoverable_pence)
    if min(parts) < 0 < max(parts):
        raise VAT_SIGNS_DIFFER(pointer)
    if vat.net_pence + vat.irrecoverable_pence != amount_pence:
        counted = vat.net_pence + vat.irrecoverable_pence
        raise VAT_PARTS_DIFFER(pointer, amount_pence=amount_pence, net_and_irrecoverable_pence=counted)
    if vat.regime is VatRegime.OUTSIDE_SCOPE and (vat.recoverable_pence or vat.irrecoverable_pence):
        raise VAT_OUTSIDE_SCOPE(f"{pointer}/regime")
    if vat.regime not in RECOVERING and vat.recoverable_pence:
        raise VAT_NOT_RECOVERABLE(f"{pointer}/recoverable_pence", regime=vat.regime.value)
    if (vat.regime in RECOVERING) != (vat.organisation_id is not None):
        raise VAT_REGIME_WHOSE(f"{pointer}/organisation_id", regime=vat.regime.value)
