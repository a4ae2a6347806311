"""How doors answer: kept answers of writes, things with an ETag, and pages of things."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec
from fastapi import Request, Response

from shared.idempotency import Answer
from shared.page import Page

JSON = "application/json"
_encode = msgspec.json.Encoder().encode


def answer(kept: Answer, location: str | None = None) -> Response:
    """The answer of a write; a repeat says that it is one."""
    headers: dict[str, str] = {}
    if kept.etag is not None:
        headers["ETag"] = kept.etag
    if kept.replayed:
        headers["Idempotency-Replayed"] = "true"
    if location is not None and kept.status == 201:
        headers["Location"] = location
    return Response(kept.body, kept.status, headers, JSON)


def shown(request: Request, thing: Any, headers: Mapping[str, str] | None = None) -> Response:
    """A thing with a strong ETag: its version, or a digest of what is sent. 304 where the reader has it."""
    body = _encode(thing)
    version = getattr(thing, "version", None)
    etag = f'"{version}"' if version is not None else f'"{sha256(body).hexdigest()[:32]}"'
    known = request.headers.get("if-none-match")
    if known is not None and etag in (each.strip() for each in known.split(",")):
        return Response(None, 304, {"ETag": etag})
    return Response(body, 200, {"ETag": etag, **(headers or {})}, JSON)


def shown_whole(request: Request, thing: Any, version: int) -> Response:
    """A thing that shows more than its version covers: its ETag is the version with a digest of what is sent."""
    body = _encode(thing)
    etag = f'"{version}-{sha256(body).hexdigest()[:32]}"'
    known = request.headers.get("if-none-match")
    if known is not None and etag in (each.strip() for each in known.split(",")):
        return Response(None, 304, {"ETag": etag})
    return Response(body, 200, {"ETag": etag}, JSON)


def frozen(request: Request, body: bytes, digest: str, headers: Mapping[str, str] | None = None) -> Response:
    """A kept document, byte by byte, its ETag from its digest. 304 where the reader has it."""
    etag = f'"{digest[:32]}"'
    known = request.headers.get("if-none-match")
    if known is not None and etag in (each.strip() for each in known.split(",")):
        return Response(None, 304, {"ETag": etag, **(headers or {})})
    return Response(body, 200, {"ETag": etag, **(headers or {})}, JSON)


def listed(request: Request, page: Page[Any]) -> Response:
    """A page of things, with the link of the next page."""
    following = None
    if page.next_cursor is not None:
        query = [(name, value) for name, value in parse_qsl(request.url.query) if name != "cursor"]
        following = f"{request.url.path}?{urlencode([*query, ('cursor', page.next_cursor)])}"
    return Response(_encode({"items": page.items, "next": following}), 200, media_type=JSON)
