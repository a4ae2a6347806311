"""Query parameters that an address does not take are refused: a filter that was misspelt must not pass for none."""

from __future__ import annotations

from collections import Counter
from urllib.parse import parse_qsl

from fastapi._compat import field_annotation_is_sequence
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import Query
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.errors import Fault
from shared.web.problem import FIELDS_INVALID

MOST_PARAMETERS = 100


class KnownQuery:
    """ASGI around one door. Plain ASGI, since it runs on every request."""

    def __init__(self, app: ASGIApp, door: APIRoute) -> None:
        self._app = app
        fields = [each for each in get_flat_params(door.dependant) if isinstance(each.field_info, Query)]
        self._many = {
            field.alias for field in fields if field_annotation_is_sequence(field.field_info.annotation)
        }
        self._known = {field.alias for field in fields}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["query_string"]:
            self._check(scope["query_string"])
        await self._app(scope, receive, send)

    def _check(self, query: bytes) -> None:
        """Refuse names that the door does not take, and one that stands twice where one value counts."""
        counts = Counter(
            name for name, _ in parse_qsl(query.decode("latin-1"), keep_blank_values=True, errors="replace")
        )
        faults = [
            Fault(f"?{name[:80]}", "extra_forbidden", "There is no such parameter here.")
            for name in counts
            if name not in self._known
        ]
        faults += [
            Fault(f"?{name}", "parameter_twice", "Send this parameter once.")
            for name, count in counts.items()
            if count > 1 and name in self._known - self._many
        ]
        if faults:
            raise FIELDS_INVALID(faults=faults[:MOST_PARAMETERS])
