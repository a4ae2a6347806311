"""The scoped query, the first wall: every statement names what the caller may see, whatever the policies say."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    false,
    func,
    not_,
    or_,
    select,
)

from services.outcomes.store.return_tables import obligation_indicators
from services.outcomes.store.tables import indicator_placings
from shared.db import Transaction


def scope(tx: Transaction) -> dict[str, Any]:
    """The arguments of the conditions below for this caller."""
    caller = tx.caller
    commissioned, observed = caller.partnerships("commissioner", "host"), caller.partnerships("observer")
    audited = {each.partnership_id for each in caller.audits}
    return {
        "organisations": list(caller.organisations),
        "commissioned": list(commissioned),
        "observed": list(observed),
        "observed_alone": [each for each in observed if each not in commissioned and each not in audited],
        "audited": sorted(audited),
        "audits": [
            f"{audit.partnership_id}/{body}/{year}"
            for audit in caller.audits
            for body in audit.organisation_ids
            for year in ("*", *audit.financial_years)
        ],
    }


def own(table: Any) -> ColumnElement[bool]:
    """Rows that the caller's organisation, or one that it succeeded, keeps."""
    condition: ColumnElement[bool] = table.c.owner_organisation_id == _any("organisations")
    return condition


def whole(table: Any) -> ColumnElement[bool]:
    """Definitions of the partnerships that the caller commissions, observes or audits."""
    partnership = table.c.partnership_id
    return or_(
        partnership == _any("commissioned"), partnership == _any("observed"), partnership == _any("audited")
    )


def contracted(table: Any) -> ColumnElement[bool]:
    """The same where a row may be one contract's own: an auditor reads those of the contracts of the bodies it audits."""
    partnership = table.c.partnership_id
    return or_(
        partnership == _any("commissioned"),
        partnership == _any("observed"),
        _audited_contract(table),
    )


def _audited_contract(table: Any) -> ColumnElement[bool]:
    """Of partnerships that the caller audits, what is no contract's own, or of a contract of a named body."""
    o = obligation_indicators
    audits = bindparam("audits", type_=ARRAY(Text))
    named = func.bodies_named(audits, o.c.partnership_id, o.c.reader_organisation_ids, "*")
    theirs = select(o.c.contract_id).where(o.c.partnership_id == _any("audited"), named)
    return and_(
        table.c.partnership_id == _any("audited"),
        or_(table.c.contract_id.is_(None), table.c.contract_id.in_(theirs)),
    )


def defined(table: Any, indicator: Any = None) -> ColumnElement[bool]:
    """Definitions that the caller may see: besides whole partnerships', of the indicators that it reports or reads."""
    return or_(whole(table), (table.c.indicator_id if indicator is None else indicator).in_(_reported()))


def defined_for_contract(table: Any) -> ColumnElement[bool]:
    """The same where a row may be one contract's own."""
    return or_(contracted(table), _theirs(table))


def _theirs(table: Any) -> ColumnElement[bool]:
    """Of indicators that the caller reports or reads, what is not another contract's own."""
    o = obligation_indicators
    contracts = select(o.c.contract_id).where(party(o))
    own_ = or_(table.c.contract_id.is_(None), table.c.contract_id.in_(contracts))
    return and_(table.c.indicator_id.in_(_reported()), own_)


def defined_but_observed(table: Any) -> ColumnElement[bool]:
    """The same without what the caller only observes: exact figures."""
    partnership = table.c.partnership_id
    return or_(partnership == _any("commissioned"), _audited_contract(table), _theirs(table))


def observed_alone(table: Any) -> ColumnElement[bool]:
    """Rows that the caller sees as an observer, and in no other way."""
    return and_(table.c.partnership_id == _any("observed_alone"), not_(_theirs(table)))


def framed(table: Any) -> ColumnElement[bool]:
    """Frameworks that the caller may see: besides whole partnerships', those of the indicators that it reports."""
    p = indicator_placings
    return or_(
        whole(table), table.c.id.in_(select(p.c.framework_id).where(p.c.indicator_id.in_(_reported())))
    )


def party(table: Any) -> ColumnElement[bool]:
    """Rows of contracts to which the caller's organisation is a party: lead, provider or associate."""
    condition: ColumnElement[bool] = table.c.reader_organisation_ids.overlap(
        bindparam("organisations", type_=ARRAY(Uuid))
    )
    return condition


def owed(table: Any, year: Any = "*") -> ColumnElement[bool]:
    """What is owed under contracts: the partnership's commissioners, the parties, and auditors of a party and year."""
    named = func.bodies_named(
        bindparam("audits", type_=ARRAY(Text)), table.c.partnership_id, table.c.reader_organisation_ids, year
    )
    # So that the function is asked of few rows. As a case, since of two walls that let few rows through the planner expects
    # next to none; the second one, row-level security, is what it looks up in indexes.
    audited = case((table.c.partnership_id == _any("audited"), named), else_=false())
    return or_(table.c.partnership_id == _any("commissioned"), party(table), audited)


def sent(table: Any) -> ColumnElement[bool]:
    """What was submitted: what is owed under contracts. The provider whose own it is is a party of its contract."""
    return owed(table, table.c.financial_year)


def accepted(table: Any) -> ColumnElement[bool]:
    """What was accepted: observers see it too."""
    return or_(sent(table), table.c.partnership_id == _any("observed"))


def as_seen(shown: Any, raw: Any) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """Value and status of an accepted figure: raw where the caller sees the return itself, as published where not.

    `raw` is joined under `sent`, so that its status is null for who may not see it.
    """
    hidden = raw.c.status.is_(None)
    return (
        case((hidden, shown.c.value), else_=raw.c.value).label("value"),
        case((hidden, shown.c.status), else_=raw.c.status).label("status"),
    )


def _any(name: str) -> Any:
    return any_(bindparam(name, type_=ARRAY(Uuid)))


def _reported() -> Any:
    o = obligation_indicators
    return select(o.c.indicator_id).where(party(o))
