"""The seal's hash tree: a changed penny changes the root, and a partner checks it without the other's leaves."""

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256

from services.budget.rules.period import Books, Period
from services.budget.rules.seal import (
    Branch,
    Leaf,
    Seal,
    SealedEntry,
    branch_of,
    leaf_digest,
    recheck,
    root_of,
)

HOST, NHS, LINE = uuid.UUID(int=1), uuid.UUID(int=2), uuid.UUID(int=3)
PERIOD = Period(
    uuid.UUID(int=4), uuid.UUID(int=5), HOST, Books.POOLED, "2015-16-M01", "2015/16", uuid.UUID(int=6)
)


def entry(pence: int, number: int = 1) -> SealedEntry:
    return SealedEntry(
        uuid.UUID(int=100 + number),
        1,
        "expenditure",
        "actual",
        uuid.UUID(int=7),
        pence,
        date(2015, 4, 1),
        "2015-16-M01",
        datetime(2015, 4, 2, 9, 0, number, tzinfo=UTC),
    )


def sealed(pooled=(1250, -99), shadow=(400,)) -> tuple[Seal, list[Leaf]]:
    leaves = []
    for arrangement, owner, amounts in (("pooled", HOST, pooled), ("shadow", NHS, shadow)):
        digest = leaf_digest(f"line/{LINE}", [entry(pence, n) for n, pence in enumerate(amounts)])
        leaves.append(Leaf(arrangement, owner, f"line/{LINE}", len(amounts), digest))
    branches = tuple(
        branch_of(each.arrangement, each.owner_organisation_id, {each.key: each.digest}) for each in leaves
    )
    seal = Seal(
        uuid.uuid4(), PERIOD.id, 1, 2, PERIOD.partnership_id, HOST, "pooled", PERIOD.period, "2015/16",
        datetime(2015, 5, 1, tzinfo=UTC), root_of(PERIOD, 1, branches), branches,
    )  # fmt: skip
    return seal, leaves


def test_the_bytes_are_those_that_are_written_down():
    text = "\n".join(
        (
            "00000000-0000-0000-0000-000000000065",
            "1",
            "expenditure",
            "actual",
            "00000000-0000-0000-0000-000000000007",
            "-1250",
            "2015-04-01",
            "2015-16-M01",
            "2015-04-02T09:00:01.000000Z",
        )
    )
    leaf = sha256(b"\x00line/x\n" + sha256(text.encode()).digest()).digest()
    assert leaf_digest("line/x", [entry(-1250)]) == leaf.hex()
    branch = sha256(b"\x01" + f"pooled/{HOST}\n".encode() + leaf).digest()
    assert branch_of("pooled", HOST, {"line/x": leaf.hex()}).digest == branch.hex()
    keeper = f"{PERIOD.partnership_id}/{HOST}/pooled/2015-16-M01/1\n"
    root = sha256(b"\x02" + keeper.encode() + f"pooled/{HOST}\n".encode() + branch).hexdigest()
    assert root_of(PERIOD, 1, [Branch("pooled", HOST, branch.hex())]) == root


def test_a_changed_penny_changes_the_root():
    roots = {sealed()[0].root, sealed(pooled=(1251, -99))[0].root, sealed(pooled=(1249, -98))[0].root}
    assert len(roots) == 3
    assert sealed()[0].root == sealed()[0].root


def test_a_partner_checks_the_root_without_the_others_leaves():
    seal, leaves = sealed()
    pooled = [each for each in leaves if each.arrangement == "pooled"]
    assert recheck(seal, pooled, {f"pooled/{HOST}"}) == ()
    forged = [replace(pooled[0], digest=sealed(pooled=(1251, -99))[1][0].digest)]
    assert recheck(seal, forged, {f"pooled/{HOST}"}) == (f"pooled/{HOST}", "root")


def test_what_is_gone_or_new_differs_too():
    seal, leaves = sealed()
    assert recheck(seal, leaves[:1], {f"pooled/{HOST}", f"shadow/{NHS}"}) == (f"shadow/{NHS}",)
    new = Leaf("shadow", HOST, "line/new", 1, leaves[0].digest)
    assert recheck(seal, [*leaves, new], set()) == ("root", f"shadow/{HOST}")


def test_a_forged_sibling_breaks_the_root():
    seal, leaves = sealed()
    swapped = replace(seal, branches=(seal.branches[0], replace(seal.branches[1], digest="00" * 32)))
    assert recheck(swapped, leaves[:1], set()) == ("root",)
