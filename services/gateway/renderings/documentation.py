"""The API's documentation as one page of plain HTML, made from the OpenAPI document. No script, no outside host."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping
from hashlib import sha256
from html import escape
from itertools import groupby
from typing import Any

from services.gateway.renderings.schema_text import fields_of, type_text

METHODS = ("get", "put", "post", "patch", "delete")

STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;color:#111;background:#fff}
code,.path{font-family:ui-monospace,monospace;font-size:.92em}
h1{font-size:1.8rem}h2{margin-top:3rem;border-bottom:2px solid #005eb8}h3{margin:2rem 0 .2rem;font-size:1.05rem}
.method{display:inline-block;min-width:4.2rem;font-weight:700;color:#005eb8}
table{border-collapse:collapse;width:100%;margin:.5rem 0}
th,td{text-align:left;vertical-align:top;padding:.25rem .6rem .25rem 0;border-bottom:1px solid #ddd}
dl{margin:.4rem 0}dt{font-weight:600}dd{margin:0 0 .4rem 1.2rem}nav ul{columns:3;padding-left:1.2rem}
a{color:#005eb8}.quiet{color:#555}
"""


def style_policy() -> str:
    """The content security policy that lets this page have its own style and nothing else."""
    digest = b64encode(sha256(STYLE.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; frame-ancestors 'none'"


def page(title: str, content: str) -> str:
    """A whole HTML page with our style."""
    return (
        '<!doctype html><html lang="en-GB"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>{content}</body></html>"
    )


def documentation(document: Mapping[str, Any]) -> str:
    """The page for a whole OpenAPI document."""
    info = document["info"]
    return page(info["title"], "".join(_content(document)))


def error_page(code: str, problem: Mapping[str, Any]) -> str:
    """The page that the `type` of a problem points at."""
    name = code.replace("_", " ").capitalize()
    return page(
        name,
        f"<h1>{escape(name)}</h1><p>{escape(problem['detail'])}</p>"
        f"<dl><dt>Code</dt><dd><code>{escape(code)}</code></dd>"
        f"<dt>HTTP status</dt><dd>{int(problem['status'])}</dd></dl>"
        "<p>The answer itself says which field or record it is about, in <code>errors</code> and in members of its"
        ' own. Quote its <code>request_id</code> when you ask for help.</p><p><a href="/docs">All operations</a></p>',
    )


def _content(document: Mapping[str, Any]) -> Iterator[str]:
    info = document["info"]
    yield f"<h1>{escape(info['title'])}</h1><p>{escape(info.get('description', ''))}</p>"
    yield (
        '<p>As a document for machines: <a href="/openapi.json">OpenAPI 3.1</a>,'
        ' <a href="/openapi-3.0.json">OpenAPI 3.0.3</a>.'
        ' There is a page for each <a href="/event-types">type of event</a>. Get a token at <code>POST /oauth2/token</code>'
        " and send it as <code>Authorization: Bearer</code>.</p>"
    )
    operations = sorted(_operations(document), key=lambda each: (each[0], each[2], METHODS.index(each[1])))
    tags = sorted({tag for tag, *_ in operations})
    yield "<nav><ul>"
    yield from (f'<li><a href="#tag-{escape(tag)}">{escape(tag)}</a></li>' for tag in tags)
    yield '<li><a href="#schemas">schemas</a></li></ul></nav>'
    for tag, of_tag in groupby(operations, key=lambda each: each[0]):
        yield f'<h2 id="tag-{escape(tag)}">{escape(tag.capitalize())}</h2>'
        for _, method, path, operation in of_tag:
            yield from _operation(method, path, operation)
    yield '<h2 id="schemas">Schemas</h2>'
    for name, schema in sorted(document.get("components", {}).get("schemas", {}).items()):
        yield from _schema(name, schema)


def _operations(document: Mapping[str, Any]) -> Iterator[tuple[str, str, str, Mapping[str, Any]]]:
    for path, item in document.get("paths", {}).items():
        for method in METHODS:
            if method in item:
                yield (item[method].get("tags") or ["other"])[0], method, path, item[method]


def _operation(method: str, path: str, operation: Mapping[str, Any]) -> Iterator[str]:
    name = escape(operation["operationId"])
    yield f'<h3 id="{name}">{escape(operation.get("summary", ""))}</h3>'
    yield f'<p class="path"><span class="method">{method.upper()}</span>{escape(path)}</p>'
    yield f"<p>{escape(operation.get('description', ''))}</p>"
    scope = operation.get("x-scope")
    told = f"scope <code>{escape(scope)}</code>" if scope else "open to everybody"
    yield f'<p class="quiet"><code>{name}</code>, {told}</p>'
    if operation.get("parameters"):
        yield "<table><tr><th>Parameter</th><th>In</th><th>Type</th><th></th></tr>"
        for each in operation["parameters"]:
            needed = "" if each.get("required") else " (optional)"
            yield (
                f"<tr><td><code>{escape(each['name'])}</code>{needed}</td><td>{escape(each['in'])}</td>"
                f"<td>{type_text(each.get('schema', {}))}</td><td>{escape(each.get('description', ''))}</td></tr>"
            )
        yield "</table>"
    yield "<dl>"
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        yield f"<dt>Send <code>{escape(kind)}</code></dt><dd>{type_text(content.get('schema', {}))}</dd>"
    for status, response in sorted(operation.get("responses", {}).items()):
        kinds = ", ".join(type_text(each.get("schema", {})) for each in response.get("content", {}).values())
        described = escape(response.get("description", ""))
        yield f"<dt>{escape(status)}</dt><dd>{described} {kinds}</dd>"
    yield "</dl>"


def _schema(name: str, schema: Mapping[str, Any]) -> Iterator[str]:
    yield f'<h3 id="schema-{escape(name)}">{escape(name)}</h3><p>{escape(schema.get("description", ""))}</p>'
    rows = list(fields_of(schema))
    if not rows:
        yield f"<p>{type_text(schema)}</p>"
        return
    yield "<table><tr><th>Field</th><th>Type</th><th></th></tr>"
    for field, kind, told in rows:
        yield f"<tr><td>{field}</td><td>{kind}</td><td>{told}</td></tr>"
    yield "</table>"
