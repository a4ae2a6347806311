"""A year-end pack as a table: memorandum account, disclosure notes, carry-forward and balances, in pounds."""

from __future__ import annotations

from collections.abc import Iterator

from services.budget.renderings.pounds import Row, pounds
from services.budget.rules.memorandum import Memorandum
from services.budget.rules.year_end_pack import YearEndPack

HEADINGS: Row = ("Part", "Financial year", "Pool", "Organisation", "Item", "Amount (£)", "Words")


def rows(pack: YearEndPack) -> Iterator[Row]:
    """The headings, then part by part. An empty amount is not known."""
    yield HEADINGS
    start: Row = (pack.financial_year, pack.pool_name)
    for who, item, pence in _memorandum(pack.memorandum):
        yield ("memorandum account", *start, who, item, pounds(pence), None)
    for note in pack.notes:
        who, share = str(note.organisation_id), pounds(note.share_pence)
        yield ("disclosure note", *start, who, "Share of the balance", share, note.text)
    for carried in pack.carry_forward:
        for each in carried.shares:
            words = f"{each.funding_source}: {each.treatment.value} ({carried.state})"
            who = str(each.organisation_id)
            yield ("carry-forward", *start, who, "Share carried", pounds(each.amount_pence), words)
    for balance in pack.balances:
        who = str(balance.organisation_id)
        for item, owed in (
            ("Contributions due", balance.due.known_pence),
            ("Contributions received", balance.received_pence),
            ("Owed to the fund", balance.owed_to_fund_pence),
            ("Held for the partner", balance.held_for_partner_pence),
            ("Net owed to the fund", balance.net_pence),
        ):
            yield ("agreement of balances", *start, who, item, pounds(owed), None)


def _memorandum(account: Memorandum) -> Iterator[tuple[str | None, str, int]]:
    yield None, "Opening balance", account.opening_pence
    for each in account.funding:
        yield str(each.organisation_id), "Contribution", each.received_pence
    yield None, "Income", account.income_pence
    for line in account.spending:
        yield str(line.owner_organisation_id), line.name, line.expenditure_pence
    yield None, "Expenditure", account.expenditure_pence
    yield None, "Net of the year", account.net_pence
    yield None, "To or from other pools", account.other_pools_pence
    yield None, "Closing balance", account.closing_pence
