"""The scoped query, the first wall: which rows a caller may see, before row-level security looks again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Table,
    Text,
    Uuid,
    any_,
    bindparam,
    cast,
    func,
    literal_column,
    select,
)
from sqlalchemy import text as sql

from shared.caller import Caller
from shared.db import Transaction
from shared.errors import Kind, reason

NOT_YOUR_PARTNERSHIP = reason(
    "partnership_unknown",
    Kind.INVALID,
    "There is no such partnership, or your organisation is not a commissioner in it.",
)

_PARTNERSHIPS = bindparam("partnerships", type_=ARRAY(Uuid))
_ORGANISATIONS = bindparam("organisations", type_=ARRAY(Uuid))
_AUDITS = bindparam("audits", type_=ARRAY(Text))
_ALL_YEARS = literal_column("'*'", Text)


def scope(tx: Transaction) -> Mapping[str, Any]:
    """The arguments of the scoped query for this caller."""
    return tx.caller.once(_scope)


def _scope(caller: Caller) -> Mapping[str, Any]:
    return {
        "partnerships": list(caller.partnerships("commissioner", "host")),
        "organisations": list(caller.organisations),
        "audits": [
            f"{audit.partnership_id}/{body}/{year}"
            for audit in caller.audits
            for body in ("*", *audit.organisation_ids)
            for year in ("*", *audit.financial_years)
        ],
    }


def require_commissioner(tx: Transaction, partnership_id: UUID) -> None:
    """Refuse to make anything in a partnership in which the caller is no commissioner."""
    if not tx.caller.holds(partnership_id, "commissioner", "host"):
        raise NOT_YOUR_PARTNERSHIP("/partnership_id")


def to_partners(table: Table) -> ColumnElement[bool]:
    """Rows that every commissioner and every auditor of the partnership may see: agreements, decisions, pools."""
    return (table.c.partnership_id == any_(_PARTNERSHIPS)) | (
        _key(table.c.partnership_id, _ALL_YEARS, _ALL_YEARS) == any_(_AUDITS)
    )


def to_partners_of_body(table: Table) -> ColumnElement[bool]:
    """Rows that every commissioner of the partnership may see, and the auditors of the body that keeps them."""
    of_body = _key(table.c.partnership_id, cast(table.c.owner_organisation_id, Text), _ALL_YEARS)
    return (table.c.partnership_id == any_(_PARTNERSHIPS)) | (of_body == any_(_AUDITS))


def to_partners_by_year(table: Table) -> ColumnElement[bool]:
    """Rows that every commissioner of the partnership may see, and the auditors of all its bodies for that year."""
    return (table.c.partnership_id == any_(_PARTNERSHIPS)) | (
        _key(table.c.partnership_id, _ALL_YEARS, table.c.financial_year) == any_(_AUDITS)
    )


def to_decisions(table: Table) -> ColumnElement[bool]:
    """Decisions: every partner's, and to an auditor what is public, and what is exempt of the bodies it is named for."""
    return _unless_exempt(table, table.c.part == "part_1")


def to_documents(table: Table) -> ColumnElement[bool]:
    """Documents, as decisions: what is exempt is not for an auditor of another body."""
    return _unless_exempt(table, table.c.publication_class != "exempt")


def _unless_exempt(table: Table, open_to_all: ColumnElement[bool]) -> ColumnElement[bool]:
    everybodys = _key(table.c.partnership_id, _ALL_YEARS, _ALL_YEARS) == any_(_AUDITS)
    of_body = _key(table.c.partnership_id, cast(table.c.owner_organisation_id, Text), _ALL_YEARS)
    return (
        (table.c.partnership_id == any_(_PARTNERSHIPS))
        | (open_to_all & everybodys)
        | (of_body == any_(_AUDITS))
    )


def to_money(
    table: Table, aligned_open: bool = False, year: ColumnElement[str] | None = None
) -> ColumnElement[bool]:
    """Rows of money: pooled to all partners, shadow by consent, aligned to its owner, to auditors by year.

    An auditor sees all money of the bodies that it is named for, and of the others what a partner would.
    With `aligned_open` another's aligned rows too, where the agreement opens lines and the other shares them.
    """
    partner = table.c.partnership_id == any_(_PARTNERSHIPS)
    place, owner = table.c.partnership_id, table.c.owner_organisation_id
    year = table.c.financial_year if year is None else year
    shown = cast(place, Text) + literal_column("'/'", Text) + cast(owner, Text)
    open_shadow = (table.c.arrangement == sql("'shadow'")) & (shown == any_(_once(func.open_shadows(), Text)))
    visible = (
        (((table.c.arrangement == sql("'pooled'")) | open_shadow) & partner)
        | (owner == any_(_ORGANISATIONS))
        | (
            ((table.c.arrangement == sql("'pooled'")) | open_shadow)
            & (_key(place, _ALL_YEARS, year) == any_(_AUDITS))
        )
        | (_key(place, cast(owner, Text), year) == any_(_AUDITS))
    )
    if aligned_open:
        opened = shown == any_(_once(func.open_aligned_lines(), Text))
        visible = visible | ((table.c.arrangement == sql("'aligned'")) & partner & opened)
    return visible


def to_owner(table: Table) -> ColumnElement[bool]:
    """Rows that are one organisation's own business: its own, and to the auditors of that body for that year."""
    place, owner = table.c.partnership_id, table.c.owner_organisation_id
    return (owner == any_(_ORGANISATIONS)) | (
        _key(place, cast(owner, Text), table.c.financial_year) == any_(_AUDITS)
    )


def to_books(table: Table, witnessed: bool = False) -> ColumnElement[bool]:
    """Periods and their kin: of pooled books to all partners, of aligned ones to whose they are, to auditors by year.

    What is `witnessed`, hashes alone, goes to every partner.
    """
    place, owner, year = table.c.partnership_id, table.c.owner_organisation_id, table.c.financial_year
    partner = place == any_(_PARTNERSHIPS)
    pooled = table.c.books == sql("'pooled'")
    return (
        (partner if witnessed else partner & pooled)
        | (owner == any_(_ORGANISATIONS))
        | (pooled & (_key(place, _ALL_YEARS, year) == any_(_AUDITS)))
        | (_key(place, cast(owner, Text), year) == any_(_AUDITS))
    )


def _once(call: Any, of: Any) -> ColumnElement[Any]:
    """A function's array as a subquery, so that it is asked for once and not for every row."""
    return cast(select(call).scalar_subquery(), ARRAY(of))


def _key(place: Any, body: Any, year: Any) -> ColumnElement[str]:
    slash = literal_column("'/'", Text)
    key: ColumnElement[str] = cast(place, Text) + slash + body + slash + year
    return key


def scoped_sql(table: str, owner: str, year: str = "$2::text") -> str:
    """The scoped query in SQL, as to_money but with consents as recorded then.

    The statement numbers its arguments: $2 the year, $3 as recorded or null, $5 whether the caller is a partner,
    $6 its organisations, $7 its audits.
    """
    place = f"{table}.partnership_id::text || '/'"
    return f"""((($5::boolean or {place} || '*/' || {year} = any ($7::text[]))
            and ({table}.arrangement = 'pooled' or ({table}.arrangement = 'shadow' and {place} || {owner}::text
                = any ((select budget.open_shadows_at(coalesce($3::timestamptz, 'infinity')))::text[]))))
        or {owner} = any ($6::uuid[])
        or {place} || {owner}::text || '/' || {year} = any ($7))"""
