"""What a succession would do in the directory, as it stands now."""

from __future__ import annotations

from services.gateway.rules.succession import Succession
from services.gateway.rules.succession_membership import DirectoryPart, directory_part
from services.gateway.store import members, organisations
from shared.db import Transaction


async def plan(tx: Transaction, succession: Succession) -> DirectoryPart:
    concerned = await members.with_any(tx, [*succession.predecessors, *succession.successors])
    predecessors = [await organisations.get(tx, each) for each in succession.predecessors]
    return directory_part(succession, concerned, predecessors)
