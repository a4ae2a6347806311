"""The plain way to the same thing, as a peer: FastAPI, an httpx hop, SQLAlchemy's ORM. Two processes of one worker."""

from collections.abc import Iterator
from contextlib import contextmanager

from joserfc import jwt
from joserfc.jwk import OctKey

from tests.performance.gate import Gate
from tests.performance.peers_environment import peers_python
from tests.performance.place import Place
from tests.performance.rig import asgi
from tests.stack import Stack

_SECRET = "a-secret-of-the-plain-house-of-32-bytes"


@contextmanager
def house(stack: Stack, place: Place) -> Iterator[Gate]:
    """The plain gateway in front of the plain budget service, with the accounts of a place in it."""
    python = peers_python()
    env = {
        "PLAIN_DATABASE_URL": stack.cluster.superuser_dsn().replace("postgresql:", "postgresql+asyncpg:", 1),
        "PLAIN_SECRET": _SECRET,
    }
    stack.cluster.psql("drop schema if exists plain cascade; create schema plain")
    with asgi("plain-budget", "tests.performance.peers.plain_budget:app", env, python=python) as behind:
        stack.cluster.psql(
            "insert into plain.accounts (id, partnership_id, owner_organisation_id, name)"
            " select id, partnership_id, owner_organisation_id, name from budget.accounts"
            f" where partnership_id = '{place.partnership}'"
        )
        env["PLAIN_BUDGET_URL"] = behind
        with asgi("plain-gateway", "tests.performance.peers.plain_gateway:app", env, python=python) as base:
            claims = {
                "sub": str(place.client),
                "org": str(place.council),
                "partnerships": [str(place.partnership)],
            }
            token = jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(_SECRET))
            headers = {"Authorization": f"Bearer {token}"}
            yield Gate(
                base, lambda: headers, lambda: int(stack.cluster.psql("select count(*) from plain.journals"))
            )
