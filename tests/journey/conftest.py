"""The system, started once for all journeys, and its parties: three clients, an associate, a trust, outsiders."""

import pytest

from deploy.demo.directory import CLIENTS
from deploy.demo.plymouth import organisation_id
from services.gateway.rules.policy import known_scopes
from services.gateway.rules.policy_table import ROWS
from tests.journey import bury as bury_journey
from tests.journey import southampton as southampton_journey
from tests.journey.bury_day_one import play
from tests.journey.neighbours import settle
from tests.journey.partnership import enter_partnership
from tests.journey.party import Party, new_id
from tests.journey.system import running_system

NAMES = {key: name for name, key, _ in CLIENTS}


@pytest.fixture(scope="session")
def system(tmp_path_factory):
    """Database, four services and gateway, with Plymouth 2014 loaded through the public API."""
    with running_system(tmp_path_factory.mktemp("journey")) as running:
        yield running


@pytest.fixture(scope="session")
def document(system):
    return system.document()


@pytest.fixture(scope="session")
def party(system, document):
    """`party("pcc")` gives the demonstration's client of that organisation; `party(None)` has no token."""
    known: dict[str | None, Party] = {}

    def of(key: str | None) -> Party:
        if key not in known:
            given = system.credentials()
            credentials = None if key is None else given["operator" if key == "operator" else NAMES[key]]
            known[key] = Party(system.url, document, credentials)
        return known[key]

    yield of
    for each in known.values():
        each.close()


@pytest.fixture(scope="session")
def pcc(party):
    """The council, which hosts."""
    return party("pcc")


@pytest.fixture(scope="session")
def ccg(party):
    """The NHS commissioner."""
    return party("ccg")


@pytest.fixture(scope="session")
def pch(party):
    """The provider of community services."""
    return party("pch")


@pytest.fixture(scope="session")
def operator(party):
    return party("operator")


@pytest.fixture(scope="session")
def holder_of_all_scopes(system, document, operator):
    """`holder_of_all_scopes("pch")`: a client of that organisation with every scope, so that roles alone decide."""
    scopes = sorted(known_scopes(ROWS).organisation)
    made: dict[str, Party] = {}

    def of(key: str) -> Party:
        if key not in made:
            client = new_id()
            body = {"organisation_id": organisation_id(key), "name": f"all scopes {client}", "scopes": scopes}
            operator.put_new(f"/v1/clients/{client}", body)
            secret = operator.move(f"/v1/clients/{client}/secrets")["secret"]
            made[key] = Party(system.url, document, {"client_id": client, "client_secret": secret})
        return made[key]

    yield of
    for each in made.values():
        each.close()


@pytest.fixture(scope="session")
def neighbours(system, document, operator):
    """The second partnership, Norfolk, which shares nothing with Plymouth but the house."""
    settled = settle(system.url, document, operator)
    yield settled
    for each in settled.party.values():
        each.close()


@pytest.fixture(scope="session")
def southampton(system, document, operator):
    """Southampton 2013: the council and the CCG, neither of which hosts anything."""
    members, since = southampton_journey.MEMBERS, southampton_journey.FROM
    entered = enter_partnership(system.url, document, operator, "Southampton", since, members)
    yield entered
    entered.close()


@pytest.fixture(scope="session")
def bury(system, document, operator):
    """Bury 2016: the council, which is to host, and the CCG."""
    members, since = bury_journey.MEMBERS, bury_journey.FROM
    entered = enter_partnership(system.url, document, operator, "Bury", since, members)
    yield entered
    entered.close()


@pytest.fixture(scope="session")
def played(bury):
    """Bury after day one."""
    return play(bury)
