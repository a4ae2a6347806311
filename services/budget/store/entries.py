"""What a journal is made of: written with it and its balances in one round trip, and read back with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import date
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from services.budget.rules.dimension import Dimensions
from services.budget.rules.entry import Entry
from services.budget.rules.journal import Journal
from services.budget.rules.vat import Vat, VatRegime
from services.budget.store.entry_tables import entries, entry_dimensions
from services.budget.store.tables import journals
from shared.db import Along, Part

# One statement: the journal, its entries, and the balances that they move.
_ADDING = """journal as (
    insert into journals (id, partnership_id, owner_organisation_id, posted_by_organisation_id, arrangement, book,
        kind, effective_date, financial_year, posting_period, narrative, client_reference, reverses_journal_id,
        recorded_at, succession_id, on_behalf_of_organisation_id)
    values ($1, $2, $3, $4, $5::arrangement, $6::book, $7::journal_kind, $8, $9, $10, $11, $12, $13, $18, $16, $17)),
sides as (
    select * from unnest($14::uuid[], $15::bigint[]) with ordinality as side (account_id, amount_pence, position)),{more}
added as (
    insert into entries (journal_id, position, account_id, partnership_id, owner_organisation_id, arrangement, book,
        amount_pence, effective_date, posting_period, recorded_at{columns})
    select $1, position, account_id, $2, $3, $5::arrangement, $6::book, amount_pence, $8, $10, $18{values}
      from sides{joined}),
moved as (
    insert into balances (account_id, book, effective_month, posting_period, recorded_month, partnership_id,
        owner_organisation_id, arrangement, amount_pence, entries, day_pence)
    select account_id, $6::book, date_trunc('month', $8::date)::date, $10,
           date_trunc('month', $18::timestamptz at time zone 'UTC')::date, $2, $3, $5::arrangement, sum(amount_pence), count(*),
           array_fill(null::bigint, array[extract(day from $8::date)::integer - 1]) || sum(amount_pence)::bigint
      from sides group by account_id order by account_id
    on conflict (account_id, book, effective_month, posting_period, recorded_month) do update
       set amount_pence = balances.amount_pence + excluded.amount_pence,
           entries = balances.entries + excluded.entries,
           day_pence[extract(day from $8::date)::integer] = coalesce(
               balances.day_pence[extract(day from $8::date)::integer], 0) + excluded.amount_pence)"""
_NAMES = (
    "id",
    "partnership_id",
    "owner_organisation_id",
    "posted_by_organisation_id",
    "arrangement",
    "book",
    "kind",
    "effective_date",
    "financial_year",
    "posting_period",
    "narrative",
    "client_reference",
    "reverses_journal_id",
    "account_ids",
    "amounts_pence",
    "succession_id",
    "on_behalf_of_organisation_id",
    "recorded_at",
)
_ADD = Part(_ADDING.format(more="", columns="", values="", joined=""), _NAMES)
# The same where entries carry VAT or dimensions: said in one document, so that the plain posting pays nothing for it.
_ADD_DETAILED = Part(
    _ADDING.format(
        more="""
more as (
    select * from jsonb_to_recordset($19::jsonb) as more (position bigint, vat_regime vat_regime,
        vat_organisation_id uuid, vat_tax_point date, vat_net_pence bigint, vat_recoverable_pence bigint,
        vat_irrecoverable_pence bigint, described boolean, contract_id uuid, provider_organisation_id uuid,
        service_code text, locality_code text)),
described as (
    insert into entry_dimensions (journal_id, position, version, partnership_id, owner_organisation_id, arrangement,
        financial_year, recorded_by_organisation_id, contract_id, provider_organisation_id, service_code,
        locality_code, recorded_at)
    select $1, position, 1, $2, $3, $5::arrangement, $9, $4, contract_id, provider_organisation_id, service_code,
           locality_code, $18
      from more where described),""",
        columns=""", vat_regime, vat_organisation_id, vat_tax_point, vat_net_pence, vat_recoverable_pence,
        vat_irrecoverable_pence""",
        values=""", vat_regime, vat_organisation_id, vat_tax_point, vat_net_pence, vat_recoverable_pence,
           vat_irrecoverable_pence""",
        joined=" left join more using (position)",
    ),
    (*_NAMES, "details"),
)

_VAT = tuple(entries.c[f"vat_{each.name}"] for each in fields(Vat))
_SAID = tuple(entry_dimensions.c[each.name] for each in fields(Dimensions))


def adding(journal: Journal) -> Along:
    """What adds a journal and moves its balances, to be sent alone or along with the end of the write."""
    details = [each for each in map(_details, count(1), journal.entries) if each is not None]
    values = {"details": details} if details else {}
    return Along(
        _ADD_DETAILED if details else _ADD,
        dict(
            id=journal.id,
            partnership_id=journal.partnership_id,
            owner_organisation_id=journal.owner_organisation_id,
            posted_by_organisation_id=journal.posted_by_organisation_id,
            arrangement=journal.arrangement,
            book=journal.book.value,
            kind=journal.kind.value,
            effective_date=journal.effective_date,
            financial_year=journal.financial_year,
            posting_period=journal.posting_period,
            narrative=journal.narrative,
            client_reference=journal.client_reference,
            reverses_journal_id=journal.reverses_journal_id,
            account_ids=[entry.account_id for entry in journal.entries],
            amounts_pence=[entry.amount_pence for entry in journal.entries],
            succession_id=journal.succession_id,
            on_behalf_of_organisation_id=journal.on_behalf_of_organisation_id,
            recorded_at=journal.recorded_at,
            **values,
        ),
    )


def folded() -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """Two columns of a journal: its entries in their order, and what was said of them, the latest last."""
    side = (entries.c.account_id, entries.c.amount_pence)
    array = func.json_build_array
    row = case((entries.c.vat_regime.is_(None), array(*side)), else_=array(*side, *_VAT))
    of_entries = select(func.jsonb_agg(aggregate_order_by(row, entries.c.position))).where(
        entries.c.journal_id == journals.c.id
    )
    saying = array(entry_dimensions.c.position, *_SAID)
    said = select(func.jsonb_agg(aggregate_order_by(saying, entry_dimensions.c.version))).where(
        entry_dimensions.c.journal_id == journals.c.id
    )
    return of_entries.scalar_subquery().label("entries"), said.scalar_subquery().label("said")


def unfolded(rows: Sequence[Any], said: Sequence[Any] | None) -> tuple[Entry, ...]:
    """The entries that `folded` gave. Of what was said of an entry the latest counts."""
    latest = {
        position: Dimensions(_id(contract), _id(provider), service, locality)
        for position, contract, provider, service, locality in said or ()
    }
    return tuple(
        Entry(UUID(account), amount, _vat(*vat) if vat else None, latest.get(position))
        for position, (account, amount, *vat) in enumerate(rows, 1)
    )


def _details(position: int, entry: Entry) -> dict[str, Any] | None:
    """What an entry says besides its amount, as the statement reads it."""
    if entry.vat is None and entry.dimensions is None:
        return None
    vat = {f"vat_{name}": value for name, value in asdict(entry.vat).items()} if entry.vat else {}
    said = asdict(entry.dimensions) if entry.dimensions else {}
    return {"position": position, **vat, **said, "described": entry.dimensions is not None}


def _vat(regime: str, whose: str | None, tax_point: str, *pence: int) -> Vat:
    return Vat(VatRegime(regime), _id(whose), date.fromisoformat(tax_point), *pence)


def _id(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)
