"""The market of providers: volumes over all commissioners, concentration, single providers, and who is told."""

import uuid

import pytest

from tests.contracts.care import carer, running
from tests.contracts.register import Place

VOLUMES, CONCENTRATIONS = "/v1/provider-markets/volumes", "/v1/provider-markets/concentrations"


@pytest.fixture(scope="module")
async def market(client_for):
    """Two leads, two providers: homecare from both, podiatry from one, and a day centre of unknown value."""
    place = Place()
    roles = ("ccg", "council", "kernow", "pch", "scrutiny", "auditor", "stranger")
    clients = {role: await client_for("contracts", carer(place, role)) for role in roles}
    annual = {"value_basis": "annual"}
    for lead, provider, pence, service in (
        ("ccg", "pch", 600_000, "Homecare"),
        ("council", "pch", 200_000, "Homecare"),
        ("council", "phnt", 200_000, "Homecare"),
        ("ccg", "phnt", 500, "Podiatry"),
        ("ccg", "phnt", None, "Day centre"),
    ):
        value = {"amount_pence": pence, "status": "tbc" if pence is None else "actual"}
        await running(clients[lead], place, lead, provider, value=value, service=service, **annual)
    both = [
        {"role": "lead_commissioner", "organisation_id": str(place.ccg)},
        *({"role": "provider", "organisation_id": str(each)} for each in (place.pch, place.phnt)),
    ]
    await running(clients["ccg"], place, parties=both, service="Podiatry")
    return place, clients


@pytest.mark.row("S4-C05")
async def test_what_all_partners_buy_from_a_provider_is_added_up(market):
    place, clients = market
    for role in ("ccg", "council"):
        url = f"{VOLUMES}?partnership_id={place.partnership}&limit=1"
        found: dict[str, dict] = {}
        while url:
            page = (await clients[role].get(url)).json()
            found |= {each["provider_organisation_id"]: each for each in page["items"]}
            url = page["next"]
        pch, phnt = found[str(place.pch)], found[str(place.phnt)]
        assert len(found) == 2
        assert (pch["contracts"], pch["joint_contracts"]) == (3, 1)
        assert set(pch["commissioner_ids"]) == {str(place.ccg), str(place.council)}
        assert pch["annual"] == {
            "known_pence": 800_000, "complete": True, "contracts": 2, "unknown": 0, "missing_contributors": [],
        }  # fmt: skip
        assert pch["total"]["known_pence"] is None, "nothing known is never nought"
        assert phnt["annual"]["known_pence"] == 200_500
        assert (phnt["annual"]["complete"], phnt["annual"]["missing_contributors"]) == (
            False,
            [str(place.ccg)],
        )


@pytest.mark.row("S4-C06")
async def test_how_a_service_rests_on_few_is_measured(market):
    place, clients = market
    answer = await clients["council"].get(CONCENTRATIONS, params={"partnership_id": str(place.partnership)})
    found = {each["service"]: each for each in answer.json()["items"]}
    homecare = found["Homecare"]
    assert (homecare["hhi"], homecare["providers"], homecare["complete"]) == (6800, 2, True)  # 80² + 20²
    assert [each["share_percent"] for each in homecare["largest"]] == ["80.00", "20.00"]
    said = ("concentrated", "highly_concentrated", "single_provider")
    assert [homecare[name] for name in said] == [True, True, False]
    centre = found["Day centre"]
    assert (centre["single_provider"], centre["hhi"], centre["complete"], centre["unknown"]) == (
        True,
        None,
        False,
        1,
    )
    podiatry = found["Podiatry"]
    assert (podiatry["hhi"], podiatry["providers"], podiatry["complete"]) == (10_000, 2, False)


@pytest.mark.parametrize("role", ["kernow", "pch", "scrutiny", "stranger"])
async def test_who_sees_no_contract_whole_is_told_nothing(market, role):
    place, clients = market
    for url in (VOLUMES, CONCENTRATIONS):
        answer = await clients[role].get(url, params={"partnership_id": str(place.partnership)})
        assert answer.json() == {"items": [], "next": None}
        other = await clients[role].get(url, params={"partnership_id": str(uuid.uuid4())})
        assert other.json() == {"items": [], "next": None}
