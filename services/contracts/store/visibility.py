"""The scoped query, the first wall: which contracts a caller may see, before row-level security looks again."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Date,
    Table,
    Text,
    Uuid,
    any_,
    bindparam,
    cast,
    exists,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY

from services.contracts.store.tables import contract_funding, contracts
from shared.calendar import FinancialYear, read_financial_year
from shared.db import Transaction

OURS = bindparam("organisations", type_=ARRAY(Uuid))
PLACES = bindparam("places", type_=ARRAY(Uuid))
_COMMISSIONED = bindparam("commissioned", type_=ARRAY(Uuid))
_OPENED = bindparam("opened", type_=ARRAY(Text))
_OBSERVED = bindparam("observed", type_=ARRAY(Uuid))
_AUDITED_IN = bindparam("audited_in", type_=ARRAY(Uuid))
_AUDITS = (
    func.unnest(
        _AUDITED_IN,
        bindparam("audited_bodies", type_=ARRAY(Uuid)),
        bindparam("audited_from", type_=ARRAY(Date)),
        bindparam("audited_to", type_=ARRAY(Date)),
    )
    .table_valued(
        Column("partnership_id", Uuid),
        Column("body_id", Uuid),
        Column("first", Date),
        Column("last", Date),
        name="audit",
    )
    .render_derived()
)


def scope(tx: Transaction, year: FinancialYear | None = None) -> dict[str, Any]:
    """The arguments of the scoped query for this caller; with a year, an audit of other years opens nothing."""
    caller = tx.caller
    audits = [
        (audit.partnership_id, body, financial_year.first_day, financial_year.last_day)
        for audit in caller.audits
        for body in audit.organisation_ids
        for financial_year in map(read_financial_year, audit.financial_years)
        if year in (None, financial_year)
    ]
    return {
        "organisations": list(caller.organisations),
        "commissioned": list(caller.partnerships("commissioner", "host")),
        "observed": list(caller.partnerships("observer")),
        "opened_ids": [record for _, record in caller.granted("contract")],
        "opened": [f"{owner}/{record}" for owner, record in caller.granted("contract")],
        "places": list(caller.partnerships("commissioner", "host", "observer"))
        + [audit.partnership_id for audit in caller.audits],
        "audited_in": [audit[0] for audit in audits],
        "audited_bodies": [audit[1] for audit in audits],
        "audited_from": [audit[2] for audit in audits],
        "audited_to": [audit[3] for audit in audits],
    }


def led(table: Table = contracts) -> ColumnElement[bool]:
    """Contracts that the caller's organisation leads: those it may change."""
    return table.c.owner_organisation_id == any_(OURS)


def commissioned() -> ColumnElement[bool]:
    """Contracts of which the caller sees every funding line: its own, and those of its partnerships."""
    return led() | (contracts.c.partnership_id == any_(_COMMISSIONED))


def _associated() -> ColumnElement[bool]:
    overlap: ColumnElement[bool] = contracts.c.associate_ids.overlap(OURS)
    return overlap


def _audited(body: ColumnElement[bool]) -> ColumnElement[bool]:
    running = exists().where(
        _AUDITS.c.partnership_id == contracts.c.partnership_id,
        body,
        _AUDITS.c.first <= contracts.c.runs_until,
        _AUDITS.c.last >= func.coalesce(contracts.c.start_date, literal_column("'-infinity'::date", Date)),
    )
    return (contracts.c.partnership_id == any_(_AUDITED_IN)) & running


def commissioning() -> ColumnElement[bool]:
    """Contracts that the caller sees whole: as commissioner, host, associate or auditor of a commissioner."""
    body = (_AUDITS.c.body_id == contracts.c.owner_organisation_id) | (
        _AUDITS.c.body_id == any_(contracts.c.associate_ids)
    )
    return commissioned() | _associated() | _audited(body)


def accountable() -> ColumnElement[bool]:
    """Contracts of whose money the caller answers: of its partnerships and its own, and as auditor of the lead."""
    return commissioned() | _audited(_AUDITS.c.body_id == contracts.c.owner_organisation_id)


