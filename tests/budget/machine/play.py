"""Playing a machine: one of its own for each seed, and so many steps of it."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.budget.machine.machine import BooksMachine
from tests.budget.machine.site import Site


def made_for(
    open_site: Callable[[], Coroutine[Any, Any, Site]], loop: asyncio.AbstractEventLoop, length: int
) -> type[BooksMachine]:
    """A machine of its own, which counts what it does; `length` is how many steps one partnership lives."""
    own = {
        "open_site": staticmethod(open_site),
        "loop": loop,
        "length": length,
        "steps": 0,
        "happened": Counter(),
    }
    return type("Machine", (BooksMachine,), own)


def play(machine: type[BooksMachine], number: int, steps: int) -> None:
    """Run about so many steps from a seed. Raises what went wrong, with the shortest way to it that was found."""
    wanted = settings(
        max_examples=max(1, steps // machine.length),
        stateful_step_count=machine.length,
        deadline=None,
        database=None,
        print_blob=True,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(seed(number)(machine), settings=wanted)
