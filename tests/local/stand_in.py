"""A copy of the house with tiny services in it, to test how `make run` starts, watches and stops processes."""

from __future__ import annotations

import shutil
from pathlib import Path

from deploy.postgres.roles import SERVICES

REPOSITORY = Path(__file__).resolve().parents[2]

APP = '''
"""Answers /ready from its own database, and nothing else."""
import json, os, uuid
import asyncpg

BOOT = str(uuid.uuid4())
URL = os.environ["{SERVICE}_DATABASE_URL"]
OTHERS = [name for name in os.environ if name.endswith("_DATABASE_URL") and not name.startswith("{SERVICE}_")]


async def answer(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    status = 200
    try:
        connection = await asyncpg.connect(URL, timeout=2)
        await connection.fetchval("select 1")
        await connection.close()
    except Exception:
        status = 503
    body = {"pid": os.getpid(), "boot_id": BOOT, "others": OTHERS, "issuer": os.environ["GATEWAY_PUBLIC_URL"]}
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"%d" % len(json.dumps(body)))]})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})


def create_app():
    return answer
'''

ENV = '''
"""Runs the migrations."""
from shared.migrate import migrations_env

migrations_env("{service}")
'''

MIGRATION = '''
"""One table that the app may use."""
from shared.migrate import run_sql

revision = "0001"
down_revision = None


def upgrade():
    run_sql("create table notes (words text); grant select, insert on notes to {service}_app;")
'''

KEYS = '''
"""Makes the public key set."""
import pathlib, sys

folder = pathlib.Path(sys.argv[1]) / "public"
folder.mkdir(parents=True, exist_ok=True)
(folder / "assertion.json").write_text("{}")
'''

OPERATOR = '''
"""Makes the operator's client."""
print('{"client_id": "the-operator", "client_secret": "canary-secret"}')
'''


def build(root: Path) -> Path:
    """Copy what is under test, and write the services."""
    for name in ("deploy/local", "deploy/postgres"):
        shutil.copytree(REPOSITORY / name, root / name)
    shutil.copy(REPOSITORY / "deploy" / "__init__.py", root / "deploy")
    (root / "shared" / "web").mkdir(parents=True)
    for name in ("__init__.py", "migrate.py", "web/__init__.py", "web/connection.py"):
        shutil.copy(REPOSITORY / "shared" / name, root / "shared" / name)
    for service in SERVICES:
        house = root / "services" / service
        versions = house / "migrations" / "versions"
        versions.mkdir(parents=True)
        (house / "app.py").write_text(APP.replace("{SERVICE}", service.upper()))
        (house / "migrations" / "env.py").write_text(ENV.replace("{service}", service))
        (house / "migrations" / "head").write_text("0001\n")
        (versions / "0001_notes.py").write_text(MIGRATION.replace("{service}", service))
    commands = root / "services" / "gateway" / "commands"
    commands.mkdir()
    (commands / "keys.py").write_text(KEYS)
    (commands / "operator.py").write_text(OPERATOR)
    return root