def inside() -> ColumnElement[bool]:
    """Contracts that the caller sees more of than what is published: as above, as provider once awarded, or by name."""
    seen: ColumnElement[bool] = commissioning() | provided() | opened()
    return seen


def opened() -> ColumnElement[bool]:
    """Contracts that their lead opened to the caller by name, to scrutiny or as an auditor's sample."""
    slash = literal_column("'/'", Text)
    name = cast(contracts.c.owner_organisation_id, Text) + slash + cast(contracts.c.id, Text)
    seen: ColumnElement[bool] = name == any_(_OPENED)
    return seen


def provided() -> ColumnElement[bool]:
    """Contracts under which the caller provides, once they are awarded."""
    seen: ColumnElement[bool] = contracts.c.disclosed & contracts.c.provider_ids.overlap(OURS)
    return seen


def visible() -> ColumnElement[bool]:
    """Every contract that the caller may see in any shape."""
    seen: ColumnElement[bool] = inside() | (
        contracts.c.disclosed & (contracts.c.partnership_id == any_(_OBSERVED))
    )
    return seen


def reachable() -> ColumnElement[bool]:
    """What `visible` can at most be, by indexes alone: for a list that nothing else narrows down.

    Row-level security comes first and overlaps of arrays may tell things, so PostgreSQL uses no index of
    arrays beneath it; equality of ids it trusts.
    """
    return led() | placed() | beside()


def placed() -> ColumnElement[bool]:
    """Contracts of a partnership in which the caller commissions, observes or audits."""
    here: ColumnElement[bool] = contracts.c.partnership_id == any_(PLACES)
    return here


def beside() -> ColumnElement[bool]:
    """Contracts to which the caller is party though another body leads them, and those opened to it by name."""
    party = select(func.contracts.joined_contracts())
    joined: ColumnElement[bool] = contracts.c.id == any_(func.array(party.scalar_subquery()))
    named: ColumnElement[bool] = contracts.c.id == any_(bindparam("opened_ids", type_=ARRAY(Uuid)))
    return joined | named


def funding_visible() -> ColumnElement[bool]:
    """Funding lines of a visible contract: all to commissioners, its own to an associate, of named bodies to an auditor."""
    body = contract_funding.c.organisation_id
    return commissioned() | (_associated() & (body == any_(OURS))) | _audited(_AUDITS.c.body_id == body)


def ours(table: Table, column: str = "owner_organisation_id") -> ColumnElement[bool]:
    """Rows of another table that name one of the caller's organisations in this column."""
    return table.c[column] == any_(OURS)


def audited_on(table: Table, day: ColumnElement[Any]) -> ColumnElement[bool]:
    """Rows of another table whose owner the caller audits, in the year that holds their day."""
    return exists().where(
        _AUDITS.c.partnership_id == table.c.partnership_id,
        _AUDITS.c.body_id == table.c.owner_organisation_id,
        day.between(_AUDITS.c.first, _AUDITS.c.last),
    )


def audited_while(
    table: Table, first: ColumnElement[Any], last: ColumnElement[Any], column: str = "owner_organisation_id"
) -> ColumnElement[bool]:
    """Rows of another table whose owner the caller audits, in a year of its appointment that they touch."""
    return (table.c.partnership_id == any_(_AUDITED_IN)) & exists().where(
        _AUDITS.c.partnership_id == table.c.partnership_id,
        _AUDITS.c.body_id == table.c[column],
        _AUDITS.c.first <= last,
        _AUDITS.c.last >= first,
    )


def granted(tx: Transaction, thing: str) -> dict[str, Any]:
    """The arguments of a scoped query for records of this kind that their owners opened to the caller by name."""
    pairs = tx.caller.granted(thing)
    return {
        "granted_ids": [record for _, record in pairs],
        "granted": [f"{owner}/{record}" for owner, record in pairs],
    }
