"""docker-compose.yml played step by step without containers: its commands and settings, on real processes.

Each service runs in a folder with nothing but what its image would hold, against a real PostgreSQL, with the
roles, passwords, keys and migrations that the one-shot steps made.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from deploy.compose.with_secrets import with_secrets
from deploy.local.postgres import Cluster, throw_away_cluster
from tests.deploy import recipe
from tests.deploy.conftest import free_port
from tests.deploy.test_compose import compose
from tests.deploy.tools import ROOT, SERVICES

HEALTHY_WITHIN_SECONDS = 60


@dataclass
class Stage:
    """What stands for the machine: the plan, the database, the folders of secrets, keys and images."""

    plan: dict[str, Any]
    cluster: Cluster
    folder: Path
    ports: dict[str, int] = field(default_factory=lambda: {service: free_port() for service in SERVICES})

    def here(self, word: str) -> str:
        """A word of the plan, with the addresses and folders of the containers replaced by those here."""
        for there, instead in [
            ("@postgres:5432/commissioning", f"@/commissioning?host={self.cluster.socket_dir}"),
            ("/run/secrets", str(self.folder / "secrets")),
            ("/setup", str(self.folder / "setup")),
            ("/keys", str(self.folder / "keys")),
            *((f"http://{service}:8000", f"http://127.0.0.1:{port}") for service, port in self.ports.items()),
        ]:
            word = word.replace(there, instead)
        return sys.executable if word == "python" else word

    def environment(self, name: str) -> dict[str, str]:
        """What a container of this name would have in its environment after its entry point."""
        service = self.plan["services"][name]
        given = {variable: self.here(value) for variable, value in (service.get("environment") or {}).items()}
        if "PGHOST" in given:
            given["PGHOST"] = str(self.cluster.socket_dir)
        path = os.pathsep.join([str(self.cluster.bin_dir), os.environ["PATH"]])
        image = recipe.environment(service["build"]["args"]["SERVICE"]) if "build" in service else {}
        return {**image, **with_secrets(given, self.folder / "secrets"), "PATH": path}

    def run(self, name: str) -> subprocess.CompletedProcess[str]:
        """Carry out a one-shot step to its end."""
        service = self.plan["services"][name]
        command = [
            self.here(word) for word in (service.get("entrypoint") or []) + (service.get("command") or [])
        ]
        place = self.folder
        if "build" in service:
            place = self.folder / service["build"]["args"]["SERVICE"] / "app"
        return subprocess.run(
            command, cwd=place, env=self.environment(name), capture_output=True, text=True, timeout=60
        )


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The machine with an empty database and the secrets; no step has been carried out yet."""
    folder = tmp_path_factory.mktemp("steps")
    given = {"GATEWAY_PUBLIC_URL": "http://api.example.org", "SECRETS_DIR": str(folder / "secrets")}
    plan = json.loads(compose("config", "--format", "json", given=given).stdout)
    make = ["sh", str(ROOT / "deploy/compose/secrets.sh"), given["SECRETS_DIR"]]
    subprocess.run(make, check=True, capture_output=True, timeout=10)
    for config in plan["services"]["roles"]["configs"]:
        target = folder / config["target"].lstrip("/")
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(plan["configs"][config["source"]]["file"], target)
    with throw_away_cluster() as cluster:
        # In a container the server takes its superuser's password from the secret; here it is the other way.
        secret = folder / "secrets" / "postgres_password"
        secret.chmod(0o600)
        secret.write_text(cluster.password)
        yield Stage(plan, cluster, folder)


@pytest.fixture(scope="module")
def prepared(stage: Stage) -> Stage:
    """The same after the one-shot steps, in the order that the plan gives them."""
    for service in SERVICES:
        (stage.folder / service).mkdir()
        recipe.lay_out(service, stage.folder / service)
    for steps in (["roles", "keys"], [f"migrate-{service}" for service in SERVICES]):
        with ThreadPoolExecutor() as pool:
            for step, done in zip(steps, pool.map(stage.run, steps), strict=True):
                assert done.returncode == 0, f"{step}: {done.stderr}"
    return stage


