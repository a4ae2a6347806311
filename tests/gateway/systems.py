"""A body that commissions with several councils, each in a partnership of its own."""

from tests.gateway.roles import EVERY_SCOPE, YEAR

NAMES = ("devon", "plymouth", "torbay")
ASKED = {"financial_year": "2014-15"}


class System:
    """An NHS body that commissions with three councils, each in a partnership of its own."""

    def __init__(self, operator):
        self.operator = operator
        self.bodies, self.places, self._visits = {}, {}, {}

    async def settle(self):
        for name in ("nhs", "trust", "board", "auditor", "stranger", *NAMES):
            self.bodies[name] = await self.operator.organisation(f"{name} of the system")
        for name in NAMES:
            self.places[name] = await self.operator.partnership(
                host=self.bodies[name], commissioner=self.bodies["nhs"], provider=self.bodies["trust"]
            )
        await self.operator.member(self.places["plymouth"], self.bodies["board"], "observer")
        appointment = {"audited_organisation_ids": [self.bodies["torbay"]], "financial_years": [YEAR]}
        await self.operator.member(self.places["torbay"], self.bodies["auditor"], "auditor", **appointment)
        await self.operator.partnership(commissioner=self.bodies["stranger"])
        return self

    async def look(self, name="nhs", of="nhs", table=False, scopes=EVERY_SCOPE, **query):
        if (name, scopes) not in self._visits:
            self._visits[name, scopes] = (await self.operator.client(self.bodies[name], list(scopes))).visit
        headers = {"Accept": "text/csv"} if table else {}
        body = self.bodies.get(of, of)
        visit = self._visits[name, scopes]
        return await visit.get(f"/v1/systems/{body}/roll-up", params={**ASKED, **query}, headers=headers)

    def name_of(self, request):
        return next(name for name in NAMES if self.places[name] == request.query["partnership_id"])
