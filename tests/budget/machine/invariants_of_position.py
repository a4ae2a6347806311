"""Invariants of positions: what is known, what is not, and that every way of adding up comes to the same."""

from collections.abc import Iterable, Iterator
from typing import Any

from tests.budget.machine.model_funds import figures, plus

TOTALS = {
    "approved": "budget_approved",
    "adjusted": "budget_adjusted",
    "actual": "actual",
    "due": "contributions_due",
}
PLAIN = {"received": "contributions_received_pence", "committed": "committed_pence"}
ARRANGEMENTS = ("pooled", "aligned", "shadow")


def shown(found: dict[str, Any]) -> dict[str, Any]:
    """Figures of an answer in the shape of the model's."""
    made: dict[str, Any] = {
        name: (
            found[there]["known_pence"],
            found[there]["complete"],
            sorted(found[there]["missing_contributors"]),
        )
        for name, there in TOTALS.items()
    }
    return {
        **made,
        "variance": found["variance_pence"],
        **{name: found[there] for name, there in PLAIN.items()},
    }


def _positions(seen: dict[str, Any]) -> Iterator[tuple[str, dict]]:
    for name in ("position", "theirs", "at", "pool"):
        yield name, seen[name]


def _compare(where: str, got: dict, wanted: dict) -> Iterator[str]:
    for name, each in wanted.items():
        if got[name] != each:
            yield f"{where}: {name} is {got[name]}, and should be {each}"


def totals(seen: dict[str, Any]) -> Iterator[str]:
    for name, position in _positions(seen):
        parts = seen["parts"][name]
        for arrangement in ARRANGEMENTS:
            some = [part for part in parts if part["arrangement"] == arrangement]
            yield from _compare(
                f"{name} {arrangement}", shown(position["totals"][arrangement]), figures(some)
            )
        yield from _compare(f"{name} whole", shown(position["totals"]["whole"]), figures(parts))


def lines(seen: dict[str, Any]) -> Iterator[str]:
    for name, position in _positions(seen):
        viewer = seen["model"].nhs if name == "theirs" else seen["model"].council
        wanted = {
            part["line"]: part
            for part in seen["parts"][name]
            if "line" in part and (part["arrangement"] != "aligned" or part["owner"] == viewer)
        }
        got = {each["line_id"]: each for each in position["lines"]}
        if set(got) != set(wanted):
            yield f"{name} has other lines: {set(got) ^ set(wanted)}"
        for id_ in set(got) & set(wanted):
            line, part = got[id_], wanted[id_]
            told = [
                line["budget_approved"]["amount_pence"],
                line["budget_adjusted_pence"],
                line["actual_pence"],
            ]
            if [*told, line["committed_pence"]] != [
                *part["approved"],
                *part["adjusted"],
                *part["actual"],
                part["committed"],
            ]:
                yield f"{name}: line {id_} is {line}, and should be {part}"


