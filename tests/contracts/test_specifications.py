"""Specifications: versions never overlap, a contract names one that holds, and who reads which."""

import asyncio
import uuid
from dataclasses import replace

import pytest

from tests.contracts.care import CARE, carer, joined, running
from tests.contracts.register import Place, registered
from tests.contracts.world import as_app
from tests.stack import a_caller

ROLES = ("ccg", "council", "kernow", "pch", "phnt", "scrutiny", "auditor", "stranger")
URL, NAMED = "/v1/specifications", "/v1/contract-specifications"


class Library:
    def __init__(self, place, clients, contract_id) -> None:
        self.place, self.clients, self.contract_id = place, clients, contract_id

    async def put(self, number=1, who="ccg", **changes):
        body = {
            "partnership_id": str(self.place.partnership), "code": "COMM-NURSING", "number": number,
            "title": f"Community nursing {number}", "holds_from": "2013-04-01", **changes,
        }  # fmt: skip
        return await self.clients[who].put(f"{URL}/{uuid.uuid4()}", json=body)

    async def name(self, specification, on="2013-04-01", who="ccg", **changes):
        body = {
            "contract_id": self.contract_id, "specification_id": specification, "holds_from": on, **changes,
        }  # fmt: skip
        return await self.clients[who].put(f"{NAMED}/{uuid.uuid4()}", json=body)


@pytest.fixture
async def library(client_for):
    place = Place()
    clients = {role: await client_for("contracts", carer(place, role)) for role in ROLES}
    return Library(place, clients, await running(clients["ccg"], place, **joined(place, "pch")))


@pytest.mark.row("S1-C06")
async def test_a_version_ends_the_day_before_the_next_begins(library):
    first = (await library.put()).json()
    second = (await library.put(2, holds_from="2014-10-01", holds_until="2015-09-30")).json()
    lead = library.clients["ccg"]
    ended = (await lead.get(f"{URL}/{first['id']}")).json()
    assert (ended["holds_from"], ended["holds_until"]) == ("2013-04-01", "2014-09-30")
    assert ended == {**first, "holds_until": "2014-09-30", "changed_at": ended["changed_at"]}
    for day, number in (("2014-09-30", 1), ("2014-10-01", 2), ("2015-10-01", None)):
        found = (await lead.get(URL, params={"code": "comm-nursing", "on": day})).json()["items"]
        assert [each["number"] for each in found] == ([] if number is None else [number])
    assert second["holds_until"] == "2015-09-30"


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"number": 2, "holds_from": "2014-03-31"}, 409, "specification_overlaps"),
        ({"number": 2, "holds_from": "2010-01-01"}, 409, "specification_overlaps"),
        ({"number": 1, "holds_from": "2015-04-01"}, 409, "specification_number_used"),
        ({"number": 2, "holds_from": "2012-04-01", "holds_until": "2012-05-01"}, 409, "specification_out_of_order"),
        ({"number": 2, "holds_from": "2015-04-01", "holds_until": "2015-03-31"}, 422, "specification_ends_before_start"),
        ({"number": 0, "holds_from": "2015-04-01"}, 422, "fields_invalid"),
        ({"number": 2, "holds_from": "2014-04-01", "url": "javascript:alert(1)"}, 422, "fields_invalid"),
    ],
)  # fmt: skip
async def test_what_does_not_fit_is_refused_and_nothing_moves(library, changes, status, code):
    made = (await library.put(holds_until="2014-03-31")).json()
    answer = await library.put(**changes)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert [each["id"] for each in (await library.clients["ccg"].get(URL)).json()["items"]] == [made["id"]]


async def test_two_versions_at_once_never_hold_on_one_day(library, stack):
    days = {"holds_from": "2014-04-01", "holds_until": "2015-03-31"}
    answers = await asyncio.gather(*(library.put(number, **days) for number in range(1, 6)))
    assert sorted(each.status_code for each in answers) == [201, 409, 409, 409, 409]
    insert = """
        insert into specifications (id, partnership_id, owner_organisation_id, code, code_key, number, title, holds_from)
        values (gen_random_uuid(), $1, $2, 'X', 'x', $3, 'X', '2014-04-01')
    """
    place = library.place
    async with as_app(stack, carer(place, "ccg")) as first, as_app(stack, carer(place, "ccg")) as second:
        await first.execute(insert, place.partnership, place.ccg, 1)
        late = asyncio.create_task(second.execute(insert, place.partnership, place.ccg, 2))
        waited = not (await asyncio.wait([late], timeout=0.5))[0]
        await first.execute("commit")
        with pytest.raises(Exception, match="overlaps another"):
            await late
        assert waited
        await first.execute("begin")


async def test_a_version_does_not_end_before_a_contract_goes_by_it(library, stack):
    first = (await library.put()).json()
    assert (await library.name(first["id"], on="2015-06-01")).status_code == 201
    early = await library.put(2, holds_from="2014-10-01")
    told = early.json()
    assert (early.status_code, told["code"]) == (409, "specification_named_later"), early.text
    assert (told["contract_ids"], told["last_named_from"]) == ([library.contract_id], "2015-06-01")
    lead = library.clients["ccg"]
    assert (await lead.get(f"{URL}/{first['id']}")).json() == first
    connection = await stack.superuser()
    try:
        change = "update contracts.specifications set holds_until = '2015-05-31' where id = $1"
        with pytest.raises(Exception, match="from a later day"):
            await connection.execute(change, uuid.UUID(first["id"]))
    finally:
        await connection.close()
    assert (await library.put(2, holds_from="2015-06-02")).status_code == 201


