"""Set a validation rule of an obligation, or replace one."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from services.outcomes.rules.kpi_return import OBLIGATION_UNKNOWN
from services.outcomes.rules.obligation import check_leads
from services.outcomes.rules.validation_rule import RULE_TO_REPLACE_UNKNOWN, ValidationRule, check_rule
from services.outcomes.store import indicators, obligations, validation_rules
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.errors import NOT_FOUND, Refusal
from shared.idempotency import Answer, Sent, find, finish


async def set_validation_rule(db: Database, caller: Caller, sent: Sent, asked: ValidationRule) -> Answer:
    """Set the rule. It holds for what is submitted from now on; only the lead of the contract sets it."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        obligation = await obligations.maybe(tx, asked.obligation_id)
        if obligation is None:
            raise OBLIGATION_UNKNOWN("/obligation_id")
        check_leads(obligation, caller.organisations)
        known = await indicators.of_ids(tx, (each.indicator_id for each in obligation.indicators))
        check_rule(asked, {each.code for each in known.values()})
        if asked.replaces_id is not None:
            replaced: UUID | None = None
            try:
                replaced = (await validation_rules.get(tx, asked.replaces_id)).obligation_id
            except Refusal as refusal:
                if refusal.code != NOT_FOUND.code:
                    raise
            if replaced != obligation.id:
                raise RULE_TO_REPLACE_UNKNOWN("/replaces_id")
        rule = replace(
            asked,
            partnership_id=obligation.partnership_id,
            owner_organisation_id=obligation.owner_organisation_id,
        )
        below = obligations.below_obligation(obligation)
        rule = replace(rule, recorded_at=await validation_rules.add(tx, rule, below))
        change = Change(
            what="validation_rule_set",
            thing="validation_rule",
            thing_id=rule.id,
            owner_organisation_id=rule.owner_organisation_id,
            partnership_id=rule.partnership_id,
            readers=tuple(obligations.readers(obligation)),
            facts={"obligation_id": str(obligation.id), "severity": rule.severity.value},
        )
        return await finish(tx, sent, change, rule)
