"""Record a version of a specification; the one before it, if it had no end, ends the day before."""

from __future__ import annotations

from services.contracts.actions.register_contract import NOT_COMMISSIONED
from services.contracts.rules import specification as rules
from services.contracts.store import specifications
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish, tell


async def record_specification(
    db: Database, caller: Caller, sent: Sent, draft: rules.Specification
) -> Answer:
    """Record the version, or give back what was answered when it was recorded before."""
    if not caller.holds(draft.partnership_id, "commissioner", "host"):
        raise NOT_COMMISSIONED("/partnership_id")
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        version, ended = rules.take_up(
            draft, await specifications.of_code(tx, draft.partnership_id, draft.code)
        )
        if ended is not None:
            named = await specifications.naming(tx, ended.id)
            await specifications.end(tx, rules.end(ended, named))
            await tell(tx, [_told("specification_ended", ended)])
        version = await specifications.add(tx, version)
        return await finish(tx, sent, _told("specification_recorded", version), version)


def _told(what: str, version: rules.Specification) -> Change:
    return Change(
        what=what,
        thing="specification",
        thing_id=version.id,
        owner_organisation_id=version.owner_organisation_id,
        partnership_id=version.partnership_id,
        facts={"code": version.code, "number": version.number},
    )
