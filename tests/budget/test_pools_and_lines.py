"""Pools, lines, contributions and accounts over HTTP: what may be opened, by whom, and who sees it."""

import uuid

import pytest

from tests.budget.place import SCOPES, Place, assert_hidden, code_of, made
from tests.stack import a_caller

ACUTE = {"tags": ["acute"], "category": "complex_bed_based"}


@pytest.fixture
async def place(client_for):
    return await Place().enter(client_for)


@pytest.mark.row("S1-B01")
async def test_a_pool_needs_an_agreement_between_the_nhs_and_a_council(place):
    parties = place.terms()["parties"]
    parties[1]["kind"] = "local_authority"
    await place.draft(parties=parties)
    body = {
        "partnership_id": str(place.partnership),
        "agreement_id": str(place.agreement),
        "name": "Wellness",
        "category": "wellbeing",
        "arrangement": "shadow",
    }
    refused = await place.pcc.put(f"/v1/pools/{uuid.uuid4()}", json=body)
    assert (refused.status_code, code_of(refused)) == (409, "agreement_partners_missing")
    none = await place.pcc.put(f"/v1/pools/{uuid.uuid4()}", json={**body, "agreement_id": str(uuid.uuid4())})
    assert (none.status_code, code_of(none)) == (422, "agreement_unknown")
    del body["agreement_id"]
    assert (await place.pcc.put(f"/v1/pools/{uuid.uuid4()}", json=body)).status_code == 422


@pytest.mark.row("S1-B02", "S1-B04")
async def test_three_pools_in_shadow_and_real_from_commencement(place):
    await place.draft()
    names = ("Wellness", "Community Based Care", "Complex / Bed Based Care (excluding acute)")
    pools = [await place.pool(name, name) for name in names]
    listed = await place.ccg.get("/v1/pools", params={"partnership_id": str(place.partnership)})
    assert {(each["category"], each["arrangement"]) for each in listed.json()["items"]} == {
        ("wellness", "shadow"),
        ("community_intervention", "shadow"),
        ("complex_bed_based", "shadow"),
    }
    real = {
        "partnership_id": str(place.partnership),
        "agreement_id": str(place.agreement),
        "name": "Too early",
        "category": "wellness",
        "arrangement": "pooled",
    }
    early = await place.pcc.put(f"/v1/pools/{uuid.uuid4()}", json=real)
    assert (early.status_code, code_of(early)) == (409, "pool_needs_agreement_in_force")
    twice = await place.pcc.put(
        f"/v1/pools/{uuid.uuid4()}", json={**real, "name": "Wellness", "arrangement": "shadow"}
    )
    assert code_of(twice) == "pool_name_used"
    await place.approve()
    await place.sign()
    await place.commence()
    for pool in pools:
        turned = made(await place.pcc.get(f"/v1/pools/{pool}"))
        assert (turned["arrangement"], turned["version"]) == ("pooled", 2)
        assert turned["owner_organisation_id"] == str(place.council)
    made(await place.pcc.put(f"/v1/pools/{uuid.uuid4()}", json={**real, "name": "In force"}))


@pytest.mark.row("S1-B02", "S1-B03")
async def test_acute_care_stays_out_of_the_pool_and_in_its_category(place):
    await place.draft()
    pool = await place.pool("Complex", "complex_bed_based")
    inside = place.line_body(pool, **ACUTE)
    refused = await place.ccg.put(f"/v1/lines/{uuid.uuid4()}", json=inside)
    assert (refused.status_code, code_of(refused)) == (409, "line_out_of_scope")
    assert (refused.json()["tag"], refused.json()["category"]) == ("acute", "complex_bed_based")
    legality = {"basis": "outside_agreement_scope", "assessed_on": "2014-09-01"}
    outside = place.line_body(None, "aligned", legality=legality, **ACUTE)
    kept = made(await place.ccg.put(f"/v1/lines/{uuid.uuid4()}", json=outside))
    assert (kept["category"], kept["arrangement"], kept["pool_id"]) == ("complex_bed_based", "aligned", None)


@pytest.mark.row("S5-B01")
async def test_what_the_law_excludes_is_aligned_and_not_pooled(place):
    await place.bring_into_force()
    pool = await place.pool(arrangement="pooled")
    surgery = place.line_body(pool, "pooled", financial_year="2015/16", functions=["surgery"])
    refused = await place.ccg.put(f"/v1/lines/{uuid.uuid4()}", json=surgery)
    assert (code_of(refused), refused.json()["functions"]) == ("line_statutorily_excluded", ["surgery"])
    basis = {"basis": "statutory_exclusion", "assessed_on": "2015-03-01", "note": "SI 2000/617 reg 5"}
    aligned = {**surgery, "pool_id": None, "arrangement": "aligned", "legality": basis}
    kept = made(await place.ccg.put(f"/v1/lines/{uuid.uuid4()}", json=aligned))
    assert kept["legality"] == basis
    early = place.line_body(pool, "pooled", financial_year="2014/15")
    assert code_of(await place.pcc.put(f"/v1/lines/{uuid.uuid4()}", json=early)) == "line_before_commencement"


