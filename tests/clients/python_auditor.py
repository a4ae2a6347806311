"""An auditor's program, written with the published Python client: what its bodies' books hold, and nothing else.

It is typed against the published package and run by `make clients`: `python_auditor.py URL DEMO-CLIENTS.JSON`.
"""

from __future__ import annotations

import datetime
import json
import sys
import uuid
from pathlib import Path
from typing import TypeVar

from integrated_commissioning import AuthenticatedClient
from integrated_commissioning import models as m
from integrated_commissioning.api.accounts import list_accounts
from integrated_commissioning.api.audit import get_budget_audit_head
from integrated_commissioning.api.contracts import list_contracts
from integrated_commissioning.api.journals import list_journals, post_journal
from integrated_commissioning.api.partnerships import list_partnerships
from integrated_commissioning.api.positions import get_position
from integrated_commissioning.api.returns import list_return_revisions, list_returns
from integrated_commissioning.partner import connect, every

YEARS = ("2014/15", "2015/16")
T = TypeVar("T")


def ok(what: str) -> None:
    print(f"ok   {what}", flush=True)


def expect(kind: type[T], given: object) -> T:
    """The answer, if it is of this type."""
    assert isinstance(given, kind), f"expected {kind.__name__}, got {given}"
    return given


def read_the_books(
    auditor: AuthenticatedClient, council: AuthenticatedClient, partnership: uuid.UUID
) -> None:
    """The auditor has every journal of its bodies and years, whole, and their accounts."""
    journals = list(every(list_journals.sync, client=auditor, partnership_id=partnership, limit=1))
    theirs = list(every(list_journals.sync, client=council, partnership_id=partnership))
    assert journals
    assert journals == [each for each in theirs if each.financial_year in YEARS]
    for each in journals:
        assert sum(entry.amount_pence for entry in each.entries) == 0
    known = {each.id for each in every(list_accounts.sync, client=auditor, partnership_id=partnership)}
    assert {entry.account_id for each in journals for entry in each.entries} <= known
    ok("the auditor reads every journal of its bodies and years, page by page, and each adds up to nothing")
    for year in ("2014-15", "2015-16"):
        mine, its_own = (
            expect(
                m.PositionOut, get_position.sync(client=each, partnership_id=partnership, financial_year=year)
            )
            for each in (auditor, council)
        )
        assert mine.totals == its_own.totals
    ok("the auditor's position is the bodies' own, to the penny")


def read_the_evidence(auditor: AuthenticatedClient) -> None:
    """Contracts, and what was reported under them with every revision and who decided."""
    contracts = {each.reference for each in every(list_contracts.sync, client=auditor)}
    assert "PCC-PUBLIC-HEALTH" in contracts
    returns = list(every(list_returns.sync, client=auditor, state=m.ReturnState.ACCEPTED))
    assert returns
    history = expect(m.RevisionsOut, list_return_revisions.sync(returns[0].id, client=auditor))
    assert [each.revision for each in history.items] == list(range(1, returns[0].revision + 1))
    ok("the auditor reads contracts, and accepted returns with every revision")
    head = get_budget_audit_head.sync(client=auditor)
    assert not isinstance(head, m.Problem)
    assert head is not None
    ok("the auditor takes away a signed head of the books' audit, against which it can prove them later")


def write_nothing(auditor: AuthenticatedClient, council: AuthenticatedClient, partnership: uuid.UUID) -> None:
    """An auditor posts nothing: the door is closed before the books are looked at."""
    accounts = expect(m.AccountsOut, list_accounts.sync(client=council, partnership_id=partnership)).items
    body = m.JournalIn(
        kind=m.JournalKind.CONTRIBUTION,
        effective_date=datetime.date(2015, 7, 1),
        narrative="Not an auditor's",
        entries=[m.EntryIn(accounts[0].id, 100), m.EntryIn(accounts[1].id, -100)],
    )
    refused = expect(m.Problem, post_journal.sync(uuid.uuid4(), client=auditor, body=body))
    assert refused.status == 403
    ok("the auditor posts nothing")


def main(url: str, credentials: dict[str, dict[str, str]]) -> None:
    """The whole journey."""
    auditor, council = (
        connect(url, credentials[name]["client_id"], client_secret=credentials[name]["client_secret"])
        for name in ("external-auditor", "plymouth-city-council")
    )
    with auditor, council:
        (partnership,) = list(every(list_partnerships.sync, client=auditor))
        assert partnership.area == "Plymouth"
        read_the_books(auditor, council, partnership.id)
        read_the_evidence(auditor)
        write_nothing(auditor, council, partnership.id)


if __name__ == "__main__":
    main(sys.argv[1], json.loads(Path(sys.argv[2]).read_text(encoding="utf-8")))
