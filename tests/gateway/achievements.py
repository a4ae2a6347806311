"""What the services answer to views of what is achieved: spending by contract, the register's list, a whole scorecard."""

import uuid

from aiohttp import web


def spent(contract, pence, **changes):
    return {"contract_id": contract, "spend_pence": pence, "pooled_pence": pence, "aligned_pence": None,
            "shadow_pence": None, **changes}  # fmt: skip


def spending(*contracts, without=0, **changes):
    seen = sum(each["spend_pence"] for each in contracts) + without
    return {
        "complete": True, "missing_contributors": [], "withheld_contributors": [], "seen_pence": seen,
        "without_contract_pence": without, "contracts": list(contracts), **changes,
    }  # fmt: skip


def contract(made, owner, reference="PCC-1", **changes):
    return {
        "id": made, "owner_organisation_id": owner, "associate_organisation_ids": [], "reference": reference,
        "title": "Community beds", "category": "wellness", "service": "Community beds", "state": "active",
        "start_date": "2014-04-01", "ends_on": "2016-03-31", "value": {"amount_pence": 5_000_00, "status": "actual"},
        "value_basis": "annual", "providers": [{"organisation_id": str(uuid.uuid4()), "name": "Livewell"}], **changes,
    }  # fmt: skip


WHOLE = dict.fromkeys(
    ("area", "sub_area", "provider_site", "age_band", "deprivation_quintile", "cohort", "theme")
)


def figure(value, period="2014April"):
    return {"period": period, "financial_year": "2014/15", "value": value, "status": "actual"}


def line(contract_id=None, **changes):
    return {
        "indicator_id": str(uuid.uuid4()), "code": "stay", "title": "Length of stay", "unit": "days",
        "value_type": "days", "axis": "outcome", "domain": None, "contract_id": contract_id,
        "provider_organisation_id": None, "target": {"stated": "5% less", "value": "31.3975"},
        "latest": figure("33.05"), "trend": "better", "dimensions": WHOLE, "rating": "red",
        "reason": "worse_than_target", **changes,
    }  # fmt: skip


def activity(contract_id, value="250", period="2014April", **changes):
    of = {"code": "bed-days", "title": "Bed days", "unit": "days", "value_type": "count", "axis": "activity"}
    return line(contract_id, **{**of, "latest": figure(value, period), "rating": "unrated", **changes})


def card(*lines, **changes):
    counts = {
        colour: sum(each["rating"] == colour for each in lines)
        for colour in ("red", "amber", "green", "unrated")
    }
    england = {"worse": 1, "better": 0, "same": 0, "compared": 1, "worse_percent": "100", "not_compared": []}
    return {
        "complete": True, "missing_contributors": [], "ratings": counts, "against_england": england,
        "lines": list(lines), **changes,
    }  # fmt: skip


def listing(*items, more=0):
    """Answers a list, with so many empty pages before its end."""

    async def answer(request: web.Request, _body: bytes) -> web.StreamResponse:
        number = int(request.query.get("cursor", "0"))
        following = f"{request.path}?cursor={number + 1}" if number < more else None
        return web.json_response({"items": list(items) if number == 0 else [], "next": following})

    return answer
