"""Take a published list of bodies into the directory, or only say what it would do."""

from __future__ import annotations

from collections.abc import Sequence

from services.gateway.rules import reference_file as rules
from services.gateway.rules.reference_file import Finding, Listed, ListLayout, Outcome
from services.gateway.rules.reference_report import ListedRow, ReferenceReport, report
from services.gateway.store import organisations
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish, finish_unchanged, tell


async def import_organisations(
    db: Database,
    caller: Caller,
    sent: Sent,
    layout: ListLayout,
    listed: Sequence[Listed],
    findings: Sequence[Finding],
    dry_run: bool,
) -> Answer | ReferenceReport:
    """All rows that can be taken, in one transaction; the same list again changes nothing. A trial keeps nothing."""
    async with db.begin(caller, write=not dry_run) as tx:
        if not dry_run and (kept := await find(tx, sent)) is not None:
            return kept
        rows: list[ListedRow] = []
        changes: list[Change] = []
        known = await organisations.with_codes(tx, [each.body.identifiers[0] for each in listed])
        for each in listed:
            before = known.get(rules.key_of(each.body))
            outcome, after = rules.take_over(each.body, before)
            code = each.body.identifiers[0].code
            rows.append(ListedRow(each.line, outcome, after.id, code, after.name))
            if dry_run or outcome is Outcome.UNCHANGED:
                continue
            await (organisations.add if before is None else organisations.save)(tx, after)
            changes.append(
                Change(
                    what="organisation_created" if before is None else "organisation_changed",
                    thing="organisation",
                    thing_id=after.id,
                    owner_organisation_id=caller.organisation_id,
                    readers=(after.id,),
                    facts={"list": layout.value},
                )
            )
        made = report(layout, dry_run, rows, findings)
        if dry_run:
            return made
        if not changes:
            return await finish_unchanged(tx, sent, made, status=201)
        await tell(tx, changes[:-1])
        return await finish(tx, sent, changes[-1], made)
