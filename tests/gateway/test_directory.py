"""The directory over HTTP: organisations, partnerships and members, kept by the operator and seen by members."""

from __future__ import annotations

import uuid

import pytest

from tests.gateway.people import Visit
from tests.gateway.stand_in import answering


def code_of(answer) -> str:
    return answer.json()["code"]


def body(**changes) -> dict:
    return {"name": "Body", "kind": "local_authority", **changes}


@pytest.fixture
def tag() -> str:
    """Eight digits that no other test uses: a company number."""
    return str(uuid.uuid4().int)[:8]


@pytest.fixture(scope="module")
async def coded(operator):
    """A commissioning group to 30 June 2022, and the place whose code it is from the next day on."""
    code = f"Z{str(uuid.uuid4().int)[:6]}"
    made = {}
    for name, role, days in (
        ("ccg", "ccg", {"from_date": "2013-04-01", "to_date": "2022-06-30"}),
        ("place", "sub_icb_location", {"from_date": "2022-07-01"}),
    ):
        identifier = {"scheme": "ods", "code": code, "role": role, **days}
        made[name] = await operator.organisation(kind="nhs_commissioner", identifiers=[identifier])
    return made, code


async def test_an_organisation_is_entered_read_and_found_by_its_code(operator, tag):
    made = await operator.organisation("Livewell", identifiers=[{"scheme": "company", "code": tag}])
    read = await operator.visit.get(f"/v1/organisations/{made}")
    assert read.status_code == 200
    assert read.json()["identifiers"] == [
        {"scheme": "company", "code": tag, "role": None, "from_date": None, "to_date": None}
    ]
    found = await operator.visit.get("/v1/organisations", params={"scheme": "company", "code": tag})
    assert [each["id"] for each in found.json()["items"]] == [made]
    assert code_of(await operator.visit.get("/v1/organisations?scheme=ods")) == "identifier_scheme_needed"


async def test_entering_twice_answers_the_same_and_a_changed_body_is_refused(operator):
    made = uuid.uuid4()
    first = await operator.visit.put(f"/v1/organisations/{made}", json=body())
    again = await operator.visit.put(f"/v1/organisations/{made}", json=body())
    changed = await operator.visit.put(f"/v1/organisations/{made}", json=body(name="Other"))
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert again.headers["Idempotency-Replayed"] == "true"
    assert changed.status_code == 422
    assert code_of(changed) == "idempotency_key_reused"


async def test_a_former_name_is_kept_with_its_dates(operator):
    made = await operator.organisation("Plymouth Community Healthcare", kind="independent_provider")
    answer = await operator.visit.patch(
        f"/v1/organisations/{made}",
        version=1,
        json={
            "name": "Livewell Southwest",
            "names": [{"name": "Plymouth Community Healthcare", "kind": "former", "to_date": "2016-02-29"}],
        },
    )
    assert answer.status_code == 200
    assert answer.json()["name"] == "Livewell Southwest"
    assert answer.json()["names"][0]["to_date"] == "2016-02-29"
    assert answer.json()["version"] == 2
    assert answer.headers["ETag"] == '"2"'


async def test_a_code_can_live_on_in_another_role_but_means_one_body_at_a_time(operator, tag):
    ccg = await operator.organisation(
        kind="nhs_commissioner", identifiers=[{"scheme": "ods", "code": f"A{tag}", "role": "ccg"}]
    )
    other = body(identifiers=[{"scheme": "ods", "code": f"A{tag}", "role": "ccg", "from_date": "2022-07-01"}])
    taken = await operator.visit.put(f"/v1/organisations/{uuid.uuid4()}", json=other)
    assert taken.status_code == 409
    assert code_of(taken) == "identifier_taken"
    ended = {"scheme": "ods", "code": f"A{tag}", "role": "ccg", "to_date": "2022-06-30"}
    change = await operator.visit.patch(f"/v1/organisations/{ccg}", version=1, json={"identifiers": [ended]})
    assert change.json()["identifiers"][0]["to_date"] == "2022-06-30"
    assert (await operator.visit.put(f"/v1/organisations/{uuid.uuid4()}", json=other)).status_code == 201
    lost = await operator.visit.patch(f"/v1/organisations/{ccg}", version=2, json={"identifiers": []})
    assert lost.status_code == 422
    assert code_of(lost) == "identifier_kept"


@pytest.mark.parametrize(
    ("as_at", "found"),
    [
        ("2013-03-31", []), ("2013-04-01", ["ccg"]), ("2022-06-30", ["ccg"]), ("2022-07-01", ["place"]),
        ("2030-02-28", ["place"]), (None, ["ccg", "place"]),
    ],
)  # fmt: skip
async def test_a_code_is_found_with_the_body_that_it_meant_on_a_day(operator, coded, as_at, found):
    made, code = coded
    asked = {"scheme": "ods", "code": code, **({"as_at": as_at} if as_at else {})}
    answer = await operator.visit.get("/v1/organisations", params=asked)
    assert [each["id"] for each in answer.json()["items"]] == [made[name] for name in found]


