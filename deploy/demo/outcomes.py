"""The outcomes part of the demonstration: the indicator table, what a provider owes, and its first return."""

from __future__ import annotations

from typing import Any

from deploy.demo.contracts import COMMUNITY
from deploy.demo.ids import id_of, key_of
from deploy.demo.partner import Partner
from deploy.demo.plymouth import PARTNERSHIP, organisation_id
from deploy.demo.printed_indicators import INDICATORS, PrintedIndicator

SOURCE = "Summary of savings projects, 2014, section 3.2"
BASELINE_PERIOD = "2012April"
FIRST_YEAR = "2015April"  # the financial year 2015/16
OBLIGATION = str(id_of("obligation"))
RETURN = str(id_of("return", FIRST_YEAR))


def indicator_id(code: str) -> str:
    return str(id_of("indicator", code))


def enter_indicators(ccg: Partner) -> None:
    """All indicators with their baselines and targets as printed; what is not printed stays unknown."""
    for each in INDICATORS:
        _enter(ccg, each)


def _enter(ccg: Partner, each: PrintedIndicator) -> None:
    body: dict[str, Any] = {
        "partnership_id": str(PARTNERSHIP),
        "code": each.code,
        "title": each.title,
        "definition": f"{each.title}, as the paper names it.",
        "unit": each.unit,
        "value_type": each.value_type,
        "polarity": each.polarity,
        "frequency": "financial_yearly",
        "source": SOURCE,
        **each.extra,
    }
    if each.part_of is not None:
        body["part_of_indicator_id"] = indicator_id(each.part_of)
    ccg.put(f"/v1/indicators/{indicator_id(each.code)}", body)
    if each.baseline is not None:
        ccg.put(
            f"/v1/baselines/{id_of('baseline', each.code)}",
            {
                "indicator_id": indicator_id(each.code),
                "period": BASELINE_PERIOD,
                "value": each.baseline,
                "source": SOURCE,
            },
        )
    if each.target is not None:
        _set_target(ccg, each, dict(each.target))


def _set_target(ccg: Partner, each: PrintedIndicator, target: dict[str, Any]) -> None:
    if target["kind"] == "comparator_equal":
        # The series itself is not printed: the comparator is named, and its values stay to be filled in.
        england = each.code == "2C-1"
        comparator = str(id_of("comparator", each.code))
        ccg.put(
            f"/v1/comparators/{comparator}",
            {
                "indicator_id": indicator_id(each.code),
                "kind": "england" if england else "nearest_neighbours",
                "name": "England" if england else "Comparator group",
                "area_code": "E92000001" if england else None,
                "group_version": None if england else "2014",
                "source": SOURCE,
            },
        )
        target["comparator_id"] = comparator
    ccg.put(f"/v1/targets/{id_of('target', each.code)}", {"indicator_id": indicator_id(each.code), **target})


def oblige_provider(ccg: Partner) -> None:
    """Plymouth Community Healthcare owes its length of stay each year (the obligation is invented)."""
    ccg.put(
        f"/v1/obligations/{OBLIGATION}",
        {
            "partnership_id": str(PARTNERSHIP),
            "contract_id": COMMUNITY,
            "lead_organisation_id": organisation_id("ccg"),
            "provider_organisation_id": organisation_id("pch"),
            "associate_organisation_ids": [],
            "title": "Community services, yearly",
            "frequency": "financial_yearly",
            "begins_on": "2015-04-01",
            "ends_on": "2016-03-31",
            "due_days": 20,
            "indicators": [{"indicator_id": indicator_id("LOS-C")}],
        },
    )


def _at(partner: Partner) -> dict[str, Any]:
    return partner.get(f"/v1/returns/{RETURN}")


def play_return(provider: Partner, ccg: Partner) -> None:
    """Draft, submit, sent back with a reason, submitted again, accepted. The values are invented."""
    field = indicator_id("LOS-C")
    provider.put(
        f"/v1/returns/{RETURN}",
        {"obligation_id": OBLIGATION, "period": FIRST_YEAR, "values": {field: {"value": "33.90"}}},
    )
    if _at(provider)["state"] == "draft":
        provider.post(
            f"/v1/returns/{RETURN}/submission", key_of("submission", "1"), {}, _at(provider)["version"]
        )
    if _at(ccg)["state"] in {"submitted", "validated"} and _at(ccg)["revision"] == 1:
        ccg.post(
            f"/v1/returns/{RETURN}/return",
            key_of("send back"),
            {
                "reasons": [
                    {
                        "pointer": f"/values/{field}/value",
                        "reason": "One ward is counted twice; please check.",
                    }
                ]
            },
            _at(ccg)["version"],
        )
    if _at(provider)["state"] == "returned":
        provider.patch(
            f"/v1/returns/{RETURN}", {"values": {field: {"value": "32.60"}}}, _at(provider)["version"]
        )
        provider.post(
            f"/v1/returns/{RETURN}/submission", key_of("submission", "2"), {}, _at(provider)["version"]
        )
    if _at(ccg)["state"] in {"submitted", "validated"}:
        ccg.post(f"/v1/returns/{RETURN}/acceptance", key_of("acceptance"), {}, _at(ccg)["version"])
