"""A partnership that the operator enters: its organisations, their membership, and a client with every scope for each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.gateway.rules.policy import known_scopes
from services.gateway.rules.policy_table import ROWS
from tests.journey.party import Party, new_id

Members = Mapping[
    str, tuple[str, str, str]
]  # name, kind of organisation and role, by a key of the test's own


@dataclass(frozen=True, slots=True)
class Partnership:
    """Its id, and by the members' keys the ids of their organisations and their clients."""

    id: str
    organisation: dict[str, str]
    party: dict[str, Party]

    def __getitem__(self, key: str) -> Party:
        return self.party[key]

    def close(self) -> None:
        for each in self.party.values():
            each.close()


def enter_partnership(
    url: str, document: dict[str, Any], operator: Party, area: str, from_date: str, members: Members
) -> Partnership:
    """The operator's part, through the directory's doors. Every scope is given, so that roles alone decide."""
    partnership = new_id()
    body = {"name": f"{area} integrated commissioning", "area": area, "from_date": from_date}
    operator.put_new(f"/v1/partnerships/{partnership}", body)
    organisation = {key: new_id() for key in members}
    scopes = sorted(known_scopes(ROWS).organisation)
    party = {}
    for key, (name, kind, role) in members.items():
        operator.put_new(f"/v1/organisations/{organisation[key]}", {"name": name, "kind": kind})
        member = {"organisation_id": organisation[key], "role": role, "from_date": from_date}
        operator.put_new(f"/v1/partnerships/{partnership}/members/{new_id()}", member)
        client = new_id()
        owned = {"organisation_id": organisation[key], "name": f"{area} {key}", "scopes": scopes}
        operator.put_new(f"/v1/clients/{client}", owned)
        secret = operator.move(f"/v1/clients/{client}/secrets")["secret"]
        party[key] = Party(url, document, {"client_id": client, "client_secret": secret})
    return Partnership(partnership, organisation, party)
