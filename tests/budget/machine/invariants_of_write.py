"""Invariants of a single write: taken or refused as foretold, once, told once, and nothing left of a refusal."""

from collections.abc import Iterator
from typing import Any

WAIT = "request_still_running"


def _added(write: dict[str, Any], table: str) -> int:
    return write["after"][table][0] - write["before"][table][0]


def foretold(seen: dict[str, Any]) -> Iterator[str]:
    write = seen["write"]
    codes = [each["code"] for each in write["answers"] if each["code"] != WAIT]
    if not codes or any(code != write["expected"] for code in codes):
        said = [each["content"][:600] for each in write["answers"]]
        yield f"{write['what']}: expected {write['expected']}, not {codes}: {said}"


def leaves_nothing(seen: dict[str, Any]) -> Iterator[str]:
    write = seen["write"]
    if any(each["code"] is None for each in write["answers"]):
        return
    for table, trace in write["after"].items():
        if trace != write["before"][table]:
            yield f"{write['what']} was refused and left {table} changed"


def one_audit_row(seen: dict[str, Any]) -> Iterator[str]:
    write = seen["write"]
    taken = any(each["code"] is None and not each["replayed"] for each in write["answers"])
    if not taken:
        return
    for table in ("audit_events", "events"):
        if _added(write, table) != 1 + write["journals"]:
            yield f"{write['what']} added {_added(write, table)} to {table}, not {1 + write['journals']}"
    if _added(write, "idempotency_keys") != 1:
        yield f"{write['what']} kept {_added(write, 'idempotency_keys')} answers"


def once_of_two(seen: dict[str, Any]) -> Iterator[str]:
    answers = seen["write"]["answers"]
    good = [each for each in answers if each["code"] is None]
    if len(answers) < 2 or not good:
        return
    if len({each["content"] for each in good}) > 1:
        yield f"{seen['write']['what']}: two answers for one request"
    if seen["write"]["first"] is None and sum(not each["replayed"] for each in good) != 1:
        yield f"{seen['write']['what']}: taken {sum(not each['replayed'] for each in good)} times"


def replayed(seen: dict[str, Any]) -> Iterator[str]:
    write = seen["write"]
    if write["first"] is None:
        return
    for each in write["answers"]:
        if [each["status"], each["content"]] != write["first"] and each["code"] is None:
            yield f"{write['what']}: another answer the second time"
        if each["code"] is None and not each["replayed"]:
            yield f"{write['what']}: taken a second time"
    for table, trace in write["after"].items():
        if trace != write["before"][table]:
            yield f"{write['what']} was sent again and changed {table}"
