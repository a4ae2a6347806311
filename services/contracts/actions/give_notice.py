"""Record a notice that was served on a contract."""

from __future__ import annotations

from uuid import UUID

from services.contracts.actions.move_contract import Asked, move_contract
from services.contracts.rules import move as rules
from services.contracts.rules.notice import Notice
from services.contracts.rules.step import Move, Step
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent


async def give_notice(
    db: Database, caller: Caller, sent: Sent, contract_id: UUID, expected_version: int, notice: Notice
) -> Answer:
    """The contract will end on the day that the notice names; its notice period must have run by then."""
    asked = Asked(
        "contract_notice_given",
        Step(Move.NOTICE, on=notice.served_on, note=notice.reason),
        lambda contract, _: rules.give_notice(contract, notice),
    )
    return await move_contract(db, caller, sent, contract_id, expected_version, asked)
