"""A Better Care Fund return as a table: schemes by source, minimums, conditions, sign-offs, and the checker."""

from __future__ import annotations

from collections.abc import Iterator

from services.budget.renderings.pounds import Row, pounds
from services.budget.rules.better_care_return import BetterCareReturn

HEADINGS: Row = (
    "Section",
    "Financial year",
    "Quarter",
    "As at",
    "Source or code",
    "Name",
    "Organisation",
    "Promised (£)",
    "Plan for the year (£)",
    "Spend to date (£)",
    "Answer",
    "Words or what is missing",
    "Plan to date (£)",
)


def rows(made: BetterCareReturn) -> Iterator[Row]:
    """The headings, then section by section. Money is in pounds; an empty cell is not known, or does not apply."""
    yield HEADINGS
    for row in _rows(made):
        yield (*row, *(None,) * (len(HEADINGS) - len(row)))


def _rows(made: BetterCareReturn) -> Iterator[Row]:
    when: Row = (made.financial_year, made.quarter, made.as_at)
    for source in made.sources:
        money = (pounds(source.contributions.known_pence), pounds(source.plan.known_pence))
        name = "Grant" if source.grant else "Fund"
        yield (
            "funding",
            *when,
            source.funding_source,
            name,
            None,
            *money,
            pounds(source.spend.known_pence),
            None,
            None,
            pounds(source.plan_to_date.known_pence),
        )
        for scheme in source.schemes:
            line = scheme.line
            open_ = ", ".join(each.code for each in scheme.conditions if not each.met)
            plan, spend = pounds(line.budget_adjusted_pence), pounds(line.actual_pence)
            who = str(line.owner_organisation_id)
            by_then = pounds(scheme.planned_by_then_pence)
            yield (
                "scheme",
                *when,
                source.funding_source,
                line.name,
                who,
                None,
                plan,
                spend,
                None,
                open_,
                by_then,
            )
    for test in made.minimums:
        wanted, found = pounds(test.requirement.amount_pence), pounds(test.figure.known_pence)
        need = test.requirement
        yield (
            "minimum",
            *when,
            need.kind.value,
            need.name,
            None,
            found,
            wanted,
            None,
            _answer(test.met),
            None,
        )
    for each in made.conditions:
        for said in each.answers or (None,):
            who_said = str(said.organisation_id) if said else None
            words = (_answer(said.met), said.text) if said else (None, None)
            code, text = each.condition.code, each.condition.text
            yield ("national condition", *when, code, text, who_said, None, None, None, *words)
    for signed in made.sign_offs:
        who, answer = str(signed.organisation_id), _answer(signed.signed)
        day = signed.decided_on.isoformat() if signed.decided_on else None
        yield ("sign-off", *when, signed.section, signed.body, who, None, None, None, answer, day)
    for section in made.sections:
        lacking = ", ".join(one.what for one in section.missing)
        standing = section.standing.value
        yield ("checker", *when, section.name.value, None, None, None, None, None, standing, lacking)


def _answer(met: bool | None) -> str | None:
    return None if met is None else "yes" if met else "no"