async def test_the_database_holds_lines_to_their_pool_too(place, stack):
    await place.draft()
    pool = await place.pool()
    connection = await stack.superuser()
    insert = (
        "insert into budget.lines (id, partnership_id, owner_organisation_id, pool_id, name, category, arrangement,"
        " financial_year, budget_status, version, legal_basis, legality_assessed_on) values"
        " (gen_random_uuid(), $1, $2, $3, 'by hand', $4, $5, '2014/15', 'tbc', 1, $6, '2014-09-01')"
    )
    try:
        for category, arrangement, in_pool, basis, words in (
            ("complex_bed_based", "shadow", pool, "agreement_not_in_force", "lines_pool_fits"),
            ("wellness", "aligned", pool, "partners_choice", "lines_pool_by_arrangement"),
            ("wellness", "shadow", None, "agreement_not_in_force", "lines_pool_by_arrangement"),
            ("wellness", "pooled", pool, "statutory_exclusion", "lines_basis"),
        ):
            with pytest.raises(Exception, match=words):
                await connection.execute(
                    insert, place.partnership, place.council, in_pool, category, arrangement, basis
                )
        with pytest.raises(Exception, match="real only under an agreement in force"):
            await connection.execute(
                "update budget.pools set arrangement = 'pooled', version = 2 where id = $1", pool
            )
        with pytest.raises(Exception, match="append-only"):
            await connection.execute("truncate budget.contributions cascade")
    finally:
        await connection.close()


@pytest.mark.row("S1-B11")
async def test_a_promise_may_be_unknown_and_a_later_one_replaces_it(place):
    await place.draft()
    pool = await place.pool()
    made(await place.pcc.put(f"/v1/agreements/{uuid.uuid4()}", json=_another(place)))
    made(await place.promise(place.pcc, pool, 22_167_000_00))
    unknown = made(await place.promise(place.ccg, pool, None))
    assert unknown["amount"] == {"amount_pence": None, "status": "tbc", "qualifier": None}
    second = await place.promise(place.ccg, pool, 1)
    assert (second.status_code, code_of(second)) == (409, "contribution_stands_already")
    known = made(await place.promise(place.ccg, pool, 5, replaces_contribution_id=unknown["id"]))
    assert known["replaces_contribution_id"] == unknown["id"]
    third = await place.promise(place.ccg, pool, 6, replaces_contribution_id=unknown["id"])
    assert code_of(third) == "contribution_replaced_already"
    other_s = await place.promise(place.pcc, pool, 6, replaces_contribution_id=known["id"])
    # The shadow of a draft is the owner's alone: the partner is not even told that it is there.
    assert code_of(other_s) == "contribution_replaces_unknown"
    half_known = {"amount": {"amount_pence": 5, "status": "tbc"}, "financial_year": "2015/16"}
    mismatch = await place.promise(place.ccg, pool, 6, **half_known)
    assert (mismatch.status_code, code_of(mismatch)) == (422, "money_status_mismatch")
    third_party = await place.client(commissioner=place.partnership)
    assert code_of(await place.promise(third_party, pool, 6)) == "contribution_not_a_party"


def _another(place):
    return {
        "partnership_id": str(place.partnership),
        "reference": "ANOTHER",
        "type": "MoU",
        "terms": place.terms(),
    }


async def test_accounts_stand_where_their_money_does(place):
    await place.bring_into_force()
    pool = await place.pool(arrangement="pooled")
    line = await place.line(place.ccg, pool, "pooled", financial_year="2015/16")
    spend = await place.account(place.pcc, "expenditure", "pooled", pool_id=pool, line_id=line)
    assert made(await place.ccg.get(f"/v1/accounts/{spend}"))["owner_organisation_id"] == str(place.council)
    aligned = await place.line(place.ccg, None, "aligned")
    body = {
        "partnership_id": str(place.partnership),
        "name": "x",
        "kind": "expenditure",
        "arrangement": "aligned",
        "line_id": str(aligned),
    }
    for client, change, code in (
        (place.pcc, {}, "line_unknown"),
        (place.ccg, {"line_id": None}, "account_needs_line"),
        (place.ccg, {"pool_id": str(pool)}, "account_needs_pool"),
        (place.ccg, {"arrangement": "pooled", "pool_id": str(pool)}, "account_differs_from_line"),
        (place.ccg, {"kind": "contribution", "line_id": None}, "account_needs_partner"),
        (place.ccg, {"pool_id": str(uuid.uuid4())}, "pool_unknown"),
    ):
        answer = await client.put(f"/v1/accounts/{uuid.uuid4()}", json={**body, **change})
        assert code_of(answer) == code, answer.text
    made(await place.ccg.put(f"/v1/accounts/{uuid.uuid4()}", json=body))
    twice = await place.ccg.put(f"/v1/accounts/{uuid.uuid4()}", json=body)
    assert code_of(twice) == "account_name_used"


async def everything(place) -> dict[str, uuid.UUID]:
    """One line and promise of each kind and owner, under a draft; the ids by what they are."""
    await place.draft()
    pool = await place.pool()
    made_here = {
        "pcc shadow": await place.line(place.pcc, pool),
        "ccg shadow": await place.line(place.ccg, pool),
        "pcc aligned": await place.line(place.pcc, None, "aligned"),
        "ccg aligned": await place.line(place.ccg, None, "aligned"),
    }
    return made_here


