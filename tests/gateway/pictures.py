"""What the three services answer to a view: a position, a summary of contracts, a scorecard in short."""

import uuid

TOTAL = {"known_pence": 9_080_000_00, "complete": True, "missing_contributors": []}
TBC = {"known_pence": 9_080_000_00, "complete": False, "missing_contributors": [str(uuid.uuid4())]}


def figures(total=TOTAL):
    return {
        "budget_approved": total, "budget_adjusted": total, "actual": total, "variance_pence": None,
        "committed_pence": None, "forecast_outturn": total, "forecast_variance_pence": None,
        "contributions_due": total, "contributions_received_pence": None,
    }  # fmt: skip


def position(total=TOTAL, **changes):
    of = {
        "pooled": figures(total),
        "aligned": figures(total),
        "shadow": figures(total),
        "whole": figures(total),
    }
    partner = str(uuid.uuid4())
    return {
        "partnership_id": str(uuid.uuid4()), "pool_id": None, "financial_year": "2014/15", "as_at": "2015-03-31",
        "as_recorded": None, "complete": total["complete"], "missing_contributors": [], "withheld_contributors": [],
        "totals": of, "by_category": [{"category": "wellness", "figures": figures(total)}],
        "by_partner": [{"organisation_id": partner, "figures": figures(total)}],
        "by_category_and_partner": [
            {"category": "wellness", "organisation_id": partner, "figures": figures(total)}],
        "by_pool": [], "lines": [], **changes,
    }  # fmt: skip


def value(**changes):
    return {"known_pence": 5_000_000_00, "complete": True, "contracts": 3, "unknown": 0, "missing_contributors": [],
            **changes}  # fmt: skip


def summary(**changes):
    return {
        "partnership_id": str(uuid.uuid4()), "as_at": "2015-03-31", "contracts": 3, "running": 2,
        "by_state": [{"state": "active", "contracts": 2}], "by_category": [],
        "total": value(known_pence=0, contracts=0), "annual": value(contracts=2),
        "ends_next": [{"contract_id": str(uuid.uuid4()), "reference": "PCC-1", "title": "Advocacy",
                       "owner_organisation_id": str(uuid.uuid4()), "ends_on": "2015-09-30"}],
        "past_end": 0, "without_indicator": None, "completeness": [], **changes,
    }  # fmt: skip


def card(**changes):
    return {
        "partnership_id": str(uuid.uuid4()), "as_at": "2015-03-31", "as_recorded": None, "complete": True,
        "missing_contributors": [], "ratings": {"red": 4, "amber": 5, "green": 12, "unrated": 0},
        "against_england": {"worse": 3, "better": 2, "same": 0, "compared": 5, "worse_percent": "60",
                            "not_compared": []},
        "lines": [{"indicator_id": str(uuid.uuid4()), "code": "2A", "title": "Admissions", "unit": None,
                   "provider_organisation_id": None, "period": "2014April", "value": "667.5", "status": "actual",
                   "target_value": "650", "rating": "red", "reason": "worse_than_target"}],
        **changes,
    }  # fmt: skip
