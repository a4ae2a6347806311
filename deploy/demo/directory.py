"""The operator's part of the demonstration: organisations, the partnership and its members, and their clients."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from deploy.demo.ids import id_of, key_of
from deploy.demo.partner import Partner
from deploy.demo.plymouth import (
    AUDITED,
    AUDITED_YEARS,
    MEMBERS,
    ORGANISATIONS,
    PARTNERSHIP,
    organisation_id,
)

FROM = "2014-07-16"  # the day after Cabinet, when both bodies had approved the business case
COMMISSIONER = (
    "directory:read client:read client:write event:read audit:read webhook:read webhook:write"
    " budget:read budget:write budget:post budget:close decision:write contract:read contract:write publication:write"
    " contract:discuss placement:read placement:write"
    " outcome:read outcome:write return:read return:signoff return:discuss aggregate:read"
    " governance:read governance:write"
)
PROVIDER = (
    "directory:read contract:read placement:read outcome:read return:read return:submit return:discuss aggregate:read"
    " event:read audit:read contract:discuss"
)
AUDITOR = "directory:read budget:read contract:read placement:read outcome:read return:read aggregate:read audit:read event:read"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a partner's program is given."""

    client_id: str
    client_secret: str
    organisation: str
    scopes: str


CLIENTS = (
    ("plymouth-city-council", "pcc", COMMISSIONER),
    ("new-devon-ccg", "ccg", COMMISSIONER),
    ("kernow-ccg", "kernow", "directory:read contract:read return:read outcome:read aggregate:read"),
    ("plymouth-community-healthcare", "pch", PROVIDER),
    ("plymouth-hospitals", "phnt", PROVIDER),
    ("torbay-council", "torbay", COMMISSIONER),
    ("external-auditor", "auditor", AUDITOR),
)


def enter_directory(operator: Partner, known: dict[str, str]) -> dict[str, Credentials]:
    """Enter everybody, and give each a client with a secret. Returns the credentials by the client's name.

    `known` holds secrets of an earlier try, which are shown only once.
    """
    for each in ORGANISATIONS:
        operator.put(
            f"/v1/organisations/{organisation_id(each.key)}",
            {
                "name": each.name,
                "kind": each.kind,
                "identifiers": [{"scheme": scheme, "code": code} for scheme, code in each.identifiers],
                "names": [{"name": alias, "kind": "alias"} for alias in each.aliases],
            },
        )
    operator.put(
        f"/v1/partnerships/{PARTNERSHIP}",
        {"name": "Plymouth integrated commissioning", "area": "Plymouth", "from_date": FROM},
    )
    for key, role in MEMBERS:
        operator.put(
            f"/v1/partnerships/{PARTNERSHIP}/members/{id_of('member', key, role)}",
            {"organisation_id": organisation_id(key), "role": role, "from_date": FROM, **_appointment(role)},
        )
    return {name: _give_client(operator, name, key, scopes, known.get(name)) for name, key, scopes in CLIENTS}


def _appointment(role: str) -> dict[str, list[str]]:
    """To whom an auditor is appointed, and for which years. Nobody else says such a thing."""
    if role != "auditor":
        return {}
    return {
        "audited_organisation_ids": [organisation_id(key) for key in AUDITED],
        "financial_years": list(AUDITED_YEARS),
    }


def _give_client(operator: Partner, name: str, key: str, scopes: str, known: str | None) -> Credentials:
    client_id = str(id_of("client", name))
    operator.put(
        f"/v1/clients/{client_id}",
        {"organisation_id": organisation_id(key), "name": name, "scopes": scopes.split()},
    )
    secrets = f"/v1/clients/{client_id}/secrets"
    secret = known or operator.post(secrets, key_of("secret", name), {})["secret"]
    if secret is None:  # an earlier try made it and was cut off before it could be kept
        secret = operator.post(secrets, f"again-{uuid.uuid4()}", {})["secret"]
    organisation = next(each.name for each in ORGANISATIONS if each.key == key)
    return Credentials(client_id, secret, organisation, scopes)
