"""A council that publishes its contracts, with a partnership around it, and the public that reads them."""

import uuid

from tests.contracts.register import Place, a_key, registered
from tests.stack import a_caller

SCOPES = "contract:read contract:write publication:write"


class Town:
    def __init__(self, client_for) -> None:
        self.place = Place()
        self._client_for = client_for

    async def put(self) -> "Town":
        here = self.place.partnership
        caller = a_caller(self.place.council, SCOPES, commissioner=here, host=here)
        self.council = await self._client_for("contracts", caller)
        self.public = await self._client_for(
            "contracts", a_caller(uuid.UUID(int=0), "", client=uuid.UUID(int=0), organisations=())
        )
        self.scrutiny = await self._client_for("contracts", self.place.caller("scrutiny"))
        self.stranger = await self._client_for(
            "contracts", a_caller(uuid.uuid4(), SCOPES, commissioner=uuid.uuid4())
        )
        body = {
            "name": "Plymouth City Council",
            "kind": "local_authority",
            "identifiers": [{"scheme": "GB-LAE", "id": "PLY"}],
        }
        made = await self.council.put(f"/v1/publishers/{self.place.council}", json=body)
        assert made.status_code == 201, made.text
        return self

    async def contract(self, **changes) -> str:
        provider = {
            "role": "provider",
            "name": "Livewell Southwest",
            "identifiers": [{"scheme": "GB-COH", "id": "07584107"}, {"scheme": "local", "id": "secret-77"}],
        }
        parties = [{"role": "lead_commissioner", "organisation_id": str(self.place.council)}, provider]
        body = self.place.contract("council", **{"parties": parties, "max_end_date": "2018-03-31", **changes})
        return (await registered(self.council, body))["id"]

    async def decide(self, contract_id: str, **changes) -> dict:
        url = f"/v1/contracts/{contract_id}/publication"
        version = (await self.council.get(url)).json()["version"]
        answer = await self.council.patch(url, json={"open": True, **changes}, version=version)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def move(self, contract_id: str, move: str, **body) -> None:
        url = f"/v1/contracts/{contract_id}"
        version = (await self.council.get(url)).json()["version"]
        answer = await self.council.post(f"{url}/{move}", json=body, key=a_key(), version=version)
        assert answer.status_code == 200, answer.text

    async def releases(self, contract_id: str) -> list[dict]:
        return (await self.record(contract_id))["releases"]

    async def record(self, contract_id: str) -> dict:
        answer = await self.public.get(f"/v1/records/ocds-213czf-{contract_id}")
        assert answer.status_code == 200, answer.text
        return answer.json()["records"][0]
