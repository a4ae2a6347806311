"""The catalogue of event types as pages to read. All text that comes out is safe HTML."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from html import escape
from itertools import groupby
from typing import Any

from services.gateway.renderings.documentation import page
from services.gateway.renderings.schema_text import fields_of


def type_page(kind: Mapping[str, Any]) -> str:
    """The page of one type, of which its JSON is given."""
    example = escape(json.dumps(kind["example"], indent=2))
    shape = kind["schema"]
    fields = "".join(
        f"<tr><td>{name}</td><td>{type_}</td><td>{said}</td></tr>"
        for part in (shape, shape["properties"]["data"])
        for name, type_, said in fields_of(part)
    )
    return page(
        kind["type"],
        f"<h1><code>{escape(kind['type'])}</code></h1><p>{escape(kind['means'])}</p>"
        f"<dl><dt>About</dt><dd>{escape(kind['thing'])}</dd><dt>Who is told</dt><dd>{escape(kind['told'])}</dd>"
        f"<dt>Feed</dt><dd><code>{escape(kind['feed'])}</code>, and webhooks that asked for it</dd></dl>"
        f"<h2>Shape</h2><table>{fields}</table><h2>Example</h2><pre>{example}</pre>"
        "<p>An event names the record, and never says what it holds: read the record."
        ' <a href="/event-types">All types</a></p>',
    )


def types_page(kinds: Iterable[Mapping[str, Any]]) -> str:
    """The page of all types, by service."""
    head = (
        "<h1>Types of event</h1><p>What the feeds and webhooks tell of. Types stay; new ones may come, so pass over"
        ' those that you do not know. <a href="/docs">All operations</a></p>'
    )
    content = [head]
    for service, of_service in groupby(kinds, key=lambda each: str(each["service"])):
        rows = "".join(
            f'<tr><td><a href="{escape(each["page"])}"><code>{escape(each["type"])}</code></a></td>'
            f"<td>{escape(each['means'])}</td></tr>"
            for each in of_service
        )
        content.append(f"<h2>{escape(service.capitalize())}</h2><table>{rows}</table>")
    return page("Types of event", "".join(content))
