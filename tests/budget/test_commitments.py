"""Commitments over HTTP: reserved, varied, drawn down by payments, released; never past a line's limit."""

import uuid

import pytest

from tests.budget.committing import body, figures, move, pay, pointer_of, reserve
from tests.budget.place import Place, assert_hidden, code_of, key, made
from tests.budget.years import real_year


@pytest.fixture
async def place(client_for):
    return await Place().enter(client_for)


@pytest.mark.row("S3-B08", "S3-B03")
async def test_permitted_budget_and_what_is_left_are_seen_at_once(place):
    pool, lines, fund = await real_year(place)
    line = lines["pcc"]  # 1,000.00 with 90.00 spent
    service = made(await reserve(place.pcc, place, line, 400_00))
    assert service["line"] == {
        "line_id": str(line),
        "budget_adjusted": {"amount_pence": 1_000_00, "status": "actual", "qualifier": None},
        "actual_pence": 90_00,
        "committed_pence": 400_00,
        "available_pence": 510_00,
        "overspend_pence": 0,
        "commitment_limit_pence": None,
    }
    package = made(
        await reserve(
            place.ccg,
            place,
            line,
            600_00,
            level="package",
            contract_id=None,
            placement_id=str(uuid.uuid4()),
        )
    )
    assert (package["level"], package["made_by_organisation_id"]) == ("package", str(place.nhs))
    assert (package["line"]["available_pence"], package["line"]["overspend_pence"]) == (-90_00, 90_00)
    paid = await pay(place, pool, line, fund, 100_00)
    drawn = made(await move(place.pcc, service, "draw-down", journal_id=paid["id"]))
    assert figures(drawn) == [400_00, 100_00, 0, 300_00]
    assert (drawn["line"]["actual_pence"], drawn["line"]["committed_pence"]) == (190_00, 900_00)
    varied = made(
        await move(
            place.pcc,
            drawn,
            "variation",
            amount_pence=250_00,
            effective_date="2015-10-01",
            reason="Fewer hours",
        )
    )
    assert figures(varied) == [250_00, 100_00, 0, 150_00]
    freed = made(
        await move(
            place.pcc, varied, "release", amount_pence=50_00, effective_date="2016-02-29", reason="Ended"
        )
    )
    assert figures(freed) == [250_00, 100_00, 50_00, 100_00]
    whole = made(await move(place.pcc, freed, "release", effective_date="2016-03-31", reason="Ended"))
    assert (figures(whole)[3], whole["line"]["committed_pence"]) == (0, 600_00)
    moves = made(await place.ccg.get(f"/v1/commitments/{service['id']}/moves"))["items"]
    assert [(each["kind"], each["amount_pence"]) for each in moves] == [
        ("reserved", 400_00),
        ("drawn_down", -100_00),
        ("varied", -150_00),
        ("released", -50_00),
        ("released", -100_00),
    ]
    read = await place.ccg.get(f"/v1/commitments/{service['id']}")
    assert made(read) == whole
    assert read.headers["ETag"].startswith('"5-')
    listed = await place.ccg.get(
        "/v1/commitments", params={"partnership_id": str(place.partnership), "line_id": str(line)}
    )
    assert {each["id"] for each in listed.json()["items"]} == {service["id"], package["id"]}


@pytest.mark.row("S3-B08")
async def test_a_payment_counts_once_and_its_reversal_gives_back(place):
    pool, lines, fund = await real_year(place)
    line = lines["pcc"]
    first = made(await reserve(place.pcc, place, line, 100_00))
    other = made(await reserve(place.pcc, place, line, 100_00))
    paid = await pay(place, pool, line, fund, 80_00)
    elsewhere = await pay(place, pool, lines["ccg"], fund, 80_00)
    for journal in (elsewhere["id"], str(uuid.uuid4())):
        unknown = await move(place.pcc, first, "draw-down", journal_id=journal)
        assert (code_of(unknown), pointer_of(unknown)) == ("commitment_journal_unknown", "/journal_id")
    drawn = made(await move(place.pcc, first, "draw-down", journal_id=paid["id"], amount_pence=50_00))
    twice = await move(place.pcc, drawn, "draw-down", journal_id=paid["id"], amount_pence=10_00)
    assert (twice.status_code, code_of(twice)) == (409, "commitment_drawn_already")
    more = await move(place.pcc, other, "draw-down", journal_id=paid["id"], amount_pence=30_01)
    assert (code_of(more), more.json()["drawn_elsewhere_pence"]) == ("commitment_more_than_paid", 50_00)
    made(await move(place.pcc, other, "draw-down", journal_id=paid["id"]))
    undo = {"id": str(uuid.uuid4()), "effective_date": "2015-07-01", "narrative": "Paid twice"}
    reversal = made(await place.pcc.post(f"/v1/journals/{paid['id']}/reversal", json=undo, key=key()))
    back = made(await move(place.pcc, drawn, "draw-down", journal_id=reversal["id"]))
    assert figures(back) == [100_00, 0, 0, 100_00]
    third = made(await reserve(place.pcc, place, line, 1))
    nothing = await move(place.pcc, third, "draw-down", journal_id=reversal["id"])
    assert code_of(nothing) == "commitment_nothing_to_restore"


