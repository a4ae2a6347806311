"""Positions, read from the balances that are kept with every posting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from services.budget.rules.as_recorded import require_settled
from services.budget.rules.category import Category
from services.budget.rules.facts import AlignedTotal, ContributionFacts, LineFacts, ReceiptFacts
from services.budget.rules.line import Arrangement
from services.budget.rules.observed_position import ObservedOutlook, ObservedTotal, observe
from services.budget.rules.position import Asked, Because, Position, Withheld, assemble
from services.budget.rules.succession import Under, folded
from services.budget.store import outlooks, successions
from services.budget.store.horizon import settled_until
from services.budget.store.lines import money_of
from services.budget.store.visibility import scope, scoped_sql
from shared.calendar import read_financial_year
from shared.db import Prepared, Transaction
from shared.errors import NOT_FOUND

# Arguments in the order in which the statements number them; `recorded` is null for what stands now.
_SCOPED = ("partnership", "year", "recorded", "pool", "partner", "organisations", "audits")
_DAYS = ("first_day", "as_at")

_RECORDED = "coalesce($3::timestamptz, 'infinity')"
_OF_YEAR = f"$1::uuid, $8::date, $9::date, {_RECORDED}"
_LINES = Prepared(
    f"""
select l.id as line_id, l.owner_organisation_id, l.pool_id, l.name, l.category, l.arrangement, l.budget_pence,
       l.budget_status, l.budget_qualifier, coalesce(s.moved_pence, 0) as moved_pence, s.actual_pence,
       c.committed_pence, f.outturn_pence as forecast_pence
  from lines_at($1, $2, $9, {_RECORDED}) l left join line_sums({_OF_YEAR}) s on s.line_id = l.id
  left join commitment_sums($1, $9, {_RECORDED}) c on c.line_id = l.id
  left join forecasts_at($1, $2, $9, {_RECORDED}) f on f.line_id = l.id
 where ($4::uuid is null or l.pool_id = $4) and {scoped_sql("l", "l.owner_organisation_id")}
""",  # noqa: S608 fixed pieces; every value is bound
    (*_SCOPED, *_DAYS),
    {},
)
# What was promised, and every party that promised nothing to a pool in which something happens this year.
_PROMISES = Prepared(
    f"""
with promised as (
    select c.* from contributions_at($1, $2, $8, {_RECORDED}) c
     where ($4::uuid is null or c.pool_id = $4) and {scoped_sql("c", "c.owner_organisation_id")}),
running as (
    select pool_id, min(arrangement) as arrangement from (
        select pool_id, arrangement from promised
        union select l.pool_id, l.arrangement from lines_at($1, $2, $8, {_RECORDED}) l
         where l.pool_id is not null and ($4 is null or l.pool_id = $4)
           and {scoped_sql("l", "l.owner_organisation_id")}) either
     group by pool_id),
silent as (
    select party, p.id as pool_id, p.partnership_id, r.arrangement
      from running r join pools p on p.id = r.pool_id
      join agreements_at({_RECORDED}) a on a.agreement_id = p.agreement_id,
           unnest(parties_as_at(a.agreement_id, p.partnership_id, a.party_ids, $8)) party
     where not exists (select from promised c where c.pool_id = r.pool_id and c.owner_organisation_id = party))
select d.organisation_id, d.pool_id, p.category, d.arrangement, d.amount_pence, d.amount_status, d.amount_qualifier
  from (select owner_organisation_id as organisation_id, pool_id, arrangement, amount_pence, amount_status,
               amount_qualifier from promised
        union all select s.party, s.pool_id, s.arrangement, null, 'not_stated', null from silent s
         where {scoped_sql("s", "s.party")}) d
  join pools p on p.id = d.pool_id
""",  # noqa: S608 fixed pieces; every value is bound
    (*_SCOPED, "as_at"),
    {},
)
# Settlements return or take money on the same accounts, and are no contribution.
_RECEIPTS = Prepared(
    f"""
select a.organisation_id, a.pool_id, p.category, a.arrangement,
       (-sum(s.amount_pence) - coalesce(sum(k.pence), 0))::bigint as received_pence
  from ledger_sums({_OF_YEAR}) s
  join accounts a on a.id = s.account_id
  left join receipts_of_kind({_OF_YEAR}, 'risk_share_adjustment') k on k.account_id = a.id
  join pools p on p.id = a.pool_id
 where a.kind = 'contribution' and s.book = 'actual' and ($4::uuid is null or a.pool_id = $4)
   and {scoped_sql("a", "a.owner_organisation_id")}
 group by a.organisation_id, a.pool_id, p.category, a.arrangement
