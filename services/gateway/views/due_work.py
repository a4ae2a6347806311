"""What is due in a partnership, and by when: dates of contracts, returns that are owed, milestones and reports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from services.gateway.clients.budget_lists import ListedMilestone, ReportDue, milestones, reports_due
from services.gateway.clients.contract_lists import DueOnContract, due_on_contracts
from services.gateway.clients.outcome_lists import OwedReturn, owed_returns
from services.gateway.clients.reading import Reader
from services.gateway.rules.planned_time import last_day_of
from services.gateway.views.work import SECONDS, Found, Read, WorkAsked, WorkItem, WorkView, gather, in_order

OPERATIONS = {
    "listDueDates": "contracts",
    "getCompleteness": "outcomes",
    "listMilestones": "budget",
    "listReportRequirements": "budget",
}


async def due_work(readers: Mapping[str, Reader], asked: WorkAsked) -> WorkView:
    """Everything that falls due until the asked day, and what is overdue."""
    place, until, day = asked.partnership_id, asked.until, asked.as_at
    sources, found, complete = await gather(
        readers,
        asked,
        (
            Read("contracts", "listDueDates", lambda r: due_on_contracts(r, place, until, day, SECONDS)),
            Read("outcomes", "getCompleteness", lambda r: owed_returns(r, place, day, SECONDS)),
            Read("budget", "listMilestones", lambda r: milestones(r, place, SECONDS)),
            Read("budget", "listReportRequirements", lambda r: reports_due(r, place, SECONDS)),
        ),
    )
    items = [each for each in _items(found, asked) if each.on is not None and each.on <= until]
    return WorkView(place, day, complete, sources, in_order(items))


def _items(found: Found, asked: WorkAsked) -> Iterator[WorkItem]:
    for listed in found.values():
        for each in listed.items:
            match each:
                case DueOnContract():
                    yield _contract(each)
                case OwedReturn():
                    yield _return(each)
                case ListedMilestone(reached=None):
                    yield _milestone(each, asked)
                case ReportDue() if each.due_on >= asked.as_at:
                    yield _report(each)


def _contract(due: DueOnContract) -> WorkItem:
    return WorkItem(
        "contracts", due.kind, due.on, due.overdue, f"{due.reference} {due.title}", due.because, None,
        "contract", due.contract_id, due.owner_organisation_id,
    )  # fmt: skip


def _return(owed: OwedReturn) -> WorkItem:
    sent_back = owed.state == "returned"
    because = "It was sent back to be corrected." if sent_back else "It has not come yet."
    return WorkItem(
        "outcomes", "return", owed.due_on, owed.overdue, f"{owed.title}, {owed.period}", because,
        "Send the return for this period.", "obligation", owed.obligation_id, owed.provider_organisation_id,
    )  # fmt: skip


def _milestone(planned: ListedMilestone, asked: WorkAsked) -> WorkItem:
    on = last_day_of(planned.planned)
    because = f"Planned for {planned.planned}: {planned.source}."
    return WorkItem(
        "budget", "milestone", on, on < asked.as_at, planned.name, because,
        "Record when it was reached.", "milestone", planned.id, planned.owner_organisation_id,
    )  # fmt: skip


def _report(due: ReportDue) -> WorkItem:
    """A report of the past is not told as overdue: that it was handed in is not on record here."""
    quarter = "" if due.quarter is None else f", quarter {due.quarter}"
    return WorkItem(
        "budget", "report", due.due_on, False, f"{due.report.replace('_', ' ')} {due.financial_year}{quarter}",
        f"Laid down by {due.source}.", None, "report_requirement", due.id, None,
    )  # fmt: skip