def _add(found: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Figures that were shown, added up."""
    some = list(found)
    made: dict[str, Any] = {
        name: (
            plus(each[name][0] for each in some),
            all(each[name][1] for each in some),
            sorted({who for each in some for who in each[name][2]}),
        )
        for name in TOTALS
    }
    return {**made, **{name: plus(each[name] for each in some) for name in PLAIN}}


def whole_is_parts(seen: dict[str, Any]) -> Iterator[str]:
    for name, position in [*_positions(seen), ("observed", seen["observed"])]:
        parts = _add(shown(position["totals"][each]) for each in ARRANGEMENTS)
        yield from _compare(f"{name} whole", shown(position["totals"]["whole"]), parts)


def every_way(seen: dict[str, Any]) -> Iterator[str]:
    for name, position in _positions(seen):
        for way in ("by_partner", "by_category", "by_category_and_partner"):
            added = _add(shown(each["figures"]) for each in position[way])
            yield from _compare(f"{name} {way}", shown(position["totals"]["whole"]), added)


def pools_sum(seen: dict[str, Any]) -> Iterator[str]:
    for name, position in _positions(seen):
        pooled = _add(shown(position["totals"][each]) for each in ("pooled", "shadow"))
        added = _add(shown(each["figures"]) for each in position["by_pool"])
        yield from _compare(f"{name} by pool", added, pooled)


def sums_its_lines(seen: dict[str, Any]) -> Iterator[str]:
    """Pooled and shadow lines are all shown; of aligned ones only those of whoever asks."""
    for name, position in _positions(seen):
        for arrangement in ("pooled", "shadow"):
            there = [each for each in position["lines"] if each["arrangement"] == arrangement]
            told = position["totals"][arrangement]
            for total, of_line in (
                (
                    told["budget_approved"]["known_pence"],
                    [each["budget_approved"]["amount_pence"] for each in there],
                ),
                (told["budget_adjusted"]["known_pence"], [each["budget_adjusted_pence"] for each in there]),
                (told["actual"]["known_pence"], [each["actual_pence"] for each in there]),
                (told["committed_pence"], [each["committed_pence"] for each in there]),
            ):
                if total != plus(of_line):
                    yield f"{name} {arrangement} is {total}, and its lines {of_line}"


def variances(seen: dict[str, Any]) -> Iterator[str]:
    for name, position in _positions(seen):
        for line in position["lines"]:
            budget, actual = line["budget_adjusted_pence"], line["actual_pence"]
            wanted = None if budget is None or actual is None else budget - actual
            if line["variance_pence"] != wanted:
                yield f"{name}: line {line['line_id']} has variance {line['variance_pence']}, not {wanted}"
        for arrangement, each in position["totals"].items():
            adjusted, actual = each["budget_adjusted"], each["actual"]
            whole = adjusted["complete"] and actual["complete"]
            if not whole and each["variance_pence"] is not None:
                yield f"{name} {arrangement}: a variance of what is not known"


def unknown(seen: dict[str, Any]) -> Iterator[str]:
    tbc = {each.id: each for each in seen["model"].lines.values() if each.budget is None}
    for name, position in _positions(seen):
        for line in position["lines"]:
            if line["line_id"] not in tbc:
                continue
            if (
                line["budget_adjusted_pence"] is not None
                or line["budget_approved"]["amount_pence"] is not None
            ):
                yield f"{name}: line {line['line_id']} has no budget, and shows one"
            total = position["totals"][line["arrangement"]]["budget_adjusted"]
            if total["complete"] or line["owner_organisation_id"] not in total["missing_contributors"]:
                yield f"{name}: a total over {line['line_id']} says that it is whole"


def incomplete(seen: dict[str, Any]) -> Iterator[str]:
    for name, position in _positions(seen):
        wanted: dict[str, set[str]] = {}
        for part in seen["parts"][name]:
            for ours, theirs in (("approved", "budget"), ("actual", "actual"), ("due", "contribution")):
                if any(each is None for each in part.get(ours, ())):
                    wanted.setdefault(part["owner"], set()).add(theirs)
        got = {each["organisation_id"]: set(each["figures"]) for each in position["missing_contributors"]}
        if got != wanted or position["complete"] != (not wanted):
            yield f"{name}: complete {position['complete']} and missing {got}, not {wanted}"


def virement_conserves(seen: dict[str, Any]) -> Iterator[str]:
    """Where all budgets are known, adjusted comes to approved; where not, the model's lines say what moved."""
    for name in ("position", "theirs", "at"):
        for arrangement in ARRANGEMENTS:
            told = seen[name]["totals"][arrangement]
            if not told["budget_approved"]["complete"]:
                unknown_lines = [
                    each.id
                    for each in seen["model"].lines.values()
                    if each.budget is None and each.arrangement == arrangement
                ]
                into = sum(
                    seen["model"].moved(each, seen["day"] if name == "at" else "9999")
                    for each in unknown_lines
                )
            else:
                into = 0
            approved, adjusted = (
                told["budget_approved"]["known_pence"],
                told["budget_adjusted"]["known_pence"],
            )
            if approved is not None and adjusted + into != approved:
                yield f"{name} {arrangement}: {approved} approved, {adjusted} adjusted, {into} moved to unknown budgets"


def counted_once(seen: dict[str, Any]) -> Iterator[str]:
    for name in ("position", "theirs", "at"):
        whole = seen[name]["totals"]["whole"]["budget_approved"]["known_pence"]
        if whole != seen["at_first"]:
            yield f"{name}: budgets of {whole}, and at first of {seen['at_first']}"


def aligned_in_totals(seen: dict[str, Any]) -> Iterator[str]:
    model = seen["model"]
    for name, viewer in (("position", model.council), ("theirs", model.nhs)):
        for each in model.lines.values():
            if each.arrangement == "aligned" and each.owner != viewer and each.id in str(seen[name]):
                yield f"{name} names line {each.id} of another partner"
    for group in ("lines", "by_partner", "by_category", "by_pool"):
        if seen["observed"][group]:
            yield f"an observer sees {group}"


def same_totals(seen: dict[str, Any]) -> Iterator[str]:
    for name in ("theirs", "observed"):
        for arrangement, each in seen["position"]["totals"].items():
            yield from _compare(
                f"{name} {arrangement}", shown(seen[name]["totals"][arrangement]), shown(each)
            )
