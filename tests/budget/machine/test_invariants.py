"""The checker catches: an ordinary year is in order, and each invariant fails on a fault that is planted for it."""

import copy

import pytest

from tests.budget.machine import acts_succession
from tests.budget.machine.invariants import INVARIANTS, differences
from tests.budget.machine.look import gather
from tests.budget.machine.quick import Quick
from tests.budget.machine.site import open_site
from tests.budget.machine.story import ACTS, next_act
from tests.stack import a_caller


@pytest.fixture(scope="module")
async def year(stack, client_for):
    """What is seen of an ordinary year, with the last write of it."""
    await client_for("budget", a_caller())
    connection = await stack.superuser()

    async def quick(service, caller):
        return Quick(stack.open_apps[service], stack, service, caller)

    site = await open_site(quick, connection)
    writes = {}
    for _ in ACTS:
        await next_act(site)
        if (write := site.seen.get("write")) is not None:
            kind = "refused" if write["expected"] else "repeated" if write["first"] else "accepted"
            writes["twice" if len(write["answers"]) > 1 and not write["expected"] else kind] = write
    seen = await gather(site, "2015-07-15", 17)
    await acts_succession.succeed(site)
    await acts_succession.late(site, 3_01)
    after = await acts_succession.gather_after(site)
    await connection.close()
    return {**seen, "writes": writes, "after": after}


def first(rows, at, *kinds):
    return next(row for row in rows if row[at] in kinds)


def add(path, pence=1):
    """A fault: so much more in one place of what was seen."""

    def spoil(seen):
        *way, last = path
        for each in way:
            seen = seen[each]
        seen[last] += pence

    return spoil


def put(path, value):
    def spoil(seen):
        *way, last = path
        for each in way:
            seen = seen[each]
        seen[last] = value

    return spoil


def of_write(kind, spoil):
    def planted(seen):
        seen["write"] = seen["writes"][kind]
        spoil(seen["write"])

    return planted


def afterwards(spoil):
    """A fault in what is seen after a succession."""

    def planted(seen):
        spoil(seen["after"])

    return planted


def holds_a_penny(account_of):
    def spoil(seen):
        seen["rows"]["balances"].append([account_of(seen), "actual", 1])

    return afterwards(spoil)


def another_answer(write):
    good = next(each for each in write["answers"] if each["code"] is None)
    write["answers"].append({**good, "content": "{}"})


def change_a_closed_period(seen):
    label = next(iter(seen["closed"]))
    seen["closed"][label] = [*seen["closed"][label], ["one more"]]


def hide_the_unknown(seen):
    """Nil where nothing is known: the mistake that this system is built against."""
    for line in seen["position"]["lines"]:
        if line["budget_approved"]["amount_pence"] is None:
            line["budget_approved"]["amount_pence"] = line["budget_adjusted_pence"] = 0


def show_anothers_line(seen):
    model = seen["model"]
    secret = next(
        each.id for each in model.lines.values() if (each.arrangement, each.owner) == ("aligned", model.nhs)
    )
    seen["position"]["lines"][0]["name"] = secret


def reverse_again(seen):
    rows = seen["rows"]["journals"]
    rows.append(["another", "reversal", "actual", first(rows, 1, "reversal")[3]])


def other_amount_in_a_reversal(seen):
    undo = first(seen["rows"]["journals"], 1, "reversal")[0]
    first(seen["rows"]["entries"], 0, undo)[3] += 1


def carried_in_part(seen):
    seen["year_ends"][0]["balance_pence"] += 1