async def test_above_the_rest_only_where_it_says_so(place):
    pool, lines, fund = await real_year(place)
    held = made(await reserve(place.pcc, place, lines["pcc"], 50_00))
    paid = await pay(place, pool, lines["pcc"], fund, 60_00)
    refused = await move(place.pcc, held, "draw-down", journal_id=paid["id"])
    assert (refused.status_code, code_of(refused), refused.json()["rest_pence"]) == (
        409,
        "commitment_more_than_rest",
        50_00,
    )
    beyond = made(await move(place.pcc, held, "draw-down", journal_id=paid["id"], beyond_rest=True))
    assert figures(beyond) == [50_00, 50_00, 0, 0]
    [_, draw] = made(await place.pcc.get(f"/v1/commitments/{held['id']}/moves"))["items"]
    assert (draw["amount_pence"], draw["paid_pence"]) == (-50_00, 60_00)
    again = {"effective_date": "2015-09-01", "reason": "x"}
    for act, sent, code, pointer in (
        ("release", {"amount_pence": 1, **again}, "commitment_more_than_rest", "/amount_pence"),
        ("release", again, "commitment_more_than_rest", "/amount_pence"),
        ("variation", {"amount_pence": 49_99, **again}, "commitment_below_used", "/amount_pence"),
        ("variation", {"amount_pence": 50_00, **again}, "commitment_unchanged", "/amount_pence"),
        (
            "variation",
            {"amount_pence": 60_00, **again, "effective_date": "2016-04-01"},
            "commitment_after_year",
            "/effective_date",
        ),
    ):
        wrong = await move(place.pcc, beyond, act, **sent)
        assert (code_of(wrong), pointer_of(wrong)) == (code, pointer), wrong.text


async def test_odd_reservations_are_refused_with_their_place(place, client_for):
    _, lines, _ = await real_year(place)
    elsewhere = await Place().enter(client_for)
    _, theirs, _ = await real_year(elsewhere)
    placement = str(uuid.uuid4())
    for line, pence, changes, pointer in (
        (lines["ccg aligned"], 1, {}, "/line_id"),
        (theirs["pcc"], 1, {}, "/line_id"),
        (uuid.uuid4(), 1, {}, "/line_id"),
        (lines["pcc"], 0, {}, "/amount_pence"),
        (lines["pcc"], -1, {}, "/amount_pence"),
        (lines["pcc"], 10**15 + 1, {}, "/amount_pence"),
        (lines["pcc"], 1.5, {}, "/amount_pence"),
        (lines["pcc"], 1, {"level": "package"}, "/placement_id"),
        (lines["pcc"], 1, {"placement_id": placement}, "/placement_id"),
        (lines["pcc"], 1, {"effective_date": "2016-04-01"}, "/effective_date"),
        (lines["pcc"], 1, {"effective_date": "2015-02-29"}, "/effective_date"),
        (lines["pcc"], 1, {"effective_date": "9999-01-01"}, "/effective_date"),
    ):
        refused = await reserve(place.pcc, place, line, pence, **changes)
        assert (refused.status_code, pointer_of(refused)) == (422, pointer), refused.text
    made(await reserve(place.pcc, place, lines["pcc"], 10**15))
    huge = await reserve(place.pcc, place, lines["pcc"], 1)
    assert (code_of(huge), pointer_of(huge)) == ("money_too_large", "/amount_pence")