""",  # noqa: S608 fixed pieces; every value is bound
    (*_SCOPED, *_DAYS),
    {},
)
_TOTALS = ("partnership", "year", *_DAYS, "recorded")
_ALIGNED = Prepared(
    "select * from aligned_totals($1::uuid, $2::text, $3::date, $4::date, coalesce($5::timestamptz, 'infinity'))",
    _TOTALS,
    {},
)
_OBSERVED = Prepared(
    "select * from observed_totals($1::uuid, $2::text, $3::date, $4::date, coalesce($5::timestamptz, 'infinity'))",
    _TOTALS,
    {},
)
_OBSERVED_PARTIES = Prepared(
    "select * from observed_parties($1::uuid, coalesce($2::timestamptz, 'infinity'))",
    ("partnership", "recorded"),
    {},
)
# Whether the agreement, as it was on record, opens aligned lines one by one.
_LINES_OPEN = Prepared(
    "select $1::uuid = any (budget.open_aligned_at(coalesce($2::timestamptz, 'infinity'))) as open",
    ("partnership", "recorded"),
    {},
)
# The parties of agreements with a pool, and whether their shadow is open to the others.
_PARTIES = Prepared(
    """
select party, bool_or(a.partnership_id::text || '/' || party::text
           = any ((select budget.open_shadows_at(coalesce($2::timestamptz, 'infinity')))::text[])) as open
  from agreements_at(coalesce($2::timestamptz, 'infinity')) a, unnest(a.party_ids) party
 where a.partnership_id = $1::uuid
   and exists (select from pools p where p.agreement_id = a.agreement_id and ($3::uuid is null or p.id = $3)
                  and p.recorded_at <= coalesce($2::timestamptz, 'infinity'))
 group by party
""",
    ("partnership", "recorded", "pool"),
    {},
)


async def read(tx: Transaction, asked: Asked) -> Position:
    """The position as this caller may see it; what it may not see at all is not found.

    `tx` is one snapshot, or, where `as_recorded` is asked, read committed: each statement then sees at least
    all that was recorded up to the settled instant.
    """
    if asked.as_recorded is not None:
        require_settled(asked.as_recorded, await settled_until(tx))
    caller, place = tx.caller, asked.partnership_id
    partner = caller.holds(place, "commissioner", "host")
    audited = f"{place}/*/{asked.financial_year}" in scope(tx)["audits"]
    if partner or audited:
        return await _in_full(tx, asked, partner)
    if caller.holds(place, "observer") and asked.pool_id is None:
        return await _observed(tx, asked)
    raise NOT_FOUND()


async def _in_full(tx: Transaction, asked: Asked, partner: bool) -> Position:
    values = _values(asked)
    scoped = {
        **values,
        "pool": asked.pool_id,
        "partner": partner,
        "organisations": list(tx.caller.organisations),
        "audits": scope(tx)["audits"],
    }
    lines = [_line(row) for row in await tx.all(_LINES, **scoped)]
    aligned: list[AlignedTotal] = []
    if partner and asked.pool_id is None:
        ahead = await outlooks.aligned(tx, values)
        for row in await tx.all(_ALIGNED, **values):
            outlook = ahead[row["owner_organisation_id"], row["category"], row["line_id"]]
            if row["line_id"] is None:
                aligned.append(replace(_aligned(row), **outlook))
            else:
                del outlook["forecast_unknown"]
                lines.append(replace(_opened(row), **outlook))
    promises = [_promise(row) for row in await tx.all(_PROMISES, **scoped)]
    receipts = [ReceiptFacts(**_coded(row)) for row in await tx.all(_RECEIPTS, **scoped)]
    withheld = _withheld(tx, asked, await _parties(tx, asked), partner)
    withheld += await _unshared(tx, asked, aligned)
    bodies = await _bodies(tx, asked)
    return assemble(asked, lines, aligned, promises, receipts, withheld, bodies)


async def _bodies(tx: Transaction, asked: Asked) -> Mapping[UUID, UUID]:
    """For whom each organisation's figures count, where they are asked for under who succeeded."""
    if asked.under is Under.RECORDED:
        return {}
    return folded(await successions.every(tx, asked.partnership_id, asked.as_recorded), asked.as_at)


