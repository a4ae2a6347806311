"""Acts at the end of a year: settlements and carry-forward, each foretold by the model and then sent."""

from typing import Any

from tests.budget.machine.acts_ledger import new_id, post
from tests.budget.machine.model_funds import figures, plus
from tests.budget.machine.model_ledger import LAST_DAY, Journal
from tests.budget.machine.site import Site

PARTIES = ("council", "nhs")


def due_of(site: Site, pool: str) -> dict[str, int | None]:
    """What each party owes a pool for the year; None where that is not known."""
    found = [each for each in site.model.parts(LAST_DAY, pool) if "due" in each]
    owed: dict[str, int | None] = {}
    for party in (site.model.council, site.model.nhs):
        some = [amount for each in found if each["owner"] == party for amount in each["due"]]
        owed[party] = None if not some or None in some else plus(some)
    return owed


def in_reserve(site: Site, pool: str) -> int:
    """What the risk reserve of a pool holds on the year's last day."""
    return site.model.sums("actual", {site.funds[pool]["risk"]}, LAST_DAY) or 0


async def set_aside(site: Site, pool: str, pence: int, day: str, twice: bool) -> None:
    """Put money of the fund into the risk reserve."""
    funds = site.funds[pool]
    entries = [(funds["risk"], pence), (funds["fund"], -pence)]
    draft = Journal(new_id(), "prepayment", "actual", day, "", site.model.council, entries, "pooled")
    await post(site, "pcc", draft, twice)


async def propose_settlement(site: Site, pool: str, twice: bool) -> None:
    model = site.model
    variance = figures(model.parts(LAST_DAY, pool))["variance"]
    weights = due_of(site, pool)
    held = max(0, in_reserve(site, pool))
    reserve = 10_00 if len(site.settlements) % 2 == 0 else None
    usable = held if reserve is None else reserve
    shared_out = 0 if variance is None else max(0, abs(variance) - (usable if variance < 0 else 20_00))
    stands = any(
        each["pool_id"] == pool and each["state"] != "withdrawn" for each in site.settlements.values()
    )
    known = variance is not None and (
        not shared_out or (None not in weights.values() and any(weights.values()))
    )
    expect = None if known else "settlement_incomplete"
    if known and variance == 0:
        expect = "settlement_of_nothing"
    elif known and stands:
        expect = "settlement_stands_already"
    if reserve is not None and reserve > held:
        expect = "settlement_reserve_not_there"
    body: dict[str, Any] = {
        "pool_id": pool,
        "financial_year": "2015/16",
        "source": "position",
    }
    if reserve is not None:
        body["risk_reserve"] = {"amount_pence": reserve}
    id_ = new_id()
    answer = await site.write("pcc", "PUT", f"/v1/settlements/{id_}", body, expect=expect, twice=twice)
    if answer is not None:
        site.settlements[id_] = {
            "pool_id": pool,
            "state": "proposed",
            "version": 1,
            "approved": set(),
            "journal": None,
            "variance": variance,
            "reserve": usable,
            "weights": {party: weight or 0 for party, weight in weights.items()},
            "moves": {},
        }
        site.settlements[id_]["steps"] = answer["outcome"]["steps"]
        site.happened["settlement proposed"] += 1


async def approve_settlement(site: Site, client: str, id_: str, twice: bool) -> None:
    held, organisation = site.settlements[id_], site.organisation(client)
    expect = None
    if held["state"] != "proposed":
        expect = "settlement_move_refused"
    elif organisation in held["approved"]:
        expect = "settlement_approved_already"
    elif client == "pcc":
        expect = "settlement_maker_approves"
    path = f"/v1/settlements/{id_}/approval"
    answer = await site.write(client, "POST", path, version=held["version"], expect=expect, twice=twice)
    if answer is not None:
        held["approved"].add(organisation)
        held["version"], held["state"] = answer["version"], answer["state"]
        assert held["state"] == ("approved" if len(held["approved"]) == 2 else "proposed")
        site.happened[f"settlement {held['state']}"] += 1


def settled_entries(site: Site, held: dict) -> list[tuple[str, int]]:
    """What the posting of a settlement moves: out of reserve and partners into the fund, or the other way."""
    funds, sign = site.funds[held["pool_id"]], -1 if held["variance"] < 0 else 1
    names = {site.model.council: "from council", site.model.nhs: "from nhs"}
    amounts: dict[str, int] = {}
    for step in held["steps"]:
        if step["taken"]["from_reserve_pence"]:
            amounts[funds["risk"]] = step["taken"]["from_reserve_pence"]
        for each in step["taken"]["borne"]:
            amounts[funds[names[each["organisation_id"]]]] = each["amount_pence"]
    entries = [(account, sign * pence) for account, pence in amounts.items()]
    return [(funds["fund"], -sum(pence for _, pence in entries)), *entries]


