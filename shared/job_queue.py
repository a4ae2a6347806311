"""The queue of work that waits: PgQueuer over the service's own role, on connections that it alone uses."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

if TYPE_CHECKING:
    from pgqueuer.core.qm import QueueManager
    from pgqueuer.core.sm import SchedulerManager

# Does one piece of work by its id. Returns None where it is done, and else in how many seconds to try again.
Work = Callable[[UUID], Awaitable[int | None]]
_HEARTBEAT = timedelta(seconds=30)  # what a killed worker had in hand is taken up by another after so long


@asynccontextmanager
async def worker_of(
    url: str, service: str, entrypoint: str, work: Work, at_once: int
) -> AsyncIterator[QueueManager]:
    """A worker for one kind of work: `run` it, and set its `shutdown` to let it finish what it has in hand."""
    # The library is imported when work begins, since no request needs it and it makes a service start later.
    from pgqueuer.adapters.drivers.asyncpg import AsyncpgPoolDriver  # noqa: PLC0415 slow to load
    from pgqueuer.adapters.persistence.queries import Queries  # noqa: PLC0415 slow to load
    from pgqueuer.core.qm import QueueManager  # noqa: PLC0415 slow to load
    from pgqueuer.domain.errors import RetryRequested  # noqa: PLC0415 slow to load
    from pgqueuer.domain.models import Job  # noqa: PLC0415 slow to load

    pool = await _pool(url, service)
    try:
        manager = QueueManager(Queries(AsyncpgPoolDriver(pool)))

        async def one(job: Job) -> None:
            again = await work(UUID(bytes=job.payload or b""))
            if again is not None:
                raise RetryRequested(delay=timedelta(seconds=again), reason="not taken")

        manager.entrypoint(entrypoint, concurrency_limit=at_once)(one)
        yield manager
    finally:
        await pool.close()


@asynccontextmanager
async def schedule_of(
    url: str, service: str, entrypoint: str, when: str, look: Callable[[], Awaitable[None]]
) -> AsyncIterator[SchedulerManager]:
    """A look that is made whenever it is time (`when`, as cron writes it), by one process at a time."""
    from pgqueuer.adapters.drivers.asyncpg import AsyncpgPoolDriver  # noqa: PLC0415 slow to load
    from pgqueuer.adapters.persistence.queries import Queries  # noqa: PLC0415 slow to load
    from pgqueuer.core.sm import SchedulerManager  # noqa: PLC0415 slow to load
    from pgqueuer.domain.models import Schedule  # noqa: PLC0415 slow to load

    pool = await _pool(url, service)
    try:
        manager = SchedulerManager(Queries(AsyncpgPoolDriver(pool)))

        async def one(_: Schedule) -> None:
            await look()

        manager.schedule(entrypoint, when, accepts_context=False)(one)
        yield manager
    finally:
        await pool.close()


async def run_schedule(manager: Any) -> None:
    """Look until the manager's `shutdown` is set, and then finish the look in hand."""
    await manager.run()


async def _pool(url: str, service: str) -> Any:
    """Sessions of the queue's own, which alone pass its policies."""
    return await asyncpg.create_pool(
        url,
        min_size=1,
        max_size=3,
        timeout=5,
        command_timeout=30,
        server_settings={"application_name": f"{service}-queue", "search_path": service, "jit": "off"},
    )


async def run_worker(manager: Any) -> None:
    """Work until the manager's `shutdown` is set, and then finish what is in hand."""
    await manager.run(
        dequeue_timeout=timedelta(seconds=5),
        batch_size=10,
        heartbeat_timeout=_HEARTBEAT,
        shutdown_on_listener_failure=True,
        log_aggregation_interval=timedelta(0),
    )
