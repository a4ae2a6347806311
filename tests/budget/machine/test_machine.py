"""The books under anything that may be done to them, through the doors, held against the model at every step.

5,000 steps over twenty seeds, each printed with what happened; BOOKS_STEPS asks for more, over the same and further seeds.
"""

import asyncio
import os

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.budget.machine.machine import BooksMachine
from tests.budget.machine.site import Quick, open_site
from tests.stack import a_caller

FEWEST_SEEDS = 20
STEPS_OF_A_MACHINE = 50
STEPS = int(os.environ.get("BOOKS_STEPS", "5000"))
SEEDS = max(FEWEST_SEEDS, STEPS // 1_000)


def run(machine: type[BooksMachine], number: int, steps: int) -> None:
    wanted = settings(
        max_examples=max(1, steps // STEPS_OF_A_MACHINE),
        stateful_step_count=STEPS_OF_A_MACHINE,
        deadline=None,
        database=None,
        print_blob=True,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(seed(number)(machine), settings=wanted)


@pytest.mark.parametrize("number", range(1, SEEDS + 1))
async def test_the_books_hold_whatever_is_done_to_them(number, stack, client_for, capsys):
    await client_for("budget", a_caller())
    connection = await stack.superuser()

    async def quick(service, caller):
        return Quick(stack.open_apps[service], stack, service, caller)

    class Machine(BooksMachine):
        pass

    Machine.loop = asyncio.get_running_loop()
    Machine.open_site = staticmethod(lambda: open_site(quick, connection))
    Machine.happened.clear()
    try:
        await asyncio.to_thread(run, Machine, number, STEPS // SEEDS)
    finally:
        with capsys.disabled():
            print(f"\nseed {number}: {Machine.steps} steps, {dict(Machine.happened.most_common())}")
        await connection.close()
    assert Machine.happened["looked"] > 0