async def seen_by(client, place, lines) -> set[str]:
    """What a client sees in the list; it must be what it may read one by one, and the rest must look absent."""
    listed = await client.get("/v1/lines", params={"partnership_id": str(place.partnership)})
    ids = {each["id"] for each in listed.json()["items"]}
    found = set()
    for name, id_ in lines.items():
        answer = await client.get(f"/v1/lines/{id_}")
        assert (answer.status_code == 200) == (str(id_) in ids), name
        if answer.status_code == 200:
            found.add(name)
    assert len(found) == len(ids)
    return found


async def test_each_role_sees_exactly_its_lines(place):
    lines = await everything(place)
    assert await seen_by(place.pcc, place, lines) == {"pcc shadow", "pcc aligned"}
    assert await seen_by(place.ccg, place, lines) == {"ccg shadow", "ccg aligned"}
    auditor = await place.auditor([place.council])
    assert await seen_by(auditor, place, lines) == {"pcc shadow", "pcc aligned"}
    wrong_year = await place.auditor([place.council], ["2013/14"])
    no_commissioners = ("provider", "associate", "observer")
    nobodies = [await place.client(**{role: place.partnership}) for role in no_commissioners]
    for other in (wrong_year, *nobodies, await place.client(commissioner=uuid.uuid4())):
        assert await seen_by(other, place, lines) == set()
        await assert_hidden(other, f"/v1/lines/{lines['pcc shadow']}", "/v1/lines", place.partnership)


async def test_a_draft_s_shadow_opens_by_its_owner_s_consent_and_by_the_agreement_in_force(place):
    lines = await everything(place)
    path = f"/v1/agreements/{place.agreement}/shadow-consent"
    consented = made(await place.ccg.post(path, key="consent-of-the-ccg-" + uuid.uuid4().hex))
    assert consented["shadow_consents"] == [str(place.nhs)]
    assert await seen_by(place.pcc, place, lines) == {"pcc shadow", "ccg shadow", "pcc aligned"}
    assert await seen_by(place.ccg, place, lines) == {"ccg shadow", "ccg aligned"}
    await place.approve()
    await place.sign()
    assert "pcc shadow" not in await seen_by(place.ccg, place, lines)
    await place.commence()
    assert await seen_by(place.ccg, place, lines) == {"pcc shadow", "ccg shadow", "ccg aligned"}
    auditor = await place.auditor(
        [place.council]
    )  # in force, the agreement opens shadow to the auditor as well
    assert await seen_by(auditor, place, lines) == {"pcc shadow", "ccg shadow", "pcc aligned"}


async def test_an_agreement_in_force_may_open_aligned_lines_one_by_one(place):
    await place.draft(aligned_lines_open=True)
    aligned = {"ccg aligned": await place.line(place.ccg, None, "aligned")}
    assert await seen_by(place.pcc, place, aligned) == set()
    await place.approve()
    await place.sign()
    await place.commence()
    # The agreement opens them, and what opens one partner's to another is a data-sharing agreement of theirs.
    assert await seen_by(place.pcc, place, aligned) == set()
    shared_with = await place.sharing(place.council, place.nhs)
    assert await seen_by(shared_with, place, aligned) == {"ccg aligned"}
    elsewhere = Place(council=place.council, nhs=place.nhs)
    elsewhere.client_for = place.client_for
    other = await elsewhere.sharing(place.council, place.nhs, commissioner=place.partnership)
    assert await seen_by(other, place, aligned) == set()
    stranger = await place.sharing(uuid.uuid4(), place.nhs, provider=place.partnership)
    assert await seen_by(stranger, place, aligned) == set()


async def test_an_organisation_that_succeeded_another_sees_its_lines(place):
    lines = await everything(place)
    successor = uuid.uuid4()
    caller = a_caller(successor, SCOPES, organisations=(successor, place.nhs), commissioner=place.partnership)
    client = await place.client_for("budget", caller)
    assert await seen_by(client, place, lines) == {"ccg shadow", "ccg aligned"}


async def test_pages_and_filters_of_lists(place):
    await place.draft()
    pool = await place.pool()
    for _ in range(5):
        await place.line(place.pcc, pool)
    await place.line(place.pcc, pool, financial_year="2015/16")
    where = f"partnership_id={place.partnership}&financial_year=2014-15&pool_id={pool}"
    seen, url = [], f"/v1/lines?{where}&limit=2"
    while url:
        page = (await place.pcc.get(url)).json()
        seen += [each["name"] for each in page["items"]]
        url = page["next"]
    assert len(seen) == 5
    assert seen == sorted(seen)
    bad = await place.pcc.get(f"/v1/lines?{where}&cursor=nonsense")
    assert code_of(bad) == "cursor_unreadable"
    year = await place.pcc.get(f"/v1/lines?partnership_id={place.partnership}&financial_year=2014-16")
    assert year.json()["errors"][0]["pointer"] == "?financial_year"