async def _unshared(tx: Transaction, asked: Asked, aligned: Sequence[AlignedTotal]) -> list[Withheld]:
    """Whose lines the agreement opens but no data-sharing agreement does: of them the totals alone are shown."""
    if not aligned:
        return []
    row = await tx.one(_LINES_OPEN, partnership=asked.partnership_id, recorded=asked.as_recorded)
    owners = dict.fromkeys(each.owner_organisation_id for each in aligned) if row["open"] else {}
    return [Withheld(each, Because.SHARING_AGREEMENT_MISSING) for each in owners]


async def _observed(tx: Transaction, asked: Asked) -> Position:
    ahead = await outlooks.observed(tx, _values(asked))
    seen = [
        ObservedTotal(
            **{
                **row,
                "arrangement": Arrangement(row["arrangement"]),
                **{
                    name: tuple(row[name] or ())
                    for name in ("budget_missing", "actual_missing", "due_missing")
                },
                "outlook": ahead.get(row["arrangement"], ObservedOutlook()),
            }
        )
        for row in await tx.all(_OBSERVED, **_values(asked))
    ]
    parties = await tx.all(_OBSERVED_PARTIES, partnership=asked.partnership_id, recorded=asked.as_recorded)
    return observe(asked, seen, _without_consent(parties))


async def _parties(tx: Transaction, asked: Asked) -> Sequence[Mapping[str, Any]]:
    return await tx.all(
        _PARTIES, partnership=asked.partnership_id, recorded=asked.as_recorded, pool=asked.pool_id
    )


def _withheld(
    tx: Transaction, asked: Asked, parties: Sequence[Mapping[str, Any]], partner: bool
) -> list[Withheld]:
    """Those whose figures are left out, and why; an organisation's own are never withheld from it."""
    own = set(tx.caller.organisations)
    others = [row for row in parties if row["party"] not in own]
    if partner:
        return _without_consent(others)
    audits = set(scope(tx)["audits"])
    place, year = asked.partnership_id, asked.financial_year
    return [
        Withheld(row["party"], Because.NOT_IN_AUDIT)
        for row in others
        if f"{place}/{row['party']}/{year}" not in audits
    ]


def _without_consent(parties: Sequence[Mapping[str, Any]]) -> list[Withheld]:
    return [Withheld(row["party"], Because.SHADOW_CONSENT_MISSING) for row in parties if not row["open"]]


def _values(asked: Asked) -> dict[str, Any]:
    return {
        "partnership": asked.partnership_id,
        "year": asked.financial_year,
        "first_day": read_financial_year(asked.financial_year).first_day,
        "as_at": asked.as_at,
        "recorded": asked.as_recorded,
    }


def _coded(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "category": Category(row["category"]), "arrangement": Arrangement(row["arrangement"])}


def _line(row: Mapping[str, Any]) -> LineFacts:
    values = {name: row[name] for name in row.keys() if not name.startswith("budget_")}  # noqa: SIM118 a record
    return LineFacts(**_coded(values), budget=money_of(row, "budget"))


def _opened(row: Mapping[str, Any]) -> LineFacts:
    """Another partner's aligned line, where the agreement opens aligned lines one by one."""
    return LineFacts(
        row["line_id"],
        row["owner_organisation_id"],
        None,
        row["name"],
        Category(row["category"]),
        Arrangement.ALIGNED,
        money_of(row, "budget"),
        row["moved_pence"],
        row["actual_pence"],
    )


def _aligned(row: Mapping[str, Any]) -> AlignedTotal:
    owner: UUID = row["owner_organisation_id"]
    return AlignedTotal(
        owner,
        Category(row["category"]),
        row["budget_pence"],
        row["budget_unknown"],
        row["moved_pence"],
        row["actual_pence"],
        row["actual_unknown"],
    )


def _promise(row: Mapping[str, Any]) -> ContributionFacts:
    return ContributionFacts(
        row["organisation_id"],
        row["pool_id"],
        Category(row["category"]),
        Arrangement(row["arrangement"]),
        money_of(row, "amount"),
    )
