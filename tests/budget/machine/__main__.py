"""Many steps of the machine in one process: `python -m tests.budget.machine --steps 100000 --log FILE`.

Several partnerships live at the same time in one service and one database, each with a seed of its own. Every seed is
printed and logged with its steps and with what happened; one that fails is logged with its shortest way, and the others go on.
"""

import argparse
import asyncio
import tempfile
import traceback
from contextlib import AsyncExitStack
from pathlib import Path

import asyncpg
import pytest
import uvloop

from tests.budget.machine.play import made_for, play
from tests.budget.machine.quick import Quick
from tests.budget.machine.site import open_site
from tests.stack import Stack, app_of, running_stack

OF_A_SEED = 1_000
# What is kept on disc at which instant is the matter of other tests; and every step looks at all rows of its partnership.
_FASTER = """
do $$ declare each text; begin
    alter role budget_app set synchronous_commit = off;
    for each in select c.table_name from information_schema.columns c
                  join information_schema.tables t using (table_schema, table_name)
                 where table_schema = 'budget' and column_name = 'partnership_id' and table_type = 'BASE TABLE' loop
        execute format('create index on budget.%I (partnership_id)', each);
    end loop;
end $$;
"""


class Run:
    """The seeds that are still to be played, and what came of those that were."""

    def __init__(self, stack: Stack, log: Path, seeds: list[int], length: int) -> None:
        self.stack, self.log, self.seeds, self.length = stack, log, seeds, length
        self.steps, self.failed = 0, list[int]()

    def say(self, words: str) -> None:
        print(words, flush=True)
        with self.log.open("a", encoding="utf-8") as log:
            log.write(words + "\n")

    async def player(self) -> None:
        while self.seeds:
            await self.play(self.seeds.pop(0))

    async def play(self, number: int) -> None:
        connection = await self.stack.superuser()
        machine = made_for(
            lambda: open_site(self._client, connection), asyncio.get_running_loop(), self.length
        )
        try:
            await asyncio.to_thread(play, machine, number, OF_A_SEED)
        except Exception:  # noqa: BLE001 whatever it was belongs into the log
            self.failed.append(number)
            self.say(f"seed {number} FAILED\n{traceback.format_exc()}")
        finally:
            self.steps += machine.steps
            told = dict(machine.happened.most_common())
            self.say(f"seed {number}: {machine.steps} steps, {self.steps} in all, {told}")
            await connection.close()

    async def _client(self, service, caller) -> Quick:
        return Quick(self.stack.open_apps[service], self.stack, service, caller)


async def _run(stack: Stack, asked: argparse.Namespace) -> bool:
    superuser = await asyncpg.connect(stack.cluster.superuser_dsn())
    await superuser.execute(_FASTER)
    await superuser.close()
    seeds = list(range(asked.first, asked.first + max(1, asked.steps // OF_A_SEED)))
    patches = pytest.MonkeyPatch()
    async with AsyncExitStack() as exits:
        await app_of(stack, "budget", exits, patches)
        run = Run(stack, asked.log, seeds, asked.length)
        await asyncio.gather(*(run.player() for _ in range(asked.at_once)))
    patches.undo()
    run.say(f"{run.steps} steps, seeds that failed: {run.failed or 'none'}")
    return not run.failed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=100_000)
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--length", type=int, default=200, help="steps in the life of one partnership")
    parser.add_argument("--at-once", type=int, default=4)
    parser.add_argument("--log", type=Path, default=Path("build/machine.log"))
    asked = parser.parse_args()
    asked.log.parent.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        running_stack(Path(folder), ["budget"]) as stack,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        return 0 if runner.run(_run(stack, asked)) else 1


if __name__ == "__main__":
    raise SystemExit(main())
