"""A third partnership, which everybody looks at: two commissioners, an associate, two providers, observer, auditors."""

from typing import Any

from services.gateway.rules.policy import known_scopes
from services.gateway.rules.policy_table import ROWS
from tests.journey.neighbours import YEAR, Neighbours, settle
from tests.journey.party import Party, new_id

MORE = {
    "associate": ("A commissioner from next door", "nhs_commissioner", "associate"),
    "hospital": ("A hospital trust", "nhs_provider", "provider"),
    "auditor": ("The council's auditor", "audit_firm", "auditor"),
}


def watched(url: str, document: dict[str, Any], operator: Party) -> Neighbours:
    """The partnership with all its parties and what they have done, as far as views show it."""
    place = settle(url, document, operator)
    for key in MORE:
        _join(place, key, url, document, operator)
    _fund(place)
    community = _contract(place, "council", "provider", ["associate"], {"amount_pence": 5_000}, "annual")
    hospital = _contract(place, "ccg", "hospital", [], {"amount_pence": 700}, "annual")
    _outcomes(place, "council", community, {"people": "3", "stay": "12.5"})
    _outcomes(place, "ccg", hospital, {"wait": "7"})
    return place


def _join(place: Neighbours, key: str, url: str, document: dict[str, Any], operator: Party) -> None:
    name, kind, role = MORE[key]
    organisation, client = new_id(), new_id()
    operator.put_new(f"/v1/organisations/{organisation}", {"name": name, "kind": kind})
    member: dict[str, Any] = {"organisation_id": organisation, "role": role, "from_date": "2014-07-16"}
    if role == "auditor":
        member |= {"audited_organisation_ids": [place.organisation["council"]], "financial_years": [YEAR]}
    operator.put_new(f"/v1/partnerships/{place.partnership}/members/{new_id()}", member)
    scopes = sorted(known_scopes(ROWS).organisation)
    operator.put_new(
        f"/v1/clients/{client}", {"organisation_id": organisation, "name": key, "scopes": scopes}
    )
    secret = operator.move(f"/v1/clients/{client}/secrets")["secret"]
    place.organisation[key] = organisation
    place.party[key] = Party(url, document, {"client_id": client, "client_secret": secret})


def _fund(place: Neighbours) -> None:
    """£100 of the council's and £200 of the CCG's in one pool; £40 of the CCG's beside it."""
    council, ccg = place["council"], place["ccg"]
    agreement = place.in_force()
    pool = council.put_new(f"/v1/pools/{new_id()}", place.pool(agreement, "wellness", "pooled"))
    for partner, pence in ((council, 100_00), (ccg, 200_00)):
        line = place.line(pool, budget={"amount_pence": pence, "status": "actual"})
        partner.put_new(f"/v1/lines/{new_id()}", line)
    own = {
        "pool_id": None,
        "arrangement": "aligned",
        "legality": {"basis": "partners_choice", "assessed_on": "2015-03-02"},
        "budget": {"amount_pence": 40_00, "status": "actual"},
    }
    ccg.put_new(f"/v1/lines/{new_id()}", place.line(pool, **own))


def _contract(
    place: Neighbours, lead: str, provider: str, associates: list[str], value: dict[str, Any], basis: str
) -> dict[str, Any]:
    of = place.organisation
    parties = [
        {"role": "lead_commissioner", "organisation_id": of[lead]},
        {"role": "provider", "organisation_id": of[provider]},
        *({"role": "associate_commissioner", "organisation_id": of[each]} for each in associates),
    ]
    body = {
        "reference": f"C-{new_id()[:8]}",
        "title": f"Services of the {provider}",
        "state": "recorded_as_active",
        "partnership_id": place.partnership,
        "category": "wellness",
        "start_date": "2015-04-01",
        "end_date": "2016-09-30",
        "value": {"status": "actual", **value},
        "value_basis": basis,
        "parties": parties,
    }
    return place[lead].put_new(f"/v1/contracts/{new_id()}", body)


def _outcomes(place: Neighbours, lead: str, contract: dict[str, Any], values: dict[str, str]) -> None:
    """What the contract's provider reports for the year, accepted by its lead: `people` counts persons."""
    made = {}
    for code in values:
        body = {
            "partnership_id": place.partnership,
            "code": code,
            "title": f"Indicator {code}",
            "definition": "What it counts, and what not.",
            "value_type": "count" if code == "people" else "days",
            "unit": "people" if code == "people" else "days",
            "counts_people": code == "people",
            "polarity": "low_is_good",
            "frequency": "financial_yearly",
        }
        made[code] = place[lead].put_new(f"/v1/indicators/{new_id()}", body)["id"]
    of = {role: [each["organisation_id"] for each in contract["parties"] if each["role"] == role] for role in (
        "provider", "associate_commissioner")}  # fmt: skip
    obligation = {
        "partnership_id": place.partnership,
        "contract_id": contract["id"],
        "lead_organisation_id": place.organisation[lead],
        "provider_organisation_id": of["provider"][0],
        "associate_organisation_ids": of["associate_commissioner"],
        "title": "Yearly return",
        "frequency": "financial_yearly",
        "begins_on": "2015-04-01",
        "ends_on": "2016-03-31",
        "due_days": 20,
        "indicators": [{"indicator_id": each} for each in made.values()],
    }
    owed = place[lead].put_new(f"/v1/obligations/{new_id()}", obligation)["id"]
    (provider,) = [
        key for key, organisation in place.organisation.items() if organisation == of["provider"][0]
    ]
    address = f"/v1/returns/{new_id()}"
    sent = {made[code]: {"value": value} for code, value in values.items()}
    drafted = place[provider].put_new(address, {"obligation_id": owed, "period": "2015April", "values": sent})
    submitted = place[provider].move(f"{address}/submission", version=drafted["version"])
    place[lead].move(f"{address}/acceptance", {"explanations_accepted": True}, submitted["version"])
