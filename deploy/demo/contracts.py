"""The contracts part of the demonstration: community health services and the acute contract with its associate."""

from __future__ import annotations

from deploy.demo.fund import pool_id
from deploy.demo.ids import id_of
from deploy.demo.partner import Partner
from deploy.demo.plymouth import PARTNERSHIP, organisation_id

COMMUNITY = str(id_of("contract", "community"))
ACUTE = str(id_of("contract", "acute"))
PUBLIC_HEALTH = str(id_of("contract", "public health"))


def register_contracts(ccg: Partner, pcc: Partner) -> None:
    """Three contracts of the papers. Values are not printed, so they are not stated."""
    not_stated = {"amount_pence": None, "status": "not_stated"}
    ccg.put(
        f"/v1/contracts/{COMMUNITY}",
        {
            "reference": "NEW-COMMUNITY",
            "title": "Community health services in Plymouth",
            "state": "recorded_as_active",
            "partnership_id": str(PARTNERSHIP),
            "category": "community_intervention",
            "end_date": "2016-03-31",
            "notice_period": {"count": 6, "unit": "months"},
            "value": not_stated,
            "parties": [
                {"role": "lead_commissioner", "organisation_id": organisation_id("ccg")},
                {"role": "provider", "organisation_id": organisation_id("pch")},
            ],
            "funding": [
                {
                    "pool_id": pool_id("community_intervention"),
                    "organisation_id": organisation_id("ccg"),
                    "share_percent": "100",
                }
            ],
            "stated_dates": [
                {
                    "kind": "recommission_by",
                    "on": "2016-03-01",
                    "precision": "month",
                    "source": "Summary of savings projects, 2014",
                    "words": "by March 2016",
                },
                {
                    "kind": "recommission_by",
                    "on": "2016-04-01",
                    "precision": "month",
                    "source": "Business case, July 2014",
                    "words": "by April 2016",
                },
            ],
        },
    )
    ccg.put(
        f"/v1/contracts/{ACUTE}",
        {
            "reference": "NEW-ACUTE",
            "title": "Acute services at Derriford Hospital",
            "state": "recorded_as_active",
            "partnership_id": str(PARTNERSHIP),
            "value": not_stated,
            "parties": [
                {"role": "lead_commissioner", "organisation_id": organisation_id("ccg")},
                {"role": "associate_commissioner", "organisation_id": organisation_id("kernow")},
                {"role": "provider", "organisation_id": organisation_id("phnt")},
            ],
            "sites": [
                {"name": "Derriford Hospital", "operated_by_organisation_id": organisation_id("phnt")},
            ],
        },
    )
    pcc.put(
        f"/v1/contracts/{PUBLIC_HEALTH}",
        {
            "reference": "PCC-PUBLIC-HEALTH",
            "title": "Public health services in Plymouth",
            "state": "recorded_as_active",
            "partnership_id": str(PARTNERSHIP),
            "category": "wellness",
            "value": not_stated,
            "parties": [
                {"role": "lead_commissioner", "organisation_id": organisation_id("pcc")},
                {"role": "provider", "organisation_id": organisation_id("pch")},
            ],
        },
    )
