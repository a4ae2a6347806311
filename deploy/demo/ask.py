"""Ask the API as a demonstration client: `python -m deploy.demo.ask plymouth-city-council GET /v1/contracts`."""

from __future__ import annotations

import argparse
import json
import os
import sys
import uuid
from pathlib import Path
from typing import Any

import httpx

SHOWN_HEADERS = ("ETag", "Idempotency-Replayed", "Retry-After")


def ask(url: str, folder: Path, name: str, request: httpx.Request) -> httpx.Response:
    """Get a token as this client and send the request with it."""
    clients = json.loads((folder / "demo-clients.json").read_text(encoding="utf-8"))
    if name not in clients:
        raise SystemExit(f"There is no client {name}. There are: {', '.join(clients)}.")
    credentials = {key: clients[name][key] for key in ("client_id", "client_secret")}
    with httpx.Client(base_url=url, timeout=30) as http:
        given = http.post("/oauth2/token", data={"grant_type": "client_credentials", **credentials})
        given.raise_for_status()
        request.headers["Authorization"] = f"Bearer {given.json()['access_token']}"
        return http.send(request)


def picked(document: Any, path: str) -> Any:
    """The part of a document at a dotted path; `*` stands for every item of a list."""
    step, _, rest = path.partition(".")
    if not step:
        return document
    if step == "*":
        return [picked(each, rest) for each in document]
    if "," in step:
        return {name: document.get(name) for name in step.split(",")}
    return picked(document[int(step)] if isinstance(document, list) else document[step], rest)


def main() -> int:
    """Send one request and print the answer: its status, the headers that matter, and the body."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("client", help="a name in demo-clients.json")
    parser.add_argument("method", choices=["GET", "PUT", "POST", "PATCH"])
    parser.add_argument("path", help="such as /v1/contracts; {new} becomes a new id")
    parser.add_argument("body", nargs="?", help="JSON, or @FILE for a file of CSV")
    parser.add_argument("--pick", default="", help="a part of the answer, such as items.*.title,state")
    parser.add_argument("--match", help="the version for If-Match")
    parser.add_argument("--key", default=None, help="the Idempotency-Key of a POST (a new one by default)")
    given = parser.parse_args()
    url = f"http://127.0.0.1:{os.environ.get('GATEWAY_PORT', '8000')}"
    headers, content = _content(given)
    request = httpx.Request(
        given.method, url + given.path.replace("{new}", str(uuid.uuid4())), headers=headers, content=content
    )
    try:
        answer = ask(url, Path(os.environ.get("DATA_DIR", ".data")), given.client, request)
    except (httpx.HTTPError, FileNotFoundError) as failure:
        raise SystemExit(f"The system did not answer ({failure}). Is `make run` up?") from None
    print(answer.status_code, answer.reason_phrase)
    for name in SHOWN_HEADERS:
        if name in answer.headers and not given.pick:
            print(f"{name}: {answer.headers[name]}")
    if answer.content:
        body = answer.json()
        print(json.dumps(picked(body, given.pick), indent=2, ensure_ascii=False))
    return 0


def _content(given: argparse.Namespace) -> tuple[dict[str, str], bytes | None]:
    headers = {}
    if given.method == "POST":
        headers["Idempotency-Key"] = given.key or f"ask-{uuid.uuid4()}"
    if given.match is not None:
        headers["If-Match"] = f'"{given.match}"'
    if given.body is None:
        return headers, None
    if given.body.startswith("@"):
        return {**headers, "Content-Type": "text/csv"}, Path(given.body[1:]).read_bytes()
    return {**headers, "Content-Type": "application/json"}, given.body.encode()


if __name__ == "__main__":
    sys.exit(main())
