"""The gateway as it is deployed, in front of one service, with a partnership's directory and a client of the council."""

import json
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from services.gateway.commands import keys
from services.gateway.store.key_files import read_private
from tests.performance.place import SCOPES, Place
from tests.performance.rig import free_port, process, service, service_behind, uvicorn
from tests.stack import ROOT, Stack

BEHIND = ("budget", "contracts", "outcomes")
NOBODY = "http://127.0.0.1:9"
MEMBERS = (
    ("council", "local_authority", ("host", "commissioner")),
    ("ccg", "nhs_commissioner", ("commissioner",)),
)


@dataclass(slots=True)
class Gate:
    """A door to send requests to, with the headers that open it, and the number of journals behind it."""

    base: str
    headers: Callable[[], dict[str, str]]
    journals: Callable[[], int]
    direct: str = ""  # the address of the budget service itself
    partner: Callable[[], dict[str, str]] = dict  # the headers of another client, the partner's


@contextmanager
def gateway(
    stack: Stack, *places: Place, services: tuple[str, ...] = ("budget",), beside: bool = True
) -> Iterator[Gate]:
    """The gateway and these services as `make run` starts them; the others do not answer. A second budget service
    answers `beside` the gateway, if one is asked for. The places are entered in the gateway's directory.

    They are places of one council, and the door is opened as that council's client.
    """
    folder = keys_folder(stack)
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    with ExitStack() as behind:
        direct = behind.enter_context(service(stack, "budget")) if beside else ""
        env = {
            **stack.earnest_environment(),
            "GATEWAY_KEYS_DIR": str(folder),
            # The measuring client is a flood; what a flood is allowed is measured elsewhere.
            "GATEWAY_CLIENT_RATE": "100000000/minute",
            **{f"GATEWAY_{name.upper()}_URL": NOBODY for name in BEHIND},
        }
        for name in services:
            env[f"GATEWAY_{name.upper()}_URL"] = behind.enter_context(service_behind(stack, name))
        with process(
            "gateway", uvicorn("services.gateway.app:create_app", port, factory=True), env, f"{base}/live"
        ):
            partner = uuid.uuid4()
            secrets = _enter(base, places, env, partner)
            own, other = (
                _Tokens(base, str(client), secret)
                for client, secret in zip((places[0].client, partner), secrets, strict=True)
            )
            yield Gate(
                base, own.headers, lambda: _count(stack, "budget.journals"), direct, partner=other.headers
            )


def keys_folder(stack: Stack) -> Path:
    """The gateway's keys, made as they are deployed. The services and the stack's own assertions go by them."""
    folder = stack.folder / "keys"
    assert keys.main([str(folder)]) == 0
    stack.keys = read_private(folder / "assertion.json")
    shutil.copyfile(folder / "public" / "assertion.json", stack.folder / "public.json")
    return folder


def _count(stack: Stack, table: str) -> int:
    return int(stack.cluster.psql(f"select count(*) from {table}"))


@dataclass
class _Tokens:
    """Access tokens of one client, fetched anew before they run out."""

    base: str
    client_id: str
    secret: str
    _token: str = ""
    _until: float = 0.0

    def headers(self) -> dict[str, str]:
        if time.monotonic() > self._until:
            form = {
                "grant_type": "client_credentials",
                "client_id": self.client_id,
                "client_secret": self.secret,
            }
            answer = httpx.post(f"{self.base}/oauth2/token", data=form, timeout=10)
            assert answer.status_code == 200, answer.text
            self._token = answer.json()["access_token"]
            self._until = time.monotonic() + answer.json()["expires_in"] / 2
        return {"Authorization": f"Bearer {self._token}"}


def _enter(base: str, places: Sequence[Place], env: dict[str, str], partner: uuid.UUID) -> list[str]:
    """Enter the places in the directory through the public door, as an operator does.

    The secrets of the council's client and of the partner's.
    """
    made = subprocess.run(
        [sys.executable, "-m", "services.gateway.commands.operator", "--renew"],
        env=env | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    operator = json.loads(made.stdout)
    tokens = _Tokens(base, operator["client_id"], operator["client_secret"])
    with httpx.Client(base_url=base, headers=tokens.headers(), timeout=10) as client:

        def put(path: str, **body: Any) -> None:
            answer = client.put(path, json=body)
            assert answer.status_code in {200, 201}, answer.text

        first = places[0]
        for name, kind, _ in MEMBERS:
            organisation = getattr(first, name)
            put(f"/v1/organisations/{organisation}", name=f"{name} {organisation}", kind=kind)
        for place in places:
            here = f"/v1/partnerships/{place.partnership}"
            put(here, name=f"Place {place.partnership}", from_date="2012-04-01")
            for name, _, roles in MEMBERS:
                for role in roles:
                    member = {"organisation_id": str(getattr(place, name)), "role": role}
                    put(f"{here}/members/{uuid.uuid4()}", from_date="2012-04-01", **member)
        secrets: list[str] = []
        for one, body in ((first.client, first.council), (partner, first.ccg)):
            put(f"/v1/clients/{one}", organisation_id=str(body), name="Bench", scopes=SCOPES.split())
            key = {"Idempotency-Key": str(uuid.uuid4())}
            answer = client.post(f"/v1/clients/{one}/secrets", json={}, headers=key)
            assert answer.status_code == 201, answer.text
            secrets.append(answer.json()["secret"])
    return secrets
