"""Let obligations go on with contracts that go on as others: each ends, and one of its kind begins."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from services.outcomes.rules import obligation_handover as rules
from services.outcomes.rules.keeper import check_commissioner
from services.outcomes.rules.obligation import Obligation, due_returns
from services.outcomes.store import input_windows, obligations
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database, Transaction
from shared.idempotency import Answer, Sent, find, finish, finish_unchanged, tell


async def hand_over_obligations(
    db: Database, caller: Caller, sent: Sent, asked: rules.ObligationHandover
) -> Answer:
    """Nothing that was reported moves. What cannot go on is left as it was, with a remark."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        check_commissioner(asked.partnership_id, caller.partnerships("commissioner", "host"))
        passed = []
        for handover in asked.handovers:
            passed += await _pass_on(tx, asked, handover)
        changes, titles = [], dict[UUID, set[str]]()
        for each in passed:
            if each.ended is not None:
                changes.append(await _end(tx, each.ended))
            for one in each.made:
                taken = titles.setdefault(one.contract_id, set())
                made = rules.titled(one, taken)
                taken.add(made.title)
                changes.append(await _make(tx, made))
        thing = rules.ObligationsHandedOver(
            asked.id,
            tuple(each.ended.id for each in passed if each.ended is not None),
            tuple(one.id for each in passed for one in each.made),
            tuple(remark for each in passed for remark in each.remarks),
        )
        if not changes:
            return await finish_unchanged(tx, sent, thing)
        await tell(tx, changes[:-1])
        return await finish(tx, sent, changes[-1], thing, status=200)


async def _pass_on(
    tx: Transaction, asked: rules.ObligationHandover, handover: rules.Handover
) -> list[rules.Passed]:
    found = await obligations.of_contract(tx, handover.contract_id, asked.day)
    reported = await obligations.reported_until(tx, handover.contract_id)
    passed = []
    for each in found:
        if each.partnership_id != asked.partnership_id:
            continue
        if each.lead_organisation_id not in tx.caller.organisations:
            passed.append(rules.Passed(remarks=(rules.DutyRemark(each.id, rules.NOT_LED),)))
            continue
        set_by = (tx.caller.organisation_id, tx.caller.client_id)
        passed.append(rules.pass_on(each, asked, handover.heirs, reported.get(each.id), set_by))
    return passed


async def _end(tx: Transaction, ended: Obligation) -> Change:
    due = due_returns(ended)
    await obligations.add_term(tx, ended, due)
    await input_windows.move_due_days(tx, ended.id, ended.settings)
    return _told("obligation_term_changed", ended, ends_on=ended.ends_on.isoformat(), due_returns=len(due))


async def _make(tx: Transaction, made: Obligation) -> Change:
    due = due_returns(made)
    await obligations.add(tx, replace(made, settings=()), due)
    for edition, each in enumerate(made.settings, 1):
        await input_windows.add_settings(tx, made, each, edition)
    await input_windows.move_due_days(tx, made.id, made.settings)
    return _told("obligation_created", made, contract_id=str(made.contract_id), due_returns=len(due))


def _told(what: str, obligation: Obligation, **facts: str | int) -> Change:
    return Change(
        what=what,
        thing="obligation",
        thing_id=obligation.id,
        owner_organisation_id=obligation.owner_organisation_id,
        partnership_id=obligation.partnership_id,
        readers=tuple(obligations.readers(obligation)),
        facts=facts,
    )
