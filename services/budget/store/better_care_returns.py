"""A Better Care Fund return, read from positions, promises, requirements, statements and the decisions behind them."""

from __future__ import annotations

from typing import Any

from services.budget.rules.better_care_return import (
    SOURCES,
    BetterCareReturn,
    ReturnFacts,
    SchemeCondition,
    SchemeTerms,
    make_return,
)
from services.budget.rules.funding_requirement import FundingAsked, FundingTest, hold_against
from services.budget.rules.position import Asked
from services.budget.rules.report_period import Report, ReportAsked
from services.budget.store import (
    body_kinds,
    clock,
    contributions,
    decisions,
    funding_requirements,
    pools,
    positions,
    report_requirements,
    report_statements,
)
from services.budget.store.visibility import scope, scoped_sql
from shared.db import Prepared, Transaction
from shared.errors import NOT_FOUND

_TAG = "bcf"
_RECORDED = "coalesce($3::timestamptz, 'infinity')"
# The lines of pools that the fund or its grants pay for, each with what its grant demands and what of that is met.
_SCHEMES = Prepared(
    f"""
select l.id as line_id, coalesce(l.nature ->> 'funding_source', 'core_budget') as funding_source,
       coalesce(l.nature -> 'ring_fence' -> 'conditions', '[]') as conditions,
       array(select m.code from met_demands m
              where m.line_id = l.id and m.met_on <= $8 and m.recorded_at <= {_RECORDED}) as met,
       (select p.amounts_pence from line_profiles p
         where p.line_id = l.id and p.recorded_at <= {_RECORDED} order by p.number desc limit 1) as profile_pence
  from lines_at($1, $2, $8, {_RECORDED}) l
 where l.pool_id is not null and ($4::uuid is null or l.pool_id = $4)
   and (coalesce(l.nature ->> 'funding_source', 'core_budget') = any ($9::text[]) or $10::text = any (l.tags))
   and {scoped_sql("l", "l.owner_organisation_id")}
""",  # noqa: S608 fixed pieces; every value is bound
    (
        "partnership",
        "year",
        "recorded",
        "pool",
        "partner",
        "organisations",
        "audits",
        "as_at",
        "sources",
        "tag",
    ),
    {},
)


async def read(tx: Transaction, asked: ReportAsked) -> BetterCareReturn:
    """The return as this caller may see it. What it may not see at all is not found, nor is it an observer's."""
    place = asked.partnership_id
    audited = f"{place}/*/{asked.financial_year}" in scope(tx)["audits"]
    if not tx.caller.holds(place, "commissioner", "host") and not audited:
        raise NOT_FOUND()
    if asked.pool_id is not None and (await pools.get(tx, asked.pool_id)).partnership_id != place:
        raise NOT_FOUND()
    position = await positions.read(
        tx, Asked(place, asked.pool_id, asked.financial_year, asked.as_at, asked.as_recorded)
    )
    funding = FundingAsked(place, asked.pool_id, asked.financial_year, asked.as_at, asked.as_recorded)
    promises = await contributions.standing(tx, funding)
    statements = await report_statements.of_report(tx, Report.BETTER_CARE_FUND, asked)
    signing = [each.decision_id for each in statements if each.decision_id is not None]
    facts = ReturnFacts(
        position.lines,
        position.withheld_contributors,
        await _schemes(tx, asked),
        promises,
        await _tests(tx, funding),
        statements,
        {each.id: each for each in await decisions.of_ids(tx, signing, asked.as_recorded)},
        await report_requirements.of_report(tx, Report.BETTER_CARE_FUND, asked),
        asked.as_recorded.date() if asked.as_recorded else await clock.today(tx),
    )
    return make_return(asked, facts)


async def _schemes(tx: Transaction, asked: ReportAsked) -> list[SchemeTerms]:
    rows = await tx.all(
        _SCHEMES,
        partnership=asked.partnership_id,
        year=asked.financial_year,
        recorded=asked.as_recorded,
        pool=asked.pool_id,
        partner=tx.caller.holds(asked.partnership_id, "commissioner", "host"),
        organisations=scope(tx)["organisations"],
        audits=scope(tx)["audits"],
        as_at=asked.as_at,
        sources=sorted(SOURCES),
        tag=_TAG,
    )
    return [
        SchemeTerms(
            row["line_id"], row["funding_source"], _conditions(row), tuple(row["profile_pence"] or ())
        )
        for row in rows
    ]


def _conditions(row: Any) -> tuple[SchemeCondition, ...]:
    met = set(row["met"])
    return tuple(
        SchemeCondition(each["code"], each["demands"], each["code"] in met) for each in row["conditions"]
    )


async def _tests(tx: Transaction, asked: FundingAsked) -> list[FundingTest]:
    requirements = await funding_requirements.standing(tx, asked)
    lines = await funding_requirements.counted(tx, asked)
    promises = await contributions.standing(tx, asked)
    unseen = await funding_requirements.unseen(tx, asked)
    bodies = await body_kinds.nhs_bodies(tx, asked.partnership_id)
    return [hold_against(each, lines, promises, bodies, unseen) for each in requirements]