async def test_a_day_alone_finds_nobody_and_says_so(operator):
    answer = await operator.visit.get("/v1/organisations?as_at=2022-07-01")
    assert (answer.status_code, code_of(answer)) == (422, "identifier_scheme_needed")


async def test_a_change_needs_the_version_it_was_decided_on(operator):
    made = await operator.organisation()
    assert (await operator.visit.patch(f"/v1/organisations/{made}", json={"name": "A"})).status_code == 428
    first = await operator.visit.patch(f"/v1/organisations/{made}", version=1, json={"name": "A"})
    again = await operator.visit.patch(f"/v1/organisations/{made}", version=1, json={"name": "A"})
    rival = await operator.visit.patch(f"/v1/organisations/{made}", version=1, json={"name": "B"})
    assert first.content == again.content
    assert again.headers["Idempotency-Replayed"] == "true"
    assert rival.status_code == 412
    assert rival.json()["current_version"] == 2


@pytest.mark.parametrize(
    ("wrong", "code", "pointer"),
    [
        ({"kind": "operator"}, "operator_not_made_here", "/kind"),
        ({"kind": "sub_unit"}, "sub_unit_parent", "/parent_id"),
        ({"parent_id": str(uuid.uuid4())}, "sub_unit_parent", "/parent_id"),
        ({"kind": "sub_unit", "parent_id": str(uuid.uuid4())}, "parent_unknown", "/parent_id"),
        ({"identifiers": [{"scheme": "gss", "code": "06000026"}]}, "identifier_malformed", "/identifiers/0/code"),
        ({"names": [{"name": "A", "kind": "alias", "from_date": "2015-01-02", "to_date": "2015-01-01"}]},
         "dates_crossed", "/names/0/to_date"),
        ({"version": 7}, "extra_forbidden", "/version"),
        ({"name": "a\x00b"}, "value_error", "/name"),
        ({"name": "a\u202eb"}, "value_error", "/name"),
    ],
)  # fmt: skip
async def test_what_no_directory_may_hold_is_refused(operator, wrong, code, pointer):
    answer = await operator.visit.put(f"/v1/organisations/{uuid.uuid4()}", json=body(**wrong))
    assert answer.status_code == 422
    assert (answer.json()["errors"][0]["code"], answer.json()["errors"][0]["pointer"]) == (code, pointer)


async def test_a_partnership_has_dated_members_with_roles(operator):
    council, trust = await operator.organisation(), await operator.organisation(kind="nhs_provider")
    partnership = await operator.partnership(commissioner=council)
    member = await operator.member(partnership, trust, "provider", from_date="2014-04-01")
    ended = await operator.visit.patch(
        f"/v1/partnerships/{partnership}/members/{member['id']}", version=1, json={"to_date": "2015-03-31"}
    )
    assert ended.json()["to_date"] == "2015-03-31"
    again = await operator.member(partnership, trust, "provider", from_date="2015-04-01")
    whole = await operator.visit.get(f"/v1/partnerships/{partnership}/members")
    assert [each["role"] for each in whole.json()["items"]] == ["commissioner", "provider", "provider"]
    one = await operator.visit.get(f"/v1/partnerships/{partnership}/members/{again['id']}")
    assert one.json() == again


async def refused_member(operator, partnership, **wrong):
    answer = await operator.visit.put(
        f"/v1/partnerships/{partnership}/members/{uuid.uuid4()}",
        json={"role": "provider", "from_date": "2014-04-01", **wrong},
    )
    return answer.status_code, code_of(answer)


async def test_who_cannot_be_a_member_is_refused(operator, stack):
    council, other = await operator.organisation(), await operator.organisation()
    unit = await operator.organisation(kind="sub_unit", parent_id=council)
    partnership = await operator.partnership(commissioner=council)
    me = (await operator.visit.get("/v1/me")).json()
    audit = {"role": "auditor", "organisation_id": other}
    for wrong, expected in (
        ({"organisation_id": str(uuid.uuid4())}, (422, "member_unknown")),
        ({"organisation_id": unit}, (422, "member_is_sub_unit")),
        ({"organisation_id": me["organisation_id"]}, (422, "member_is_operator")),
        ({"organisation_id": council, "role": "commissioner"}, (409, "member_twice")),
        ({"organisation_id": other, "financial_years": ["2014/15"]}, (422, "auditor_appointment")),
        (audit, (422, "auditor_appointment")),
        ({**audit, "audited_organisation_ids": [str(uuid.uuid4())], "financial_years": ["2014/15"]},
         (422, "auditor_body_unknown")),
        ({"organisation_id": other, "to_date": "2014-03-31"}, (422, "dates_crossed")),
    ):  # fmt: skip
        assert await refused_member(operator, partnership, **wrong) == expected
    assert await refused_member(operator, uuid.uuid4(), organisation_id=other) == (404, "not_found")