async def post_settlement(site: Site, id_: str, day: str, twice: bool) -> None:
    held, model = site.settlements[id_], site.model
    entries, funds = settled_entries(site, held), site.funds[held["pool_id"]]
    journal = Journal(new_id(), "risk_share_adjustment", "actual", day, "", model.council, entries, "pooled")
    journal.settled = True
    expect = None
    if held["state"] == "proposed":
        expect = "settlement_not_approved_by_all"
    elif held["state"] != "approved":
        expect = "settlement_move_refused"
    elif len(entries) < 2:
        expect = "settlement_nothing_undisputed"
    else:
        expect = model.refusal(journal)
        taken = sum(step["taken"]["from_reserve_pence"] for step in held["steps"])
        if expect is None and taken > in_reserve(site, held["pool_id"]):
            expect = "settlement_reserve_gone"
    body = {
        "journal_id": journal.id,
        "effective_date": day,
        "narrative": "Settlement of 2015/16",
        "accounts": {
            "fund_account_id": funds["fund"],
            "reserve_account_id": funds["risk"],
            "partners": [
                {"organisation_id": getattr(model, party), "account_id": funds[f"from {party}"]}
                for party in PARTIES
            ],
        },
    }
    path = f"/v1/settlements/{id_}/posting"
    answer = await site.write(
        "pcc", "POST", path, body, version=held["version"], expect=expect, twice=twice, journals=1
    )
    if answer is not None:
        model.post(journal)
        held["journal"], held["version"], held["state"] = journal.id, answer["version"], answer["state"]
        assert held["state"] == "posted"
        site.happened["settlement posted"] += 1


async def withdraw_settlement(site: Site, id_: str, twice: bool) -> None:
    held = site.settlements[id_]
    journal = site.model.journals.get(held["journal"])
    expect = None
    if held["state"] == "withdrawn":
        expect = "settlement_move_refused"
    elif journal is not None and journal.reversed_by is None:
        expect = "settlement_still_in_books"
    path, body = f"/v1/settlements/{id_}/withdrawal", {"because": "A late invoice"}
    answer = await site.write("ccg", "POST", path, body, version=held["version"], expect=expect, twice=twice)
    if answer is not None:
        held["state"], held["version"] = "withdrawn", answer["version"]
        site.happened["settlement withdrawn"] += 1


async def propose_year_end(site: Site, pool: str, twice: bool) -> None:
    model, fund = site.model, site.funds[pool]["fund"]
    labels = [f"2015-16-M{month:02d}" for month in range(1, 15)]
    balance = model.held_at_year_end(fund)
    standing = [each for each in model.promises.values() if each.pool == pool and each.replaced_by is None]
    weights = {each.owner: each.amount for each in standing}
    expect = None
    if any(label not in model.periods or model.periods[label].state != "closed" for label in labels):
        expect = "year_end_not_closed"
    elif balance == 0:
        expect = "year_end_nothing_left"
    elif len(weights) < 2 or None in weights.values():
        expect = "year_end_contributions_unknown"
    elif not any(weights.values()):
        expect = "allocation_no_weight"
    id_ = new_id()
    body = {"account_id": fund, "financial_year": "2015/16"}
    answer = await site.write("pcc", "PUT", f"/v1/year-ends/{id_}", body, expect=expect, twice=twice)
    if answer is not None:
        assert answer["balance_pence"] == balance
        site.year_ends[id_] = {"pool": pool, "answer": answer}
        site.happened["year-end proposed"] += 1


async def post_year_end(site: Site, id_: str, twice: bool) -> None:
    model, held = site.model, site.year_ends[id_]
    pool, proposed = held["pool"], held["answer"]
    funds, fund = site.funds[pool], proposed["account_id"]
    names = {model.council: "kept council", model.nhs: "kept nhs"}
    accounts = {each["organisation_id"]: funds[names[each["organisation_id"]]] for each in proposed["shares"]}
    entries = [(fund, -proposed["balance_pence"])] + [
        (accounts[each["organisation_id"]], each["amount_pence"])
        for each in proposed["shares"]
        if each["amount_pence"]
    ]
    journal = Journal(new_id(), "carry_forward", "actual", "2016-04-01", "", model.council, entries, "pooled")
    expect = None
    labels = [f"2015-16-M{month:02d}" for month in range(1, 15)]
    carried = any(
        each["answer"]["state"] == "posted" and each["pool"] == pool for each in site.year_ends.values()
    )
    if any(model.periods[label].state != "closed" for label in labels):
        expect = "year_end_not_closed"
    elif model.held_at_year_end(fund) != proposed["balance_pence"]:
        expect = "year_end_balance_moved"
    elif carried:
        expect = "year_end_posted_already"
    else:
        expect = model.refusal(journal)
    body = {
        "journal_id": journal.id,
        "narrative": "Balance carried forward",
        "shares": [
            {
                "organisation_id": each["organisation_id"],
                "funding_source": each["funding_source"],
                "treatment": each["treatment"],
                "account_id": accounts[each["organisation_id"]],
            }
            for each in proposed["shares"]
        ],
    }
    path = f"/v1/year-ends/{id_}/posting"
    answer = await site.write(
        "pcc", "POST", path, body, version=proposed["version"], expect=expect, twice=twice, journals=1
    )
    if answer is not None:
        model.post(journal)
        model.carried, held["answer"] = True, answer
        site.happened["year-end posted"] += 1