async def test_who_names_a_version_waits_for_who_ends_it(library, stack):
    first = (await library.put()).json()
    async with as_app(stack, carer(library.place, "ccg")) as ending:
        change = "update specifications set holds_until = '2014-09-30' where id = $1"
        assert await ending.execute(change, uuid.UUID(first["id"])) == "UPDATE 1"
        late = asyncio.create_task(library.name(first["id"], on="2015-06-01"))
        waited = not (await asyncio.wait([late], timeout=0.5))[0]
        await ending.execute("commit")
        answer = await late
        assert (waited, answer.json()["code"]) == (True, "specification_not_in_force"), answer.text
        await ending.execute("begin")


@pytest.mark.row("S1-C06")
async def test_a_contract_names_a_version_that_holds(library, client_for):
    first = (await library.put()).json()
    second = (await library.put(2, holds_from="2014-10-01")).json()
    made = await library.name(first["id"])
    assert made.status_code == 201, made.text
    assert (made.json()["number"], made.json()["title"]) == (1, "Community nursing 1")
    assert (await library.name(second["id"], "2014-10-01")).status_code == 201
    there = uuid.uuid4()
    library.clients["other"] = await client_for("contracts", a_caller(uuid.uuid4(), CARE, commissioner=there))
    elsewhere = (await library.put(who="other", partnership_id=str(there))).json()
    councils = (await registered(library.clients["council"], library.place.contract("council")))["id"]
    for asked, status, code in (
        ({"specification": first["id"], "on": "2014-10-01"}, 422, "specification_not_in_force"),
        ({"specification": second["id"], "on": "2014-09-30"}, 422, "specification_not_in_force"),
        ({"specification": first["id"], "on": "2013-03-31"}, 422, "specification_not_in_force"),
        ({"specification": second["id"], "on": "2016-04-01"}, 422, "specification_outside_term"),
        ({"specification": second["id"], "on": "2014-10-01"}, 409, "specification_named_twice"),
        ({"specification": elsewhere["id"]}, 422, "specification_unknown"),
        ({"specification": first["id"], "contract_id": councils}, 422, "specification_contract_unknown"),
        ({"specification": first["id"], "contract_id": str(uuid.uuid4())}, 422, "specification_contract_unknown"),
    ):  # fmt: skip
        answer = await library.name(asked.pop("specification"), **asked)
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert (await library.name(first["id"], who="kernow")).status_code == 422


async def test_the_library_is_the_partners_and_what_is_named_the_parties(library, stack):
    version = (await library.put()).json()
    named = (await library.name(version["id"])).json()
    reads = {"ccg": (1, 1), "council": (1, 1), "kernow": (0, 1), "pch": (0, 1), "auditor": (0, 1)}
    for role in ROLES:
        client, (versions, names) = library.clients[role], reads.get(role, (0, 0))
        for url, thing, many in ((URL, version, versions), (NAMED, named, names)):
            listed = (await client.get(url)).json()["items"]
            assert [each["id"] for each in listed] == [thing["id"]] * many, (role, url)
            assert (await client.get(f"{url}/{thing['id']}")).status_code == (200 if many else 404)
        async with as_app(stack, carer(library.place, role)) as connection:
            assert len(await connection.fetch("select from specifications")) == versions, role
            assert len(await connection.fetch("select from contract_specifications")) == names, role
    refused = await library.put(2, who="stranger", holds_from="2015-04-01")
    assert (refused.status_code, refused.json()["code"]) == (422, "contract_partnership_not_commissioned")


async def test_the_database_refuses_what_the_rules_refuse(library, stack):
    version = (await library.put(holds_until="2014-03-31")).json()
    named = (await library.name(version["id"])).json()
    attempts = {
        f"update specifications set title = 'x' where id = '{version['id']}'": "stays as it was",
        f"update specifications set holds_until = '2015-01-01' where id = '{version['id']}'": "stays as it was",
        f"delete from specifications where id = '{version['id']}'": "append-only",
        f"update contract_specifications set number = 2 where id = '{named['id']}'": "append-only",
        f"""insert into contract_specifications select gen_random_uuid(), contract_id, partnership_id,
            owner_organisation_id, specification_id, code, number, title, '2014-04-01'
            from contract_specifications where id = '{named['id']}'""": "does not hold on that day",
    }  # fmt: skip
    connection = await stack.superuser()
    try:
        await connection.execute("set search_path = contracts")
        for statement, said in attempts.items():
            transaction = connection.transaction()
            await transaction.start()
            with pytest.raises(Exception, match=said):
                await connection.execute(statement)
            await transaction.rollback()
    finally:
        await connection.close()


async def test_a_version_in_one_partnership_ends_none_in_another(library, client_for):
    """One body with a pool beside each of two councils has a library in each."""
    here, there = library.place.partnership, uuid.uuid4()
    both = a_caller(library.place.ccg, CARE, commissioner=here)
    both = replace(both, standing={"commissioner": (here, there)})
    library.clients["both"] = await client_for("contracts", both)
    first = (await library.put(who="both")).json()
    for number, day in ((1, "2013-04-01"), (2, "2014-10-01")):
        made = await library.put(number, "both", partnership_id=str(there), holds_from=day)
        assert made.status_code == 201, made.text
    kept = (await library.clients["ccg"].get(f"{URL}/{first['id']}")).json()
    assert kept == first
    assert (await library.name(first["id"], "2015-04-01")).status_code == 201
