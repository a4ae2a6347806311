"""Invariants of what is on record beside the ledger: moves, settlements, year-ends, promises, lists, and who sees them."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.budget.machine.model_funds import shared


def stays(seen: dict[str, Any]) -> Iterator[str]:
    for question, first, now in seen["recorded"]:
        if first != now:
            yield f"{question} had another answer: {first[:300]!r} and {now[:300]!r}"


def moves_conserve(seen: dict[str, Any]) -> Iterator[str]:
    for move in seen["moves"]:
        budgets = [seen["model"].lines[each].budget for each in move["to_line_ids"]]
        made = None if None in budgets else sum(budgets)
        if not move["before_pence"] == move["after_pence"] == made:
            yield f"move {move['id']}: {move['before_pence']}, {move['after_pence']}, {made}"


def settlement_sums(seen: dict[str, Any]) -> Iterator[str]:
    for each in seen["settlements"]:
        outcome = each["outcome"]
        taken = sum(step["taken_pence"] for step in outcome["steps"])
        if taken + outcome["unsettled_pence"] != abs(outcome["variance_pence"]):
            yield f"settlement {each['id']} takes {taken} of {outcome['variance_pence']}"
        for step in outcome["steps"]:
            part = step["taken"]
            whole = sum(one["amount_pence"] for one in [*part["borne"], *part["from_pools"]])
            whole += part["from_reserve_pence"] + part["retained_pence"] + part["to_be_agreed_pence"]
            if whole != step["taken_pence"] or step["came_pence"] - whole != step["left_pence"]:
                yield f"settlement {each['id']}, step {step['number']} takes {whole}, says {step['taken_pence']}"
        moved = {
            journal: sum(abs(row[3]) for row in seen["rows"]["entries"] if row[0] == journal)
            for journal in (
                posting["journal_id"]
                for posting in each["postings"]
                if posting["reversed_by_journal_id"] is None
            )
        }
        still = sum(
            step["taken"]["retained_pence"] + step["taken"]["to_be_agreed_pence"] for step in outcome["steps"]
        )
        if moved and sum(moved.values()) != 2 * (taken - still):
            yield f"settlement {each['id']} moved {moved}, and its steps {taken - still}"


def settlement_is_the_model(seen: dict[str, Any]) -> Iterator[str]:
    for each in seen["settlements"]:
        variance, weights, reserve = seen["foretold"][each["id"]]
        got = each["outcome"]
        left, wanted = abs(variance), []
        first = min(left, reserve if variance < 0 else 20_00)
        wanted.append(("risk_reserve" if variance < 0 else "retained", first))
        if left - first:
            wanted.append(("contributions", left - first))
        told = [(step["kind"], step["taken_pence"]) for step in got["steps"]]
        if (got["variance_pence"], told) != (variance, wanted):
            yield f"settlement {each['id']}: {got['variance_pence']} by {told}, not {variance} by {wanted}"
        parties = sorted(weights)
        parts = shared(left - first, [weights[party] for party in parties]) or []
        borne = {party: part for party, part in zip(parties, parts, strict=True) if part}
        if {one["organisation_id"]: one["amount_pence"] for one in got["by_partner"]} != borne:
            yield f"settlement {each['id']}: borne {got['by_partner']}, not {borne}"


def carry_forward_conserves(seen: dict[str, Any]) -> Iterator[str]:
    for each in seen["year_ends"]:
        balance, shares = each["balance_pence"], sum(share["amount_pence"] for share in each["shares"])
        if shares != balance:
            yield f"year-end {each['id']}: shares of {shares} and a balance of {balance}"
        weights = [share["contributed_pence"] for share in each["shares"]]
        if [share["amount_pence"] for share in each["shares"]] != shared(balance, weights):
            yield f"year-end {each['id']} is not shared as contributed"
        if each["state"] != "posted":
            continue
        rows = [row for row in seen["rows"]["entries"] if row[0] == each["journal_id"]]
        out = sum(row[3] for row in rows if row[1] == each["account_id"])
        old = sum(
            row[3]
            for row in seen["rows"]["entries"]
            if row[1] == each["account_id"] and row[5] <= "2015-16-M14"
        )
        if out != -balance or old != balance or any(row[4] != "2016-04-01" for row in rows):
            yield f"year-end {each['id']}: {out} carried of {balance}, and the books of the year hold {old}"


def instalments(seen: dict[str, Any]) -> Iterator[str]:
    for each in seen["promises"]:
        wanted = seen["model"].promises[each["id"]]
        parts = [(part["due_on"], part["amount_pence"]) for part in each["instalments"]]
        amount = each["amount"]["amount_pence"]
        if parts != wanted.instalments or amount != wanted.amount:
            yield f"promise {each['id']} is {amount} in {parts}, not {wanted.amount} in {wanted.instalments}"
        known = [pence for _, pence in parts]
        if amount is not None and (None in known or sum(known) != amount):
            yield f"promise {each['id']} is {amount}, its instalments {known}"


def lists(seen: dict[str, Any]) -> Iterator[str]:
    for what, got, wanted in seen["lists"]:
        if Counter(got) != Counter(wanted):
            yield f"{what}: too many {Counter(got) - Counter(wanted)}, too few {Counter(wanted) - Counter(got)}"


def nobody_else(seen: dict[str, Any]) -> Iterator[str]:
    for path, status, items in seen["foreign"]:
        if status != 404 and items != []:
            yield f"another organisation reads {path}: {status} {items}"