WHOLE = ("position", "totals", "whole")
FAULTS = {
    "foretold": of_write("refused", put(("answers", 0, "code"), "another_code")),
    "refused leaves nothing": of_write("refused", add(("after", "journals", 0))),
    "one audit row": of_write("accepted", add(("after", "audit_events", 0))),
    "once of two": of_write("twice", another_answer),
    "replay": of_write("repeated", put(("answers", 0, "content"), "{}")),
    "books balance": add(("rows", "entries", 0, 3)),
    "journals balance": add(("rows", "entries", 0, 3)),
    "balances are entries": add(("rows", "balances", 0, 2)),
    "ledger is the model": put(("rows", "entries", 0, 5), "2015-16-M14"),
    "reversal restores": other_amount_in_a_reversal,
    "reversed once": reverse_again,
    "books apart": lambda seen: put((2,), "actual")(first(seen["rows"]["journals"], 1, "virement")),
    "journals are told": lambda seen: seen["rows"]["told"].pop(),
    "batch whole": lambda seen: next(iter(seen["batches"].values()))[1].pop(),
    "closed stays": change_a_closed_period,
    "rest is its moves": add(("rows", "commitments", 0, 5)),
    "committed is rests": add(("rows", "committed", 0, 1)),
    "available": add(("commitments", 0, "line", "available_pence")),
    "lines are the model": lambda seen: seen["position"]["lines"][0].update(actual_pence=-1),
    "totals are the model": add((*WHOLE, "actual", "known_pence")),
    "position sums its lines": add(("position", "totals", "pooled", "actual", "known_pence")),
    "whole is its parts": add((*WHOLE, "budget_adjusted", "known_pence")),
    "every way the same": add(("position", "by_partner", 0, "figures", "budget_approved", "known_pence")),
    "pools come to pooled": add(("position", "by_pool", 0, "figures", "budget_approved", "known_pence")),
    "variance": put((*WHOLE, "variance_pence"), 0),
    "unknown is not nil": hide_the_unknown,
    "incomplete says so": put(("theirs", "complete"), True),
    "virement conserves": add(("position", "totals", "pooled", "budget_adjusted", "known_pence"), -1),
    "counted once": add((*WHOLE, "budget_approved", "known_pence"), 40_00),
    "aligned in totals only": show_anothers_line,
    "all see the same": add(("observed", "totals", "pooled", "actual", "known_pence")),
    "as recorded stays": lambda seen: seen["recorded"].append(("a question", "an answer", "another")),
    "moves conserve": add(("moves", 0, "after_pence")),
    "settlement sums": add(("settlements", 0, "outcome", "steps", 0, "taken_pence")),
    "settlement is the model": add(("settlements", 0, "outcome", "by_partner", 0, "amount_pence")),
    "carry-forward conserves": carried_in_part,
    "instalments": add(("promises", 0, "instalments", 0, "amount_pence")),
    "lists": lambda seen: seen["lists"][0][1].append("one too many"),
    "nobody else": lambda seen: seen["foreign"].append(("/v1/journals", 200, ["one"])),
    "succeeded holds nothing": holds_a_penny(lambda seen: next(iter(seen["succession"]["held"]))),
    "opens what closed": holds_a_penny(
        lambda seen: next(
            each["to_id"] for each in seen["items"] if each["from_id"] in seen["succession"]["held"]
        )
    ),
    "succession balances": afterwards(add(("rows", "entries", 0, 3))),
    "totals stay": afterwards(add(("totals", "budget_approved None"))),
    "both answer": afterwards(
        lambda seen: next(
            each for each in seen["folded"]["by_partner"] if each["organisation_id"] == seen["heir"]
        )["figures"]["budget_approved"].update(known_pence=1)
    ),
    "late is labelled": afterwards(put(("succession", "labels", "on_behalf_of_organisation_id"), None)),
    "past stays": afterwards(lambda seen: seen["kept"].append(("a question", "an answer", "another"))),
}


def _seen_by(each, seen):
    return seen["after"] if each.on == "succession" else seen


def test_there_are_invariants_enough_and_each_has_its_fault():
    assert len(INVARIANTS) >= 24
    assert {each.name for each in INVARIANTS} == set(FAULTS)


def test_an_ordinary_year_is_in_order(year):
    assert differences("look", year) == {}
    for write in year["writes"].values():
        assert differences("write", {"write": write}) == {}
    assert differences("succession", year["after"]) == {}
    assert set(year["writes"]) == {"accepted", "refused", "repeated", "twice"}


@pytest.mark.parametrize("each", INVARIANTS, ids=lambda each: each.name.replace(" ", "_"))
def test_the_checker_catches_a_planted_fault(year, each):
    seen = copy.deepcopy(year)
    looked = _seen_by(each, seen)
    assert each.on == "write" or not list(each.check(looked))
    FAULTS[each.name](seen)
    assert list(each.check(looked)), f"nobody noticed: {each.sentence}"
