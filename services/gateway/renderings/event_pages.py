"""The catalogue of event types, as pages to read and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from html import escape
from itertools import groupby
from typing import Any

from services.gateway.renderings.documentation import page
from services.gateway.renderings.schema_text import fields_of
from services.gateway.rules.event_types.event_type import EventType


def shown_type(each: EventType, shape: Mapping[str, Any]) -> dict[str, Any]:
    """A type as JSON. `schema` is the JSON schema of the whole event."""
    return {**_row(each), "schema": shape, "example": each.example}


def shown_types(types: Iterable[EventType]) -> dict[str, Any]:
    """All types as JSON, each with the address of its own page."""
    return {"items": [{**_row(each), "page": f"/event-types/{each.type}"} for each in types]}


def _row(each: EventType) -> dict[str, Any]:
    return {
        "type": each.type,
        "service": each.service,
        "feed": f"/v1/events/{each.service}",
        "thing": each.thing,
        "means": each.means,
        "told": each.told,
    }


def type_page(each: EventType, shape: Mapping[str, Any]) -> str:
    """The page of one type."""
    example = escape(json.dumps(each.example, indent=2))
    fields = "".join(
        f"<tr><td>{name}</td><td>{kind}</td><td>{said}</td></tr>"
        for part in (shape, shape["properties"]["data"])
        for name, kind, said in fields_of(part)
    )
    return page(
        each.type,
        f"<h1><code>{escape(each.type)}</code></h1><p>{escape(each.means)}</p>"
        f"<dl><dt>About</dt><dd>{escape(each.thing)}</dd><dt>Who is told</dt><dd>{escape(each.told)}</dd>"
        f"<dt>Feed</dt><dd><code>/v1/events/{escape(each.service)}</code>, and webhooks that asked for it</dd></dl>"
        f"<h2>Shape</h2><table>{fields}</table><h2>Example</h2><pre>{example}</pre>"
        "<p>An event names the record, and never says what it holds: read the record."
        ' <a href="/event-types">All types</a></p>',
    )


def types_page(types: Iterable[EventType]) -> str:
    """The page of all types, by service."""
    head = (
        "<h1>Types of event</h1><p>What the feeds and webhooks tell of. Types stay; new ones may come, so pass over"
        ' those that you do not know. <a href="/docs">All operations</a></p>'
    )
    content = [head]
    for service, of_service in groupby(types, key=lambda each: each.service):
        rows = "".join(
            f'<tr><td><a href="/event-types/{escape(each.type)}"><code>{escape(each.type)}</code></a></td>'
            f"<td>{escape(each.means)}</td></tr>"
            for each in of_service
        )
        content.append(f"<h2>{escape(service.capitalize())}</h2><table>{rows}</table>")
    return page("Types of event", "".join(content))
