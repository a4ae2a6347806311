"""The shipped reverse proxy, really running, with a stand-in for the gateway behind it."""

from __future__ import annotations

import asyncio
import os
import re
import socket
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from tests.deploy.http_by_hand import StandIn, close, stand_in_gateway
from tests.deploy.tools import ROOT, program

CONFIGURATION = ROOT / "deploy" / "proxy" / "nginx.conf"


@dataclass
class Proxy:
    """A running proxy: its port, the gateway's stand-in behind it, and its log so far."""

    port: int
    health_port: int
    gateway: StandIn
    folder: Path

    def log(self) -> str:
        return (self.folder / "log").read_text()


def free_port() -> int:
    """A port of the loopback that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def configuration(folder: Path, port: int, health_port: int, gateway_port: int) -> str:
    """The shipped configuration with this machine's ports and folder put in, and nothing else changed."""
    text = CONFIGURATION.read_text()
    for shipped, here, times in [
        ("server gateway:8000", f"server 127.0.0.1:{gateway_port}", 1),
        ("listen 8080", f"listen 127.0.0.1:{port}", 1),
        ("listen 127.0.0.1:8081", f"listen 127.0.0.1:{health_port}", 1),
        (" /tmp/", f" {folder}/", 6),
    ]:
        assert len(re.findall(re.escape(shipped), text)) == times, shipped
        text = text.replace(shipped, here)
    return text


@pytest.fixture
def nginx() -> str:
    return program("nginx", "install Debian's package nginx-light, or name the program in NGINX_BIN")


async def _answers(port: int, process: Process) -> None:
    for _ in range(200):
        if process.returncode is not None:
            break
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.02)
            continue
        await close(writer)
        return
    pytest.fail("nginx did not start")


@pytest_asyncio.fixture
async def proxy(nginx: str, tmp_path: Path) -> AsyncIterator[Proxy]:
    """nginx with the shipped configuration, stopped when the test ends."""
    async with stand_in_gateway() as gateway:
        port, health_port = free_port(), free_port()
        file = tmp_path / "nginx.conf"
        file.write_text(configuration(tmp_path, port, health_port, gateway.port))
        # As root its workers would change to a user who may not enter this folder.
        as_root = ["-g", "user root;"] if os.geteuid() == 0 else []
        with (tmp_path / "log").open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                nginx, "-e", "stderr", "-c", str(file), *as_root, stdout=log, stderr=log
            )
        try:
            await _answers(port, process)
            yield Proxy(port, health_port, gateway, tmp_path)
        finally:
            process.terminate()
            assert await asyncio.wait_for(process.wait(), 10) == 0
