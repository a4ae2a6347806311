"""Which journals of a partnership are wanted: by account, day, kind, period, reference, or what entries were for."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Text, Uuid, bindparam, cast, exists, or_, select

from services.budget.rules.journal import Book, JournalKind
from services.budget.store.entry_tables import entries, entry_dimensions
from services.budget.store.tables import journals


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of journals is narrowed to; None narrows nothing."""

    account_id: UUID | None = None
    kind: JournalKind | None = None
    book: Book | None = None
    posting_period: str | None = None
    client_reference: str | None = None
    effective_from: date | None = None
    effective_to: date | None = None
    contract_id: UUID | None = None
    provider_organisation_id: UUID | None = None
    service_code: str | None = None
    locality_code: str | None = None


EVERY = Wanted()
_TYPES: dict[str, Any] = {
    **dict.fromkeys(("account_id", "contract_id", "provider_organisation_id"), Uuid),
    **dict.fromkeys(("effective_from", "effective_to"), Date),
}


def _want(name: str) -> Any:
    return bindparam(f"want_{name}", type_=_TYPES.get(name, Text))


def _if_wanted(name: str, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return or_(_want(name).is_(None), condition)


def conditions() -> list[ColumnElement[bool]]:
    """Each narrows by one thing, where it is wanted. Of what was said of an entry only the latest counts."""
    told = [
        _if_wanted(name, cast(journals.c[name], Text) == _want(name))
        for name in ("kind", "book", "posting_period", "client_reference")
    ]
    days = [
        _if_wanted("effective_from", journals.c.effective_date >= _want("effective_from")),
        _if_wanted("effective_to", journals.c.effective_date <= _want("effective_to")),
    ]
    moved = exists(
        select(entries.c.position).where(
            entries.c.journal_id == journals.c.id, entries.c.account_id == _want("account_id")
        )
    )
    return [*told, *days, _if_wanted("account_id", moved), *(_said(name) for name in _SAID)]


_SAID = ("contract_id", "provider_organisation_id", "service_code", "locality_code")


def _said(name: str) -> ColumnElement[bool]:
    later = entry_dimensions.alias("later")
    said = select(entry_dimensions.c.position).where(
        entry_dimensions.c.journal_id == journals.c.id,
        entry_dimensions.c[name] == _want(name),
        ~exists(
            select(later.c.position).where(
                later.c.journal_id == entry_dimensions.c.journal_id,
                later.c.position == entry_dimensions.c.position,
                later.c.version > entry_dimensions.c.version,
            )
        ),
    )
    return _if_wanted(name, exists(said))


def values(wanted: Wanted) -> dict[str, Any]:
    return {f"want_{name}": value for name, value in asdict(wanted).items()}
