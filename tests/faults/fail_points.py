"""A build of the budget service that kills itself at one exact point of a posting."""

import os
import signal
from typing import Any

from fastapi import FastAPI

import services.budget.api.journals as doors
from services.budget.app import create_app
from shared import db as database
from shared.db import Prepared, Transaction

POINT = "FAIL_POINT"
BEFORE, AFTER_COMMIT = "before the transaction", "after the commit, before the answer"
STATEMENTS = tuple(f"after statement {number}" for number in range(1, 4))
POINTS = (BEFORE, *STATEMENTS, "before the commit", AFTER_COMMIT)


def app() -> FastAPI:
    """The real service, which ends itself with SIGKILL when a posting comes to the point in the environment."""
    point = os.environ[POINT]

    def reached(here: str) -> None:
        if here == point:
            os.kill(os.getpid(), signal.SIGKILL)

    for name in ("post_journal", "reverse_journal"):
        _before(name, reached)
    _after_statements(reached)
    _around_commit(reached)
    return create_app()


def _before(name: str, reached: Any) -> None:
    action = getattr(doors, name)

    async def acting(*arguments: Any) -> Any:
        reached(BEFORE)
        return await action(*arguments)

    setattr(doors, name, acting)


def _after_statements(reached: Any) -> None:
    count = 0

    def counting(run: Any) -> Any:
        async def running(self: Transaction, statement: Prepared, **values: Any) -> Any:
            nonlocal count
            found = await run(self, statement, **values)
            count += 1
            reached(f"after statement {count}")
            return found

        return running

    Transaction.all = counting(Transaction.all)  # type: ignore[method-assign]  # the point of this build
    Transaction.do = counting(Transaction.do)  # type: ignore[method-assign]


def _around_commit(reached: Any) -> None:
    commit = database._commit

    async def committing(connection: Any, write: bool, seconds: int | None) -> None:
        reached("before the commit")
        await commit(connection, write, seconds)
        reached(AFTER_COMMIT)

    database._commit = committing
