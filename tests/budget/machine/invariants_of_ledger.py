"""Invariants of the ledger's rows and of commitments, held against the model."""

from collections import Counter
from collections.abc import Iterator
from typing import Any


def _sums(rows: dict[str, Any], *columns: int) -> dict[tuple, int]:
    found: Counter = Counter()
    for row in rows["entries"]:
        found[tuple(row[at] for at in columns)] += row[3]
    return dict(found)


def books_balance(seen: dict[str, Any]) -> Iterator[str]:
    for book, pence in _sums(seen["rows"], 2).items():
        if pence:
            yield f"book {book} is out by {pence}"


def journals_balance(seen: dict[str, Any]) -> Iterator[str]:
    sizes = Counter(row[0] for row in seen["rows"]["entries"])
    for (journal,), pence in _sums(seen["rows"], 0).items():
        if pence or sizes[journal] < 2:
            yield f"journal {journal} is out by {pence} over {sizes[journal]} entries"


def balances_are_entries(seen: dict[str, Any]) -> Iterator[str]:
    kept = {(account, book): pence for account, book, pence in seen["rows"]["balances"]}
    summed = _sums(seen["rows"], 1, 2)
    for key in kept.keys() | summed.keys():
        if kept.get(key) != summed.get(key):
            yield f"balance of {key} is {kept.get(key)}, its entries {summed.get(key)}"


def is_the_model(seen: dict[str, Any]) -> Iterator[str]:
    model = seen["model"]
    wanted = Counter(
        (journal.id, account, journal.book, pence, journal.day, journal.period)
        for journal in model.journals.values()
        for account, pence in journal.entries
    )
    there = Counter(tuple(row[:6]) for row in seen["rows"]["entries"])
    for extra in there - wanted:
        yield f"nobody posted {extra}"
    for lost in wanted - there:
        yield f"{lost} was posted and is not there"


def reversal_restores(seen: dict[str, Any]) -> Iterator[str]:
    by_account = _sums(seen["rows"], 0, 1)
    for id_, _, _, undone in seen["rows"]["journals"]:
        if undone is None:
            continue
        accounts = {account for journal, account in by_account if journal in {id_, undone}}
        for account in accounts:
            left = by_account.get((id_, account), 0) + by_account.get((undone, account), 0)
            if left:
                yield f"{id_} undoes {undone} and leaves {left} on {account}"


def reversed_once(seen: dict[str, Any]) -> Iterator[str]:
    kinds = {row[0]: row[1] for row in seen["rows"]["journals"]}
    for undone, times in Counter(row[3] for row in seen["rows"]["journals"] if row[3]).items():
        if times > 1 or kinds.get(undone) == "reversal":
            yield f"{kinds.get(undone)} {undone} was reversed {times} times"


def books_apart(seen: dict[str, Any]) -> Iterator[str]:
    books = {(row[0], row[2]) for row in seen["rows"]["entries"]}
    for id_, kind, book, _ in seen["rows"]["journals"]:
        if (kind == "virement") != (book == "budget") or {each for each in books if each[0] == id_} != {
            (id_, book)
        }:
            yield f"{kind} {id_} stands in the {book} book"


def journals_are_told(seen: dict[str, Any]) -> Iterator[str]:
    told = dict(seen["rows"]["told"])
    for id_, kind, _, _ in seen["rows"]["journals"]:
        if told.get(id_) != 1:
            yield f"{kind} {id_} was told {told.get(id_, 0)} times"


def batches_whole(seen: dict[str, Any]) -> Iterator[str]:
    there = {row[0] for row in seen["rows"]["journals"]}
    for batch, (sent, posted) in seen["batches"].items():
        if set(sent) & there != set(posted):
            yield f"batch {batch} posted {sorted(set(sent) & there)} and says {sorted(posted)}"


def of_period(rows: dict[str, Any], label: str) -> list:
    """What a period of the pooled books holds."""
    return sorted(row for row in rows["entries"] if row[5] == label and row[6] != "aligned")


def closed_stays(seen: dict[str, Any]) -> Iterator[str]:
    for label, held in seen["closed"].items():
        if of_period(seen["rows"], label) != held:
            yield f"{label} is closed and changed"


def rest_is_its_moves(seen: dict[str, Any]) -> Iterator[str]:
    for id_, _, reserved, drawn, released, moved in seen["rows"]["commitments"]:
        held = seen["model"].commitments[id_]
        if (reserved, drawn, released) != (held.reserved, held.drawn, held.released):
            yield f"commitment {id_} has {(reserved, drawn, released)}"
        if reserved - drawn - released != moved or moved != sum(pence for _, _, pence in held.moves):
            yield f"commitment {id_} is {reserved - drawn - released}, its moves {moved}"


def committed_is_rests(seen: dict[str, Any]) -> Iterator[str]:
    rests: Counter = Counter()
    for _, line, reserved, drawn, released, _ in seen["rows"]["commitments"]:
        rests[line] += reserved - drawn - released
    kept = dict(seen["rows"]["committed"])
    for line in rests.keys() | kept.keys():
        if kept.get(line) != rests[line]:
            yield f"line {line} has {kept.get(line)} committed, and rests of {rests[line]}"


def available(seen: dict[str, Any]) -> Iterator[str]:
    for answer in seen["commitments"]:
        line, model = answer["line"], seen["model"]
        wanted = model.available(line["line_id"])
        budget = line["budget_adjusted"]["amount_pence"]
        left = None if budget is None else budget - (line["actual_pence"] or 0) - line["committed_pence"]
        over = None if wanted is None else max(-wanted, 0)
        if (line["available_pence"], left, line["overspend_pence"]) != (wanted, wanted, over):
            yield f"line {line['line_id']} has {line}, and should have {wanted} left"
