"""Operations of the services that only the gateway calls: what a row of them says, and what is wrong with a table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from services.gateway.rules.policy import METHODS, SERVICES, Operation, Row
from shared.caller import DRIVE


@dataclass(frozen=True, slots=True)
class Internal:
    """One operation that is not public: no row of the policy table, no place in the public document.

    The service's door asks for the scope `gateway:drive`, which no client can hold, and for an assertion that the
    gateway signed for this one operation and address. `seconds` is how long an answer may take.
    """

    operation_id: str
    method: str
    path: str
    service: str
    seconds: float = 10.0


def internal_mistakes(
    internal: Sequence[Internal], rows: Iterable[Row], operations: Iterable[Operation]
) -> list[str]:
    """What is wrong between the table and the internal operations that there are, a sentence each."""
    public = list(rows)
    return [*_malformed(internal, public), *_unmatched(internal, operations)]


def _malformed(internal: Sequence[Internal], rows: Sequence[Row]) -> Iterator[str]:
    names = {row.operation_id for row in rows}
    places = {_place(row.service, row.method, row.path) for row in rows}
    for each in internal:
        place = _place(each.service, each.method, each.path)
        if each.operation_id in names or place in places:
            yield f"{each.operation_id} ({each.method} {each.path}) is public, or internal twice."
        if each.service not in SERVICES or each.service == "gateway" or each.method not in METHODS:
            yield f"{each.operation_id} is internal with an unknown service or method."
        names.add(each.operation_id)
        places.add(place)


def _place(service: str, method: str, path: str) -> tuple[str, str, str]:
    return service, method, re.sub(r"\{[a-z_]+\}", "{}", path)


def _unmatched(internal: Sequence[Internal], operations: Iterable[Operation]) -> Iterator[str]:
    listed = {each.operation_id: each for each in internal}
    found = set()
    for operation in operations:
        found.add(operation.operation_id)
        each = listed.get(operation.operation_id)
        if each is None:
            yield f"{operation.operation_id} ({operation.method} {operation.path}) is internal and not listed."
        elif Operation(each.operation_id, each.method, each.path, each.service, DRIVE) != operation:
            yield (
                f"{operation.operation_id}: the operation is {operation.method} {operation.path} of"
                f" {operation.service} for {operation.scope or 'the public'}, and listed as"
                f" {each.method} {each.path} of {each.service}."
            )
    for each in internal:
        if each.operation_id not in found:
            yield f"{each.operation_id} ({each.method} {each.path}) is listed as internal and is no operation."