async def test_each_move_is_safe_to_repeat_and_goes_stale(place):
    _, lines, _ = await real_year(place)
    path = f"/v1/commitments/{uuid.uuid4()}"
    sent = body(place, lines["pcc"], 10_00)
    first = await place.pcc.put(path, json=sent)
    again = await place.pcc.put(path, json=sent)
    assert (again.content, again.headers["Idempotency-Replayed"]) == (first.content, "true")
    release = {"amount_pence": 4_00, "effective_date": "2015-09-01", "reason": "Less"}
    once = key()
    freed = made(await place.pcc.post(f"{path}/release", json=release, key=once, version=1))
    replayed = await place.pcc.post(f"{path}/release", json=release, key=once, version=1)
    assert (replayed.json(), replayed.headers["Idempotency-Replayed"]) == (freed, "true")
    stale = await place.pcc.post(f"{path}/release", json=release, key=key(), version=1)
    assert (stale.status_code, code_of(stale)) == (412, "version_stale")
    assert made(await place.pcc.get(path))["rest_pence"] == 6_00


async def test_nobody_else_sees_it(place):
    _, lines, _ = await real_year(place)
    own = made(await reserve(place.ccg, place, lines["ccg aligned"], 1_00))
    path = f"/v1/commitments/{own['id']}"
    await assert_hidden(place.pcc, path, "/v1/commitments", place.partnership)
    for role in ("provider", "observer", "associate"):
        other = await place.client(**{role: place.partnership})
        await assert_hidden(other, path, "/v1/commitments", place.partnership)
    release = await move(place.pcc, own, "release", effective_date="2015-09-01", reason="x")
    assert release.status_code == 404
    assert (await place.pcc.get(f"{path}/moves")).status_code == 404


async def test_the_database_keeps_a_commitment_and_its_moves_together(place, stack):
    _, lines, _ = await real_year(place)
    held = made(await reserve(place.pcc, place, lines["pcc"], 10_00))
    connection = await stack.superuser()
    which = uuid.UUID(held["id"])
    try:
        with pytest.raises(Exception, match="is not its moves"):
            await connection.execute(
                "update budget.commitments set reserved_pence = 5, version = version + 1 where id = $1", which
            )
        with pytest.raises(Exception, match="append-only"):
            await connection.execute(
                "update budget.commitment_moves set amount_pence = 5 where commitment_id = $1", which
            )
        balance = await connection.fetchrow(
            "select sum(b.amount_pence) as kept, (select sum(amount_pence) from budget.commitment_moves m"
            " where m.line_id = $1) as moved from budget.commitment_balances b where b.line_id = $1",
            lines["pcc"],
        )
        assert balance["kept"] == balance["moved"] == 10_00
    finally:
        await connection.close()


async def test_partners_see_the_money_of_another_s_package_and_not_whose_it_is(place):
    _, lines, _ = await real_year(place)
    asked = {"level": "package", "placement_id": str(uuid.uuid4()), "description": "24 hours for one person"}
    mine = made(await reserve(place.pcc, place, lines["ccg"], 50_00, **asked))
    mine = made(
        await move(
            place.pcc, mine, "variation", amount_pence=60_00, effective_date="2015-05-01", reason="A fall"
        )
    )
    assert (mine["placement_id"], mine["description"]) == (asked["placement_id"], asked["description"])
    other = made(await place.ccg.get(f"/v1/commitments/{mine['id']}"))
    hidden = {"placement_id": None, "description": "A package of care that another organisation commissions"}
    assert other == {**mine, **hidden}
    params = {"partnership_id": str(place.partnership)}
    for client, expect in ((place.pcc, mine), (place.ccg, other)):
        [found] = (await client.get("/v1/commitments", params=params)).json()["items"]
        assert found == {name: expect[name] for name in found}
        moves = (await client.get(f"/v1/commitments/{mine['id']}/moves")).json()["items"]
        assert [each["reason"] for each in moves] == [None, None if client is place.ccg else "A fall"]
    # Whoever pays it from the pool's books is told no more.
    sent = {"amount_pence": 1_00, "effective_date": "2015-06-01", "reason": "Less"}
    told = made(await move(place.ccg, mine, "release", **sent))
    assert (told["rest_pence"], told["placement_id"], told["description"]) == (59_00, *hidden.values())
    service = made(await reserve(place.pcc, place, lines["pcc"], 5_00))
    assert (
        made(await place.ccg.get(f"/v1/commitments/{service['id']}"))["description"] == service["description"]
    )