async def test_roles_are_made_with_their_own_passwords_and_a_changed_one_is_taken_over(stage: Stage):
    again = stage.folder / "secrets" / "budget_app_password"
    for password in ('it\'s "first"', "second"):
        again.chmod(0o600)
        again.write_text(password)
        done = stage.run("roles")
        assert done.returncode == 0, done.stderr
        assert password not in done.stdout + done.stderr
        for service in SERVICES:
            for role in (f"{service}_app", f"{service}_migrate"):
                secret = (stage.folder / "secrets" / f"{role}_password").read_text()
                door = await asyncpg.connect(stage.cluster.dsn(role, secret))
                assert await door.fetchval("select current_user") == role
                await door.close()
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(stage.cluster.dsn("budget_app", 'it\'s "first"'))
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(stage.cluster.dsn("budget_backup", ""))


def test_roles_stop_with_a_sentence_where_a_secret_is_missing(stage: Stage):
    secret = stage.folder / "secrets" / "outcomes_app_password"
    aside = secret.rename(secret.with_suffix(".aside"))
    done = stage.run("roles")
    aside.rename(secret)
    assert done.returncode != 0
    assert done.stderr == f"The secret {secret} is missing or empty.\n"


@contextlib.contextmanager
def serving(stage: Stage, name: str) -> Iterator[subprocess.Popen[bytes]]:
    """A service as its image runs it, on a port of its own, ended as Compose ends it."""
    [command] = recipe.final("CMD")
    port = str(stage.ports[name])
    words = [
        port if word == "8000" else "127.0.0.1" if word == "0.0.0.0" else stage.here(word)
        for word in command.words()
    ]
    log = stage.folder / f"{name}.log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            words, cwd=stage.folder / name / "app", env=stage.environment(name), stdout=file, stderr=file
        )
    try:
        yield process
        process.send_signal(signal.SIGTERM)
        assert process.wait(stage_seconds(stage, name)) == -signal.SIGTERM, log.read_text()
    finally:
        process.kill()
        process.wait()


def stage_seconds(stage: Stage, name: str) -> int:
    """How long Compose waits for a service to end before it kills it."""
    return int(stage.plan["services"][name]["stop_grace_period"].removesuffix("s"))


def wait_until_healthy(stage: Stage, name: str, process: subprocess.Popen[bytes]) -> None:
    """Ask what the image's health check asks until it passes."""
    [health] = recipe.final("HEALTHCHECK")
    words = recipe.Step("CMD", health.rest.partition("CMD ")[2]).words()
    asked = [stage.here(word).replace("8000", str(stage.ports[name])) for word in words]
    deadline = time.monotonic() + HEALTHY_WITHIN_SECONDS
    while subprocess.run(asked, capture_output=True, timeout=10).returncode != 0:
        log = (stage.folder / f"{name}.log").read_text()
        assert process.poll() is None, f"{name} ended: {log}"
        assert time.monotonic() < deadline, f"{name} did not become healthy: {log}"


def test_every_service_becomes_healthy_on_what_its_image_holds_and_ends_in_time(prepared: Stage):
    with contextlib.ExitStack() as running:
        processes = {name: running.enter_context(serving(prepared, name)) for name in SERVICES}
        for name, process in processes.items():
            wait_until_healthy(prepared, name, process)


def test_keys_are_for_their_owner_and_the_services_folder_holds_public_ones_only(prepared: Stage):
    keys = prepared.folder / "keys"
    assert {path.name for path in (keys / "public").iterdir()} == {"assertion.json"}
    for key in json.loads((keys / "public" / "assertion.json").read_text())["keys"]:
        assert "d" not in key
    for path in keys.glob("*.json"):
        assert path.stat().st_mode & 0o077 == 0
