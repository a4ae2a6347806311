"""Addressable spend as it is kept: a source's figures, as printed, with the scope for which they were counted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from services.budget.rules.addressable_spend import ScopedSpend, add_up
from shared.errors import Kind, Refusal, reason
from shared.money import LARGEST_PENCE, MONEY_TOO_LARGE, Money, Scale, Total, read_money

PRINTED_DIFFERS = reason(
    "addressable_spend_printed_differs",
    Kind.INVALID,
    "The printed total is not what its parts come to. Leave it out, or say in the note why it differs.",
)
NAMES_REPEATED = reason("addressable_spend_repeated", Kind.INVALID, "Name each part of the spend once.")


@dataclass(frozen=True, slots=True)
class PrintedFigure:
    """One figure: whose or for what it is, and how its source prints it. Its scale is the record's."""

    name: str
    printed: str
    amount: Money | None = None


@dataclass(frozen=True, slots=True)
class SpendRecord:
    """The figures of one source for one scope, with their total. Figures of other scopes are not added to them."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    scope: str
    source: str
    scale: Scale
    figures: tuple[PrintedFigure, ...]
    printed_total: str | None = None
    note: str | None = None
    total: Total | None = None
    differs_by_pence: int | None = None
    version: int = 1


def work_out(asked: SpendRecord) -> SpendRecord:
    """The record with every figure in pence and their total (S2-B01, S2-B06).

    The scale is said, never guessed: `22,417` in thousands is £22,417,000, and a unit in the figure besides is
    refused. A printed total that differs needs a note that says why.
    """
    names = [each.name.casefold() for each in asked.figures]
    if len(set(names)) != len(names):
        raise NAMES_REPEATED("/figures")
    figures = tuple(
        replace(each, amount=_read(each.printed, asked.scale, f"/figures/{number}/printed"))
        for number, each in enumerate(asked.figures)
    )
    whole = add_up([ScopedSpend(asked.scope, each.name, each.amount) for each in figures if each.amount])
    if abs(whole.known_pence or 0) > LARGEST_PENCE:
        raise MONEY_TOO_LARGE("/figures", largest_pence=LARGEST_PENCE)
    differs = None
    if asked.printed_total is not None:
        printed = _read(asked.printed_total, asked.scale, "/printed_total")
        if printed.amount_pence is not None and whole.complete:
            differs = printed.amount_pence - (whole.known_pence or 0)
    if differs and asked.note is None:
        raise PRINTED_DIFFERS("/printed_total", differs_by_pence=differs)
    return replace(asked, figures=figures, total=whole, differs_by_pence=differs)


def _read(printed: str, scale: Scale, pointer: str) -> Money:
    try:
        return read_money(printed, scale)
    except Refusal as refusal:
        raise refusal.reason(pointer, **refusal.facts) from None
