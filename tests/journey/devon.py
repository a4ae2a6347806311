"""Wider Devon 2019: two clinical commissioning groups become one; what its partners are and send.

Printed in the papers: the merger on 1 April 2019, the change of name from Plymouth Community Healthcare to Livewell
Southwest (LWSW, LSW), two separate contracts to be brought together, the Mayflower practice to be procured again by NHS
England after failed processes. Values, references and the other dates are invented.
"""

from dataclasses import dataclass
from typing import Any

from tests.journey.partnership import Partnership
from tests.journey.party import new_id

MEMBERS = {
    "new_devon": ("NHS NEW Devon CCG", "nhs_commissioner", "commissioner"),
    "devon": ("NHS Devon CCG", "nhs_commissioner", "commissioner"),
    "nhse": ("NHS England", "nhs_commissioner", "commissioner"),
    "kernow": ("NHS Kernow CCG", "nhs_commissioner", "associate"),
    "lwsw": ("Plymouth Community Healthcare", "independent_provider", "provider"),
    "uhp": ("Plymouth Hospitals NHS Trust", "nhs_provider", "provider"),
}
FROM = "2013-04-01"
MERGER = "2019-04-01"
TOGETHER = "2018-10-01"  # invented
INSTRUMENT = {
    "title": "NHS Devon CCG: establishment and transfer scheme",
    "made_on": "2019-03-29",
}  # invented
HEALTH_PENCE, CARE_PENCE = 100_000_001, 61_000_000  # invented


@dataclass(frozen=True, slots=True)
class Devon:
    """What its partners send."""

    of: Partnership

    def contract(self, lead: str, provider: str, title: str, **changes: Any) -> dict[str, Any]:
        parties = [
            {"role": "lead_commissioner", "organisation_id": self.of.organisation[lead]},
            {"role": "provider", "organisation_id": self.of.organisation[provider]},
        ]
        return {
            "reference": f"{title[:20]} {new_id()[:8]}",
            "title": title,
            "state": "recorded_as_active",
            "partnership_id": self.of.id,
            "parties": parties,
            "start_date": "2016-04-01",
            "end_date": "2021-03-31",
            "max_end_date": "2023-03-31",
            "modification_regime": "pcr2015",
            "no_indicator_reason": "Indicators are agreed with the new contract",
            **changes,
        }

    def register(self, lead: str, provider: str, title: str, **changes: Any) -> dict[str, Any]:
        body = self.contract(lead, provider, title, **changes)
        return self.of[lead].put_new(f"/v1/contracts/{new_id()}", body)
