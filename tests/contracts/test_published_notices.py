"""Publication in the duty clock: what each regime asks for, what was sent, and the annual summary of the PSR."""

import csv
import io
import uuid

import pytest

from tests.contracts.register import SCOPES, Place, registered
from tests.stack import a_caller

URL = "/v1/published-notices"
SPAN = {"since": "2024-01-01", "until": "2027-12-31", "as_at": "2025-06-01"}


class Buyer:
    """A council that awards contracts under every regime, with who looks on."""

    def __init__(self, client_for) -> None:
        self.place, self._client_for = Place(), client_for

    async def put(self) -> "Buyer":
        here = self.place.partnership
        self.council = await self._client_for(
            "contracts", a_caller(self.place.council, SCOPES, commissioner=here, host=here)
        )
        self.ccg, self.stranger = [
            await self._client_for("contracts", self.place.caller(role)) for role in ("ccg", "stranger")
        ]
        return self

    async def award(self, regime: str | None, awarded_on: str = "2025-03-01", **changes) -> dict:
        body = {
            "state": "awarded", "award_regime": regime, "awarded_on": awarded_on, "start_date": "2025-04-01",
            "end_date": "2028-03-31", "standstill_ends_on": "2025-02-28", **changes,
        }  # fmt: skip
        return await registered(self.council, self.place.contract("council", **body))

    async def notice(self, contract: dict, kind: str, status: int = 201, **changes) -> dict:
        body = {
            "contract_id": contract["id"], "kind": kind, "published_on": "2025-03-10",
            "reference": "2025/S 000-012345", "sha256": "0" * 64, **changes,
        }  # fmt: skip
        answer = await self.council.put(f"{URL}/{uuid.uuid4()}", json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def due(self, contract: dict) -> dict[str, str]:
        answer = await self.council.get("/v1/due-dates", params={**SPAN, "limit": "200"})
        items = [each for each in answer.json()["items"] if each["contract_id"] == contract["id"]]
        return {
            each["kind"]: each["on"]
            for each in items
            if each["kind"].endswith(("notice", "copy")) and each["kind"] != "last_day_to_serve_notice"
        }


@pytest.fixture
async def buyer(client_for):
    return await Buyer(client_for).put()


@pytest.mark.parametrize(
    ("regime", "pence", "due"),
    [
        ("psr", 1, {"psr_award_notice": "2025-03-31"}),
        ("pcr2015", 1, {"pcr_award_notice": "2025-03-31"}),
        (
            "pa2023",
            500_000_001,
            {
                "contract_award_notice": "2025-03-01",
                "contract_details_notice": "2025-03-30",
                "contract_copy": "2025-05-29",
            },
        ),
        (
            "pa2023_light_touch",
            500_000_001,
            {
                "contract_award_notice": "2025-03-01",
                "contract_details_notice": "2025-06-28",
                "contract_copy": "2025-08-27",
            },
        ),
        (
            "pa2023",
            500_000_000,
            {"contract_award_notice": "2025-03-01", "contract_details_notice": "2025-03-30"},
        ),
        ("below_threshold", 1, {}),
        (None, 1, {}),
    ],
)
async def test_each_regime_asks_for_its_notices_by_its_days(buyer, regime, pence, due):
    contract = await buyer.award(regime, value={"amount_pence": pence, "status": "actual"})
    assert await buyer.due(contract) == due


async def test_a_copy_is_due_of_a_yearly_value_that_comes_to_over_five_million_over_the_term(buyer):
    term = {
        "start_date": "2025-04-01",
        "end_date": "2030-03-31",
        "max_end_date": None,
        "value_basis": "annual",
    }
    for pence, copy in ((100_000_001, True), (100_000_000, False)):
        contract = await buyer.award("pa2023", value={"amount_pence": pence, "status": "actual"}, **term)
        assert ("contract_copy" in await buyer.due(contract)) is copy


async def test_what_was_sent_is_due_no_more_and_is_seen_by_who_sees_the_contract(buyer):
    contract = await buyer.award("psr")
    other = await buyer.award("psr")
    sent = await buyer.notice(contract, "psr_award_notice", process="direct_award_b")
    assert await buyer.due(contract) == {}
    assert await buyer.due(other) == {"psr_award_notice": "2025-03-31"}
    assert (await buyer.ccg.get(f"{URL}/{sent['id']}")).json() == sent
    listed = await buyer.ccg.get(URL, params={"contract_id": contract["id"]})
    assert listed.json()["items"] == [sent]
    assert (await buyer.stranger.get(f"{URL}/{sent['id']}")).status_code == 404
    assert (await buyer.stranger.get(URL)).json()["items"] == []


async def test_a_notice_that_does_not_fit_is_refused_at_its_field(buyer):
    psr, act = await buyer.award("psr"), await buyer.award("pa2023")
    for contract, kind, changes, code in (
        (psr, "contract_award_notice", {}, "published_notice_not_of_regime"),
        (act, "psr_award_notice", {"process": "competitive"}, "published_notice_not_of_regime"),
        (psr, "psr_award_notice", {}, "published_notice_process_needed"),
        (act, "contract_award_notice", {"process": "competitive"}, "published_notice_process_needed"),
        (psr, "psr_modification_notice", {"representations": 1}, "published_notice_representations_untold"),
        (act, "contract_award_notice", {"published_on": "2199-01-01"}, "published_notice_ahead"),
    ):
        said = await buyer.notice(contract, kind, 422, **changes)
        assert said["code"] == code, said
        assert said["errors"][0]["pointer"].startswith("/")
    foreign = {"contract_id": psr["id"], "kind": "psr_award_notice", "published_on": "2025-03-10",
               "reference": "X", "process": "competitive"}  # fmt: skip
    for client in (buyer.ccg, buyer.stranger):
        answer = await client.put(f"{URL}/{uuid.uuid4()}", json=foreign)
        assert answer.json()["code"] == "published_notice_contract_unknown"


async def test_the_annual_summary_counts_what_the_regulation_lists_and_names_what_is_open(buyer):
    """Regulation 25(2): two direct awards, one urgent one from a framework, a framework, a provider that went."""
    await buyer.award("psr", "2023-05-01", start_date="2023-06-01", end_date="2024-03-31", standstill_ends_on=None,
                      **_of("phnt", buyer.place))  # fmt: skip
    direct = await buyer.award("psr", "2024-05-01", **_of("pch", buyer.place), standstill_ends_on=None)
    await buyer.notice(direct, "psr_intention_notice", process="direct_award_a", published_on="2024-04-10")
    await buyer.notice(
        direct, "psr_award_notice", process="direct_award_c", published_on="2024-05-20",
        representations=2, representations_summary="Two providers asked for reasons; the award stood.",
    )  # fmt: skip
    framework = await buyer.award(
        "psr", "2024-06-01", agreement_form="framework", **_of("pch", buyer.place), standstill_ends_on=None
    )
    await buyer.notice(framework, "psr_award_notice", process="competitive", published_on="2024-06-02")
    urgent = await buyer.award(
        "psr", "2024-07-01", **_of("pch", buyer.place), standstill_ends_on=None,
        related=[{"relation": "framework", "contract_id": framework["id"]}],
    )  # fmt: skip
    await buyer.notice(urgent, "psr_award_notice", process="urgent", published_on="2024-07-02")
    await buyer.notice(urgent, "psr_modification_notice", urgent=True, published_on="2024-09-02")
    untold = await buyer.award("psr", "2024-08-01", **_of("pch", buyer.place), standstill_ends_on=None)
    answer = await buyer.council.get("/v1/psr-summaries", params={"financial_year": "2024-25"})
    assert answer.status_code == 200, answer.text
    summary = answer.json()
    assert {name: value for name, value in summary.items() if isinstance(value, int) and value} == {
        "direct_award": 1, "direct_award_c": 1, "frameworks_concluded": 1, "awarded_from_framework": 1,
        "urgent_awards_and_modifications": 2, "new_providers": 1, "providers_no_longer_held": 1, "representations": 2,
    }  # fmt: skip
    assert summary["complete"] is False
    assert summary["left_open"] == [
        {"contract_id": untold["id"], "reference": untold["reference"], "missing": "process"}
    ]
    assert summary["representation_summaries"] == ["Two providers asked for reasons; the award stood."]
    table = await buyer.council.get(
        "/v1/psr-summaries", params={"financial_year": "2024-25"}, headers={"Accept": "text/csv"}
    )
    rows = list(csv.reader(io.StringIO(table.text)))
    assert [row[0] for row in rows[1:13]] == list("aaaabcdefghi")
    assert rows[-1] == ["", "Not on record: process", untold["reference"]]
    none = (await buyer.ccg.get("/v1/psr-summaries", params={"financial_year": "2024-25"})).json()
    assert (none["direct_award"], none["left_open"]) == (0, [])
    foreign = {"financial_year": "2024-25", "owner_organisation_id": str(buyer.place.council)}
    assert (await buyer.ccg.get("/v1/psr-summaries", params=foreign)).status_code == 404


def _of(provider: str, place: Place) -> dict:
    lead = {"role": "lead_commissioner", "organisation_id": str(place.council)}
    return {"parties": [lead, {"role": "provider", "organisation_id": str(getattr(place, provider))}]}
