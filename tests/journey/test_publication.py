"""What the public sees through the gateway: published contracts, without a token, and nothing else."""

import httpx
import pytest

from deploy.demo.contracts import COMMUNITY, PUBLIC_HEALTH
from deploy.demo.plymouth import organisation_id
from tests.journey.party import new_key

OCID = f"ocds-213czf-{PUBLIC_HEALTH}"


@pytest.fixture(scope="module")
def public(system):
    """Anybody, without a token."""
    with httpx.Client(base_url=system.url) as client:
        yield client


def test_a_council_publishes_and_everybody_reads(public, pcc, ccg):
    council = str(organisation_id("pcc"))
    named = pcc.get(f"/v1/organisations/{council}").json()
    body = {"name": named["name"], "kind": named["kind"]}
    other = ccg.put(f"/v1/publishers/{council}", json=body)
    assert (other.status_code, other.json()["code"]) == (422, "publisher_not_own")
    assert pcc.put(f"/v1/publishers/{council}", json=body).status_code == 201

    closed = public.get(f"/v1/records/{OCID}")
    assert (closed.status_code, closed.json()["code"]) == (404, "not_found")
    url = f"/v1/contracts/{PUBLIC_HEALTH}/publication"
    version = pcc.get(url).json()["version"]
    refused = ccg.patch(url, json={"open": True}, version=version)
    assert refused.status_code == 404
    assert pcc.patch(url, json={"open": True}, version=version).status_code == 200

    record = public.get(f"/v1/records/{OCID}")
    assert record.status_code == 200, record.text
    assert record.json()["records"][0]["compiledRelease"]["buyer"]["name"] == named["name"]
    assert "q=600" in record.headers["ratelimit-policy"]
    feed = public.get("/v1/releases", headers={"Authorization": "Bearer nonsense"})
    assert OCID in feed.text
    assert str(COMMUNITY) not in feed.text
    register = public.get("/v1/register", params={"owner_organisation_id": council})
    assert register.status_code == 200
    again = public.get(f"/v1/records/{OCID}", headers={"If-None-Match": record.headers["etag"]})
    assert again.status_code == 304


def test_the_public_comes_no_further(public):
    for path in ("/v1/contracts", "/v1/register-export", f"/v1/contracts/{PUBLIC_HEALTH}/publication"):
        assert public.get(path).status_code == 401, path
    assert public.post("/v1/releases").status_code == 405
    forged = {"X-Caller-Assertion": "x.y.z", "X-On-Behalf-Of": "Director"}
    assert public.get("/v1/releases", headers=forged).status_code == 200


def test_deep_and_large_packages_are_refused_at_the_door(pcc):
    headers = {"Content-Type": "application/json"}
    deep = pcc.post(
        "/v1/release-imports", content=b'{"releases":' + b"[" * 5000, headers=headers, key=new_key()
    )
    assert (deep.status_code, deep.json()["code"]) == (400, "body_too_deep")
    large = pcc.post("/v1/release-imports", content=b" " * (17 * 1024 * 1024), headers=headers, key=new_key())
    assert (large.status_code, large.json()["code"]) == (413, "body_too_large")
    zipped = pcc.post("/v1/register-imports", content=b"PK\x03\x04" + b"\0" * 500, headers={"Content-Type": "text/csv"},
                      key=new_key())  # fmt: skip
    assert (zipped.status_code, zipped.json()["code"]) == (422, "csv_not_text")