@pytest.mark.row("S1-G09")
async def test_a_partnership_grows_by_partners_and_providers(operator):
    council, ccg = await operator.organisation(), await operator.organisation(kind="nhs_commissioner")
    partnership = await operator.partnership(host=council, commissioner=ccg)
    for year in range(2015, 2020):
        partner = await operator.organisation()
        await operator.member(partnership, partner, "commissioner", from_date=f"{year}-04-01")
    client = await operator.client(ccg)
    told = (await client.visit.get(f"/v1/partnerships/{partnership}/members")).json()["items"]
    assert [each["role"] for each in told] == ["host", *["commissioner"] * 6]
    assert len({each["organisation_id"] for each in told}) == 7


@pytest.mark.row("S1-G11")
async def test_neighbouring_councils_may_look_on_and_write_nothing(operator, behind):
    council = await operator.organisation()
    partnership = await operator.partnership(commissioner=council)
    for name in ("Devon County Council", "West Devon Borough Council", "South Hams District Council"):
        neighbour = await operator.organisation(name)
        await operator.member(partnership, neighbour, "observer")
        client = await operator.client(neighbour)
        behind["outcomes"].does(answering({}))
        assert (await client.visit.get(f"/v1/partnerships/{partnership}")).status_code == 200
        assert (await client.visit.get(f"/v1/scorecards?partnership_id={partnership}")).status_code == 200
        for path in ("journals", "pools", "lines", "contracts", "indicators", "targets", "obligations"):
            refused = await client.visit.put(f"/v1/{path}/{uuid.uuid4()}", json={})
            assert (refused.status_code, refused.json()["code"]) == (403, "role_missing"), path


@pytest.mark.row("S4-G06")
async def test_an_organisation_reads_those_with_which_it_is_in_a_partnership_and_nobody_else(operator):
    council, ccg, stranger = [await operator.organisation() for _ in range(3)]
    partnership = await operator.partnership(commissioner=council, associate=ccg)
    client = await operator.client(council)
    visit = client.visit
    assert (await visit.get(f"/v1/organisations/{council}")).status_code == 200
    assert (await visit.get(f"/v1/organisations/{ccg}")).status_code == 200
    hidden = await visit.get(f"/v1/organisations/{stranger}")
    absent = await visit.get(f"/v1/organisations/{uuid.uuid4()}")
    assert hidden.status_code == absent.status_code == 404
    same = ("instance", "request_id")
    assert {k: v for k, v in hidden.json().items() if k not in same} == {
        k: v for k, v in absent.json().items() if k not in same
    }
    seen = (await visit.get("/v1/organisations")).json()["items"]
    assert {each["id"] for each in seen} == {council, ccg}
    assert [each["id"] for each in (await visit.get("/v1/partnerships")).json()["items"]] == [partnership]
    other = await operator.partnership(commissioner=stranger)
    assert (await visit.get(f"/v1/partnerships/{other}")).status_code == 404
    assert (await visit.get(f"/v1/partnerships/{other}/members")).status_code == 404


async def test_only_the_operator_writes_in_the_directory(operator, gateway):
    council = await operator.organisation()
    client = await operator.client(council)
    answer = await client.visit.put(f"/v1/organisations/{uuid.uuid4()}", json=body())
    assert answer.status_code == 403
    assert answer.json()["code"] == "scope_missing"
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="insufficient_scope", scope="directory:write"'
    async with Visit(gateway) as nobody:
        refused = await nobody.put(f"/v1/organisations/{uuid.uuid4()}", json=body())
        assert refused.status_code == 401
        assert refused.headers["WWW-Authenticate"] == "Bearer"
        assert refused.json()["code"] == "token_missing"


async def test_a_list_comes_in_pages_that_together_are_the_whole(operator):
    for _ in range(5):
        await operator.organisation()
    seen, url = [], "/v1/organisations?limit=2"
    while url:
        page = (await operator.visit.get(url)).json()
        assert len(page["items"]) <= 2
        seen += [each["id"] for each in page["items"]]
        url = page["next"]
    whole = [each["id"] for each in (await operator.visit.get("/v1/organisations?limit=200")).json()["items"]]
    assert seen == whole
    assert len(set(seen)) == len(seen)
