"""Requests as no client library would send them: header by header and byte by byte."""

from __future__ import annotations

JOURNAL = "/v1/journals/11111111-1111-4111-8111-111111111111"


async def raw(app, method: str, raw_path: bytes, headers=(), query: bytes = b"", body: bytes = b""):
    """A request as no client library would send it: the path goes in byte by byte."""
    sent = []
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": raw_path.decode("latin-1"),
        "raw_path": raw_path,
        "query_string": query,
        "headers": [(b"host", b"127.0.0.1"), *headers],
        "client": ("127.0.0.1", 4711),
        "server": ("127.0.0.1", 8000),
    }
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive():
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    await app(scope, receive, send)
    start = sent[0]
    content = b"".join(each.get("body", b"") for each in sent[1:])
    return start["status"], dict(start["headers"]), content


def bearer(client):
    return (b"authorization", f"Bearer {client.visit.token}".encode())
