"""The books under anything that may be done to them, through the doors, held against the model at every step.

5,000 steps over twenty seeds, each printed with what happened. `python -m tests.budget.machine` takes many more.
"""

import asyncio

import pytest

from tests.budget.machine.play import made_for, play
from tests.budget.machine.quick import Quick
from tests.budget.machine.site import open_site
from tests.stack import a_caller

SEEDS = 20
STEPS = 5_000
LENGTH = 50


@pytest.mark.parametrize("number", range(1, SEEDS + 1))
async def test_the_books_hold_whatever_is_done_to_them(number, stack, client_for, capsys):
    await client_for("budget", a_caller())
    connection = await stack.superuser()

    async def quick(service, caller):
        return Quick(stack.open_apps[service], stack, service, caller)

    machine = made_for(lambda: open_site(quick, connection), asyncio.get_running_loop(), LENGTH)
    try:
        await asyncio.to_thread(play, machine, number, STEPS // SEEDS)
    finally:
        with capsys.disabled():
            print(f"\nseed {number}: {machine.steps} steps, {dict(machine.happened.most_common())}")
        await connection.close()
    assert machine.happened["looked"] > 0
