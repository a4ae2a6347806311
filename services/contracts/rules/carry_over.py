"""Cutting a contract in two on a day: what stays with the record that ends, and what goes on in the next one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from services.contracts.rules.classification import ValueBasis
from services.contracts.rules.contract import Contract, EndStatus, Related, Relation
from services.contracts.rules.state import RUNNING, State, move
from services.contracts.rules.variation import OPEN, Variation
from services.contracts.rules.yearly_value import elapsed_pence
from shared.errors import Kind, reason
from shared.money import Money

CUT_NOT_RUNNING = reason(
    "cut_not_running",
    Kind.CONFLICT,
    "Only a contract that runs can go on under another record. End a notice or suspension first.",
)
CUT_OUTSIDE_TERM = reason(
    "cut_outside_term",
    Kind.INVALID,
    "Choose a day after the contract's first and not after its last, from which the next record holds.",
)
CUT_VALUE_UNKNOWN_TERM = reason(
    "cut_value_without_term",
    Kind.CONFLICT,
    "The value is for the whole term, and the term is not known. Record start and end, or the value of a year.",
)
CUT_NOT_YET = reason(
    "cut_not_yet",
    Kind.CONFLICT,
    "That day is still to come: until then the contract stands as it is. Do this on the day, or later with the same day.",
)
CUT_VARIATION_OPEN = reason(
    "cut_variation_open",
    Kind.CONFLICT,
    "A variation of the contract is proposed, or agreed and not in effect, and would be lost with the record that ends."
    " Take it into effect, or withdraw it and propose it anew on the record that goes on.",
)
CUT_STATES = RUNNING - {State.SUSPENDED, State.NOTICE_GIVEN, State.HELD_OVER}


def check_cut(contract: Contract, on: date) -> None:
    """Refuse a day on which this contract cannot be cut."""
    if contract.state not in CUT_STATES or contract.notice is not None:
        raise CUT_NOT_RUNNING(contract_id=str(contract.id), state=contract.state.value)
    start, end = contract.start_date, contract.end_date
    if (start is not None and on <= start) or (end is not None and on > end):
        raise CUT_OUTSIDE_TERM(
            "/effective_on",
            contract_id=str(contract.id),
            start_date=None if start is None else start.isoformat(),
            end_date=None if end is None else end.isoformat(),
        )
    amounts = (contract.value.amount_pence, contract.irrecoverable_vat.amount_pence)
    whole = contract.value_basis is ValueBasis.TOTAL and amounts != (None, None)
    if whole and (start is None or end is None):
        raise CUT_VALUE_UNKNOWN_TERM(contract_id=str(contract.id))


def check_ready(on: date, today: date, variations: Iterable[Variation]) -> None:
    """Refuse to end a record before its day has come, and while something agreed on it has not taken effect.

    Effective days may be past, never to come: what is in effect from a later day stands as it is until then, as a
    variation does. A variation changes this record's terms and could never take effect once it has ended.
    """
    if on > today:
        raise CUT_NOT_YET("/effective_on", effective_on=on.isoformat(), today=today.isoformat())
    held = [each for each in variations if each.state in OPEN]
    if held:
        raise CUT_VARIATION_OPEN(
            variation_ids=[str(each.id) for each in held],
            contract_ids=sorted({str(each.contract_id) for each in held}),
        )


def cut(contract: Contract, on: date, to: State) -> tuple[Contract, Money]:
    """The record that ends the day before, and the value of what goes on.

    Of a total each keeps the part of its days, and together they are the whole to the penny; the value of a year is
    that of both. An unknown value stays unknown in both. Irrecoverable VAT goes as the value does.
    """
    check_cut(contract, on)
    kept, left = _cut_money(contract, contract.value, on)
    vat, _ = _cut_money(contract, contract.irrecoverable_vat, on)
    state = move(contract.state, to)
    ended = replace(contract, state=state, ended_on=on - timedelta(days=1), value=kept, irrecoverable_vat=vat)
    return ended, left


def _cut_money(contract: Contract, money: Money, on: date) -> tuple[Money, Money]:
    """What of a contract's money is of the days before a day, and what is left."""
    pence = money.amount_pence
    if contract.value_basis is not ValueBasis.TOTAL or pence is None:
        return money, money
    gone = elapsed_pence(replace(contract, value=money), on) or 0
    return replace(money, amount_pence=gone), replace(money, amount_pence=pence - gone)


def next_record(contract: Contract, new_id: UUID, on: date, value: Money, relation: Relation) -> Contract:
    """The record that goes on from a day with the same terms, pointing back at the one before it."""
    return replace(
        contract,
        id=new_id,
        occurrence=1,
        start_date=on,
        value=value,
        irrecoverable_vat=_cut_money(contract, contract.irrecoverable_vat, on)[1],
        related=(*_kept_links(contract), Related(relation, contract.id)),
        active_from=on,
        ended_on=None,
        carried_over=True,
        notice=None,
        version=1,
        recorded_at=None,
        changed_at=None,
        end_status=EndStatus.STATED if contract.end_date is not None else contract.end_status,
    )


def _kept_links(contract: Contract) -> tuple[Related, ...]:
    """Links that still hold of the next record; where it came from is its own record's lineage."""
    return tuple(
        each for each in contract.related if each.relation in (Relation.FRAMEWORK, Relation.TIMED_WITH)
    )
