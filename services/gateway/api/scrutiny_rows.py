"""The pack for scrutiny as a table for people: in pounds, and what is not known stays empty."""

from __future__ import annotations

from collections.abc import Iterator

from services.gateway.api.place_rows import withheld_rows
from services.gateway.renderings.pounds import Cell, Row, pounds
from services.gateway.views.scrutiny_content import ScrutinyContent

HEADINGS: Row = (
    "Row", "Kind", "On", "Title", "Body", "Outcome", "Key decision", "Reference", "Budget (£)", "Actual (£)", "Number",
    "Indicator", "Period", "Value", "Target", "Rating", "Service", "Organisation", "Because",
)  # fmt: skip
_COLUMNS = len(HEADINGS)


def scrutiny_rows(pack: ScrutinyContent) -> Iterator[Row]:
    """Decisions, money, contracts, findings and outcomes one after another, and last what is withheld."""
    yield HEADINGS
    for made in pack.decisions:
        start = ("decision", made.subject, made.decided_on, made.subject_title, made.body, made.outcome)
        yield _wide(*start, made.key_decision, made.reference)
    for exempt in pack.exempt_decisions:
        kind = f"exempt, paragraph {exempt.exemption_paragraph}"
        yield _wide("decision", kind, *(None,) * 8, exempt.decisions)
    for name in ("pooled", "aligned", "shadow", "whole") if pack.fund else ():
        held = getattr(pack.fund, name)
        money = (pounds(held.budget_adjusted.known_pence), pounds(held.actual.known_pence))
        yield _wide("money", name, *(None,) * 6, *money)
    for state in pack.contracts.by_state if pack.contracts else ():
        yield _wide("contracts", state.state, *(None,) * 8, state.contracts)
    for ends in pack.contracts.ends_next if pack.contracts else ():
        yield _wide("contract that ends", None, ends.ends_on, ends.title, None, None, None, ends.reference)
    for finding in pack.findings:
        yield _wide("finding", finding.kind, *(None,) * 8, finding.contracts)
    for line in pack.scorecard.lines if pack.scorecard else ():
        latest = (line.latest.period, line.latest.value) if line.latest else (None, None)
        target = line.target.value if line.target else None
        yield _wide(
            "outcome", line.axis, None, line.title, *(None,) * 7, line.code, *latest, target, line.rating
        )
    yield from withheld_rows(pack.withheld_contributors, _COLUMNS)
    if not pack.complete:
        yield ("Not complete: something is missing, unknown or withheld.",)


def _wide(*cells: Cell) -> Row:
    """A row of all columns; what is left out at its end is empty."""
    return (*cells, *(None,) * (_COLUMNS - len(cells)))
