"""The round of a provider's portal at the public door: two providers, an associate, late, corrected and disputed returns."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.journey.partnership import Partnership, enter_partnership
from tests.journey.party import new_id, new_key

MEMBERS = {
    "lead": ("Torbay and South Devon lead council", "local_authority", "host"),
    "nhs": ("South Devon NHS commissioner", "nhs_commissioner", "commissioner"),
    "associate": ("Kernow associate", "nhs_commissioner", "associate"),
    "community": ("Community health provider", "independent_provider", "provider"),
    "trust": ("Acute hospital trust", "nhs_provider", "provider"),
}
FROM = "2014-04-01"
UNTIL = (datetime.now(tz=UTC) + timedelta(days=30)).date().isoformat()


@pytest.fixture(scope="module")
def devon(system, document, operator) -> Iterator[Partnership]:
    entered = enter_partnership(system.url, document, operator, "South Devon", FROM, MEMBERS)
    yield entered
    entered.close()


def contract(devon: Partnership, provider: str, *associates: str) -> str:
    """A running contract that the council leads. Returns its id."""
    of = devon.organisation
    parties = [{"role": "lead_commissioner", "organisation_id": of["lead"]}]
    parties += [{"role": "associate_commissioner", "organisation_id": of[each]} for each in associates]
    body = {
        "reference": f"SD-{provider}",
        "title": f"Services of the {provider}",
        "state": "recorded_as_active",
        "partnership_id": devon.id,
        "value": {"amount_pence": None, "status": "not_stated"},
        "parties": [*parties, {"role": "provider", "organisation_id": of[provider]}],
    }
    return str(devon["lead"].put_new(f"/v1/contracts/{new_id()}", body)["id"])


@pytest.fixture(scope="module")
def owed(devon) -> dict[str, Any]:
    """Two indicators, and by provider the obligation to report them; the associate reads those of the community."""
    lead, of, ids = devon["lead"], devon.organisation, {}
    for code, kind, unit in (("delays", "days", "days"), ("at-home", "percentage", "%")):
        body = {
            "partnership_id": devon.id,
            "code": code,
            "title": code,
            "definition": "As agreed by the partners.",
            "value_type": kind,
            "unit": unit,
            "polarity": "low_is_good" if kind == "days" else "high_is_good",
            "frequency": "quarterly",
        }
        ids[code] = lead.put_new(f"/v1/indicators/{new_id()}", body)["id"]
    found: dict[str, Any] = {"indicators": ids}
    for provider, associates in (("community", ["associate"]), ("trust", [])):
        body = {
            "partnership_id": devon.id,
            "contract_id": contract(devon, provider, *associates),
            "lead_organisation_id": of["lead"],
            "provider_organisation_id": of[provider],
            "associate_organisation_ids": [of[each] for each in associates],
            "title": "Quarterly return",
            "frequency": "quarterly",
            "begins_on": FROM,
            "ends_on": "2015-03-31",
            "due_days": 20,
            "indicators": [{"indicator_id": each} for each in ids.values()],
        }
        found[provider] = lead.put_new(f"/v1/obligations/{new_id()}", body)
    return found


def figures(owed, delays="8", numerator="80") -> dict[str, Any]:
    share = str(int(numerator) * 100 // 200)
    home = {"value": share, "numerator": numerator, "denominator": "200"}
    return {owed["indicators"]["delays"]: {"value": delays}, owed["indicators"]["at-home"]: home}


def sent(portal, obligation: dict, period: str, values: dict) -> dict[str, Any]:
    """Drafted and submitted in two calls."""
    body = {"obligation_id": obligation["id"], "period": period, "values": values}
    draft = portal.put_new(f"/v1/returns/{new_id()}", body)
    return portal.move(f"/v1/returns/{draft['id']}/submission", version=draft["version"])


def test_the_whole_round_takes_five_calls(devon, owed):
    """What do I owe with its form, save, check, submit, status."""
    portal = devon["community"]
    asked = {"outstanding": True, "form": True, "limit": 1}
    (item,) = portal.read("/v1/completeness", **asked)["items"]
    assert (item["period"], item["financial_year"], item["financial_quarter"]) == ("2014Q2", "2014/15", 1)
    assert [(each["code"], each["previous"]) for each in item["form"]] == [
        ("delays", None),
        ("at-home", None),
    ]
    body = {"obligation_id": item["obligation_id"], "period": item["period"], "values": figures(owed)}
    draft = portal.put_new(f"/v1/returns/{new_id()}", body)
    check = portal.read(f"/v1/returns/{draft['id']}/check")
    assert (check["submittable"], check["faults"]) == (True, [])
    done = portal.move(f"/v1/returns/{draft['id']}/submission", version=draft["version"])
    (status,) = portal.read("/v1/completeness", limit=1)["items"]
    assert (
        (status["state"], status["return_id"]) == (done["state"], draft["id"]) == ("validated", draft["id"])
    )
    assert status["days_late"] > 0  # late is flagged and never refused
    assert devon["trust"].get(f"/v1/returns/{draft['id']}").status_code == 404


def test_it_is_sent_back_with_reasons_by_field_corrected_accepted_and_agreed_by_the_associate(devon, owed):
    portal, lead = devon["community"], devon["lead"]
    (item,) = portal.read("/v1/completeness", limit=1)["items"]
    path, field = f"/v1/returns/{item['return_id']}", f"/values/{owed['indicators']['delays']}/value"
    reasons = {"reasons": [{"pointer": field, "reason": "One ward twice"}], "reviewer": "Contract manager"}
    lead.move(f"{path}/return", reasons, item["version"])
    (back,) = portal.read("/v1/completeness", outstanding=True, limit=1)["items"]
    assert [each["pointer"] for each in back["reasons"]] == [field]
    stay = owed["indicators"]["delays"]
    changed = portal.patch(path, json={"values": {stay: {"value": "7"}}}, version=back["version"]).json()
    again = portal.move(f"{path}/submission", version=changed["version"])
    taken = lead.move(f"{path}/acceptance", {"reviewer": "Contract manager"}, again["version"])
    assert (taken["state"], taken["accepted_revision"]) == ("accepted", 2)
    agreed = devon["associate"].post(f"{path}/associate-acceptance", key=new_key(), version=taken["version"])
    assert agreed.is_success, agreed.text
    standings = lead.read(f"{path}/associate-acceptance")["items"]
    assert [each["standing"] for each in standings] == ["accepted"]
    story = devon["associate"].read(f"{path}/revisions")["items"]
    assert [each["values"][stay]["value"] for each in story] == ["8", "7"]
    assert story[1]["moves"][-1]["reviewer"] == "Contract manager"
    form = portal.read("/v1/completeness", form=True, limit=2)["items"][1]["form"]
    assert [each["previous"] for each in form] == ["7", "40"]  # last period's values, for the next return


def test_a_correction_after_acceptance_holds_the_old_figure_until_the_new_one_is_accepted(devon, owed):
    portal, lead = devon["community"], devon["lead"]
    (item,) = portal.read("/v1/completeness", limit=1)["items"]
    path, stay = f"/v1/returns/{item['return_id']}", owed["indicators"]["delays"]
    assert (
        portal.read(f"/v1/obligations/{item['obligation_id']}/input-status", period="2014Q2")["reason"]
        == "accepted"
    )
    why = {"reasons": [{"pointer": f"/values/{stay}/value", "reason": "A late coding"}]}
    back = lead.move(f"{path}/reopening", why, item["version"])

    def shown() -> str:
        card = devon["nhs"].read("/v1/scorecards", partnership_id=devon.id, as_at="2014-06-30")
        (line,) = [
            each
            for each in card["lines"]
            if each["indicator_id"] == stay and each["obligation_id"] == item["obligation_id"]
        ]
        return str(line["latest"]["value"])

    changed = portal.patch(path, json={"values": {stay: {"value": "6.5"}}}, version=back["version"]).json()
    again = portal.move(f"{path}/submission", version=changed["version"])
    assert shown() == "7"
    lead.move(f"{path}/acceptance", {}, again["version"])
    assert shown() == "6.5"


def test_a_disputed_return_is_not_locked_until_the_dispute_ends(devon, owed):
    lead, associate = devon["lead"], devon["associate"]
    done = sent(devon["community"], owed["community"], "2014Q3", figures(owed, "9"))
    path = f"/v1/returns/{done['id']}"
    taken = lead.move(f"{path}/acceptance", {}, done["version"])
    point = {"pointer": f"/values/{owed['indicators']['delays']}/value", "reason": "Our patients are missing"}
    dispute = associate.move(f"{path}/disputes", {"points": [point], "until": UNTIL}, taken["version"])
    refused = lead.post(f"{path}/lock", key=new_key(), version=taken["version"])
    assert (refused.status_code, refused.json()["code"]) == (409, "return_in_dispute")
    one = f"{path}/disputes/{dispute['id']}"
    lead.move(f"{one}/resolution", {"outcome": "rejected", "note": "They are in it"}, dispute["version"])
    locked = lead.post(f"{path}/lock", key=new_key(), version=taken["version"])
    assert locked.json()["state"] == "locked", locked.text
    said = devon["community"].read(f"/v1/obligations/{owed['community']['id']}/input-status", period="2014Q3")
    assert (said["is_open"], said["reason"]) == (False, "locked")


def test_each_provider_sees_and_sends_its_own_alone(devon, owed):
    trust, body = devon["trust"], {"obligation_id": owed["community"]["id"], "period": "2014Q4", "values": {}}
    refused = trust.put(f"/v1/returns/{new_id()}", json=body)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/obligation_id")
    rows = [
        {
            "obligation_id": owed[each]["id"],
            "period": "2014/15 Q1",
            "indicator": "delays",
            "value": "5",
        }
        for each in ("community", "trust")
    ]
    batch = trust.post("/v1/return-batches", json={"figures": rows}, key=new_key()).json()
    assert (batch["taken"], batch["rejected"], batch["faults"][0]["line"]) == (1, 1, 1)
    assert {each["provider_organisation_id"] for each in trust.items("/v1/completeness")} == {
        devon.organisation["trust"]
    }
    assert devon["associate"].items("/v1/returns", obligation_id=owed["trust"]["id"]) == []
    assert {each["state"] for each in trust.items("/v1/returns")} == {"draft"}
