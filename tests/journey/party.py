"""A machine client of one organisation at the public door; every answer is held against the OpenAPI document."""

import time
import uuid
from typing import Any

import httpx

from tests.stack import hold_against

PATIENCE_SECONDS = 20


class Party(httpx.Client):
    """A client that gets itself a token. Without credentials it is nobody and sends none."""

    def __init__(
        self, url: str, document: dict[str, Any], credentials: dict[str, str] | None, scope: str | None = None
    ) -> None:
        super().__init__(base_url=url, timeout=30)
        self.document = document
        if credentials is not None:
            form = {"grant_type": "client_credentials", "client_id": credentials["client_id"]}
            form |= {"client_secret": credentials["client_secret"]} | ({"scope": scope} if scope else {})
            given = super().request("POST", "/oauth2/token", data=form)
            assert given.status_code == 200, given.text
            self.headers["Authorization"] = f"Bearer {given.json()['access_token']}"

    def request(self, method: str, url: Any, **options: Any) -> httpx.Response:
        """As httpx does; `key` becomes the Idempotency-Key, `version` the If-Match."""
        headers = dict(options.pop("headers", None) or {})
        if (key := options.pop("key", None)) is not None:
            headers["Idempotency-Key"] = key
        if (version := options.pop("version", None)) is not None:
            headers["If-Match"] = f'"{version}"'
        answer = super().request(method, url, headers=headers, **options)
        hold_against(self.document, method, httpx.URL(url).path, answer)
        return answer

    def post(self, url: Any, **options: Any) -> httpx.Response:
        return self.request("POST", url, **options)

    def patch(self, url: Any, **options: Any) -> httpx.Response:
        return self.request("PATCH", url, **options)

    def read(self, path: str, **query: Any) -> Any:
        """What is there; it must be."""
        answer = self.get(path, params=query or None)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def items(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """A whole list, page after page."""
        found: list[dict[str, Any]] = []
        page = self.read(path, **query)
        while True:
            found += page["items"]
            if page["next"] is None:
                return found
            page = self.read(page["next"])

    def put_new(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Create under an id of our own; it must be new."""
        answer = self.put(path, json=body)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def move(
        self, path: str, body: dict[str, Any] | None = None, version: int | None = None
    ) -> dict[str, Any]:
        """A move that must be allowed, under a key of its own."""
        answer = self.post(path, json=body or {}, key=new_key(), version=version)
        assert answer.is_success, answer.text
        made: dict[str, Any] = answer.json()
        return made


def new_id() -> str:
    return str(uuid.uuid4())


def new_key() -> str:
    return f"journey-{uuid.uuid4()}"


def until(what: Any, seconds: float = PATIENCE_SECONDS) -> Any:
    """Ask until the answer is true, and return it."""
    deadline = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < deadline, f"still not so after {seconds} s"
        time.sleep(0.1)
    return found
