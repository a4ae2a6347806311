"""Invariants of a succession: nothing is lost or made, both bodies answer, and the past stays as it was."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.budget.machine.invariants_of_ledger import of_period


def _held(seen: dict[str, Any]) -> Counter:
    held: Counter = Counter()
    for account, book, pence in seen["rows"]["balances"]:
        if book == "actual":
            held[account] += pence
    return held


def leaves_nothing(seen: dict[str, Any]) -> Iterator[str]:
    held = _held(seen)
    for account in seen["succession"]["held"]:
        if held[account]:
            yield f"{account} was succeeded and holds {held[account]}"


def opens_what_closed(seen: dict[str, Any]) -> Iterator[str]:
    held = _held(seen)
    to = {each["from_id"]: each["to_id"] for each in seen["items"] if each["thing"] == "account"}
    for account, pence in seen["succession"]["held"].items():
        if account not in to or held[to[account]] != pence:
            yield f"{account} closed with {pence}, and its successor holds {held[to.get(account)]}"


def books_balance(seen: dict[str, Any]) -> Iterator[str]:
    sums: Counter = Counter()
    for row in seen["rows"]["entries"]:
        sums[row[0]] += row[3]
        sums[row[2]] += row[3]
    for what, pence in sums.items():
        if pence:
            yield f"{what} is out by {pence}"


def totals_stay(seen: dict[str, Any]) -> Iterator[str]:
    late = seen["succession"]["late"]
    for name, before in seen["succession"]["before"].items():
        wanted = (before or 0) + late if name == "actual None" and late else before
        if (seen["totals"][name] or 0) != (wanted or 0):
            yield f"{name} was {before}, and is {seen['totals'][name]}"


def both_answer(seen: dict[str, Any]) -> Iterator[str]:
    by = {each["organisation_id"]: each["figures"] for each in seen["position"]["by_partner"]}
    as_one = {each["organisation_id"]: each["figures"] for each in seen["folded"]["by_partner"]}
    if seen["nhs"] in as_one:
        yield "the predecessor is shown beside who succeeded it"
    for name in ("budget_approved", "contributions_due", "actual"):
        apart = sum(
            (by.get(each) or {name: {}})[name].get("known_pence") or 0 for each in (seen["nhs"], seen["heir"])
        )
        together = (as_one.get(seen["heir"]) or {name: {}})[name].get("known_pence") or 0
        if apart != together:
            yield f"{name} of both is {apart}, and of one body {together}"


def labelled(seen: dict[str, Any]) -> Iterator[str]:
    late = seen["succession"].get("labels")
    if late is not None and (late["on_behalf_of_organisation_id"], late["posted_by_organisation_id"]) != (
        seen["nhs"],
        seen["heir"],
    ):
        yield f"{late['id']} came late and does not say for whom"


def past_stays(seen: dict[str, Any]) -> Iterator[str]:
    for question, first, now in seen["kept"]:
        if first != now:
            yield f"{question} has another answer"
    for label, held in seen["closed"].items():
        if of_period(seen["rows"], label) != held:
            yield f"{label} is closed and changed"
