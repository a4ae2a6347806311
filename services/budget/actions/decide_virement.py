"""Approve or refuse a virement for one's own organisation; the last approval posts it."""

from __future__ import annotations

from uuid import UUID, uuid4

from services.budget.rules import virement as rules
from services.budget.rules import virement_approval as approval
from services.budget.rules.decision import Decision
from services.budget.store import decisions, line_funds, postings, virements
from services.budget.store.clock import today
from services.budget.store.virement_events import told
from shared.calendar import LedgerPeriod, read_ledger_period
from shared.caller import Caller
from shared.db import Database, Transaction
from shared.errors import NOT_FOUND, Refusal
from shared.idempotency import Answer, Sent, check_version, find, finish, tell


async def decide_virement(
    db: Database,
    caller: Caller,
    sent: Sent,
    virement_id: UUID,
    expected_version: int,
    given: rules.Given,
    posting_period: LedgerPeriod | None = None,
) -> Answer:
    """Keep the verdict. When nobody is left to ask, its journal is posted in the same transaction."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        virement = await virements.lock(tx, virement_id)
        maker, by = await virements.maker_of(tx, virement_id), approval.Maker(caller.client_id, caller.person)
        decision = await _decision(tx, given)
        decided = approval.decide(virement, given, maker, by, decision, await today(tx))
        check_version(virement.version, expected_version)
        await virements.add_given(tx, virement, given, by)
        if given.outcome is rules.Verdict.REFUSED:
            what = "virement_refused"
        elif approval.fully_approved(decided):
            decided, what = await _post(tx, decided, posting_period), "virement_posted"
        else:
            what = "virement_approved"
        await virements.save(tx, decided)
        return await finish(tx, sent, told(what, decided), decided, status=200)


async def _post(tx: Transaction, virement: rules.Virement, period: LedgerPeriod | None) -> rules.Virement:
    """Into the budget book, if the line that gives still has it."""
    ids = [each for each in (virement.from_line_id, virement.to_line_id) if each is not None]
    found = await line_funds.lock(tx, ids)
    giving = virement.from_account_id
    if virement.from_line_id is not None:
        rules.require_free(found[virement.from_line_id], virement.amount_pence)
        giving = await virements.account_of(tx, virement.from_line_id)
    taking = await virements.account_of(tx, virement.to_line_id)
    if period is None and virement.posting_period is not None:
        period = read_ledger_period(virement.posting_period)
    draft = rules.draft(virement, uuid4(), giving, taking, period)
    try:
        journal = await postings.enter(tx, draft)
    except Refusal as refusal:  # what is wrong with the journal is not in the body, but for its period
        at = [each.pointer for each in refusal.faults if each.pointer == "/posting_period"]
        raise refusal.reason(*at[:1], **refusal.facts) from None
    await tell(tx, [postings.told(journal)])
    return rules.posted(virement, journal.id, journal.posting_period)


async def _decision(tx: Transaction, given: rules.Given) -> Decision | None:
    if given.decision_id is None:
        return None
    try:
        return await decisions.get(tx, given.decision_id)
    except Refusal as refusal:
        if refusal.reason is not NOT_FOUND:
            raise
        return None  # the rule asks for one that counts
