"""Mistakes put into every write at once, for tests of the test: each must be caught on each of the cases."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest

from shared import idempotency
from shared.context import opening_sql
from shared.db import Prepared, Transaction

CASES = frozenset(
    {
        "test_milestones.py::test_the_function_was_planned_for_march_and_formed_in_april",
        "test_commitment_limits.py::test_a_limit_is_its_owner_s_and_the_last_one_stands",
        "test_delegations.py::test_each_keeps_its_own_limits_and_its_partners_read_them",
    }
)
_TELL = vars(idempotency)["_TELL"]
_KEEP = vars(idempotency)["_keep"](
    vars(idempotency)["_NOTHING"].part
)  # of a write that leaves nothing to its end
_do = Transaction.do


@contextmanager
def _doing(do: Any) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patches:
        patches.setattr(Transaction, "do", do)
        yield


async def _commit_and_go_on(tx: Transaction) -> None:
    await tx._connection.execute("commit")
    await tx._connection.execute(opening_sql(tx.caller, False, "read committed"))


def audit_in_a_second_transaction() -> AbstractContextManager[None]:
    """The change is committed before its audit row, its event and its answer are written."""

    async def do(tx: Transaction, statement: Prepared, **values: Any) -> int:
        if statement is _KEEP:
            await _commit_and_go_on(tx)
        return await _do(tx, statement, **values)

    return _doing(do)


def answer_kept_apart() -> AbstractContextManager[None]:
    """The answer is kept in a second transaction, its audit row and its event in the first."""

    async def do(tx: Transaction, statement: Prepared, **values: Any) -> int:
        if statement is not _KEEP:
            return await _do(tx, statement, **values)
        await _do(tx, _TELL, **{name: values[name] for name in _TELL.names})
        await _commit_and_go_on(tx)
        kept = vars(idempotency)["_KEEP_ALONE"]
        return await _do(tx, kept, **{name: values[name] for name in kept.names})

    return _doing(do)


def answer_not_kept() -> AbstractContextManager[None]:
    """The change is told to everybody but to who sends it again."""

    async def do(tx: Transaction, statement: Prepared, **values: Any) -> int:
        if statement is not _KEEP:
            return await _do(tx, statement, **values)
        return await _do(tx, _TELL, **{name: values[name] for name in _TELL.names})

    return _doing(do)


def commits_before_the_end() -> AbstractContextManager[None]:
    """Whatever is written is committed at once, statement by statement."""

    async def do(tx: Transaction, statement: Prepared, **values: Any) -> int:
        done = await _do(tx, statement, **values)
        await _commit_and_go_on(tx)
        return done

    return _doing(do)


BUILDS: dict[str, Callable[[], AbstractContextManager[None]]] = {
    each.__name__.replace("_", " "): each
    for each in (
        audit_in_a_second_transaction,
        answer_kept_apart,
        answer_not_kept,
        commits_before_the_end,
    )
}
