"""Record a notice that was served on a contract."""

from __future__ import annotations

from uuid import UUID

from services.contracts.actions.amend_contract import change
from services.contracts.rules import move as rules
from services.contracts.rules.notice import Notice
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent


async def give_notice(
    db: Database, caller: Caller, sent: Sent, contract_id: UUID, expected_version: int, notice: Notice
) -> Answer:
    """The contract will end on the day that the notice names; its notice period must have run by then."""
    return await change(
        db,
        caller,
        sent,
        contract_id,
        expected_version,
        "contract_notice_given",
        lambda contract: rules.give_notice(contract, notice),
    )
