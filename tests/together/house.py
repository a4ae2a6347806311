"""The four services on unix sockets in this process: the gateway as clients meet it, and the real ones behind it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest.mock import patch

import uvicorn

from tests.gateway.conftest import running_gateway
from tests.stack import Stack

BEHIND = ("budget", "contracts", "outcomes")


class _Quiet(uvicorn.Server):
    """A server among others in one process: signals are the test's own."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@dataclass
class Served:
    """A real service on its socket. `stop` and `start` make it go away and come back."""

    service: str
    path: Path
    app: Any
    server: _Quiet | None = None
    task: asyncio.Task[None] | None = None

    @property
    def address(self) -> str:
        return f"unix://{self.path}"

    async def start(self) -> None:
        config = uvicorn.Config(
            self.app, uds=str(self.path), lifespan="off", log_config=None, access_log=False
        )
        self.server = _Quiet(config)
        self.task = asyncio.create_task(self.server.serve())
        while not self.server.started:  # noqa: ASYNC110 uvicorn has no event for it
            await asyncio.sleep(0.01)

    async def stop(self) -> None:
        if self.server is not None and self.task is not None:
            self.server.should_exit = True
            self.server.force_exit = True
            await self.task
            self.server = self.task = None


@asynccontextmanager
async def running_house(stack: Stack, keys_dir: Path, folder: Path):
    """The gateway's app, and the services behind it by name."""
    environment = {
        **stack.environment(),
        "ASSERTION_JWKS": str(keys_dir / "public" / "assertion.json"),
    }
    async with AsyncExitStack() as closing:
        behind = {}
        for service in BEHIND:
            with patch.dict(os.environ, environment):
                app = import_module(f"services.{service}.app").create_app()
            await closing.enter_async_context(app.router.lifespan_context(app))
            behind[service] = Served(service, folder / service, app)
            await behind[service].start()
            closing.push_async_callback(behind[service].stop)
        documents = folder / "documents"
        documents.mkdir()
        app = await closing.enter_async_context(running_gateway(stack, behind, keys_dir, documents))
        yield app, behind
