"""Builds of the budget service with one known mistake each: what the harness must catch. Never shipped."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi import FastAPI

import services.budget.api.journals as doors
from services.budget.app import create_app
from services.budget.rules import journal as rules
from services.budget.store import entries, journals, positions
from shared import db as database
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database, Transaction
from shared.idempotency import Answer, Sent, find, finish, write


def answer_kept_later() -> FastAPI:
    """The journal in one transaction and its one-time key in a second, under an id of the service's making."""
    return _in_two_transactions(own_ids=True)


def answer_kept_later_under_its_id() -> FastAPI:
    """The same mistake, but the journal keeps the client's id, which the primary key guards too."""
    return _in_two_transactions(own_ids=False)


def _in_two_transactions(*, own_ids: bool) -> FastAPI:
    async def post(db: Database, caller: Caller, sent: Sent, draft: rules.Draft) -> Answer:
        async with db.begin(caller, write=True) as tx:
            if (kept := await find(tx, sent)) is not None:
                return kept
            made = replace(draft, id=uuid.uuid4()) if own_ids else draft
            ids = (entry.account_id for entry in draft.entries)
            held = await journals.lock_accounts(tx, ids, draft.effective_date)
            journal = rules.post(made, held.accounts, caller.organisation_id, held.shut)
            journal = replace(journal, recorded_at=held.at)
            await write(tx, entries.adding(journal))
        change = Change(
            what="journal_posted",
            thing="journal",
            thing_id=journal.id,
            owner_organisation_id=journal.owner_organisation_id,
            partnership_id=journal.partnership_id,
        )
        async with db.begin(caller, write=True) as tx:
            return await finish(tx, sent, change, journal)

    vars(doors)["post_journal"] = post
    return create_app()


def commits_not_waited_for() -> FastAPI:
    """Each transaction switches `synchronous_commit` off for itself, where `/ready` does not look."""
    opening = vars(database)["opening_sql"]

    def hasty(*asked: Any) -> str:
        return f"{opening(*asked)}; set local synchronous_commit = off"

    vars(database)["opening_sql"] = hasty
    return create_app()


def outage_is_a_fault() -> FastAPI:
    """A lost database comes out as an unexpected error, as it did when nobody had mapped the driver's errors."""
    vars(database)["_GONE"] = (ConnectionRefusedError,)
    return create_app()


def every_instant_is_settled() -> FastAPI:
    """A position as recorded at an instant is answered at once, whatever is still under way."""

    async def at_once(_tx: Transaction) -> datetime:
        return datetime.now(UTC) + timedelta(hours=1)

    vars(positions)["settled_until"] = at_once
    return create_app()
