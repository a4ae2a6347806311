"""A partner's program at the public door: gets its token, sends, sends again what may succeed later, and says what went wrong."""

from __future__ import annotations

import time
from typing import Any

import httpx

TRIES = 5
MAY_SUCCEED_LATER = frozenset({429, 502, 503, 504})


class Refused(Exception):
    """The system refused a step of the demonstration; its own words are in the message."""


class Partner:
    """One machine client. Every write carries an id or key made from the step's name, so it is safe to repeat."""

    def __init__(self, url: str, client_id: str, client_secret: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=30)
        self._credentials = {"client_id": client_id, "client_secret": client_secret}
        self._token, self._expires = "", 0.0

    def close(self) -> None:
        self._http.close()

    def put(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Create a thing under an id of our own."""
        return self._send("PUT", path, json=body)

    def post(self, path: str, key: str, body: dict[str, Any], version: int | None = None) -> dict[str, Any]:
        """Make a move, or add something that gets its id there."""
        headers = {"Idempotency-Key": key}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        return self._send("POST", path, json=body, headers=headers)

    def patch(self, path: str, body: dict[str, Any], version: int) -> dict[str, Any]:
        return self._send("PATCH", path, json=body, headers={"If-Match": f'"{version}"'})

    def get(self, path: str, **query: str) -> dict[str, Any]:
        return self._send("GET", path, params=query)

    def _send(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        headers = {**options.pop("headers", {}), "Authorization": f"Bearer {self._access_token()}"}
        answer = self._http.request(method, path, headers=headers, **options)
        for attempt in range(1, TRIES):
            if answer.status_code not in MAY_SUCCEED_LATER:
                break
            time.sleep(float(answer.headers.get("Retry-After", attempt)))
            answer = self._http.request(method, path, headers=headers, **options)
        if answer.is_error:
            raise Refused(f"{method} {path} answered {answer.status_code}: {answer.text}")
        made: dict[str, Any] = answer.json()
        return made

    def _access_token(self) -> str:
        if time.monotonic() > self._expires:
            form = {"grant_type": "client_credentials", **self._credentials}
            answer = self._http.post("/oauth2/token", data=form)
            if answer.is_error:
                raise Refused(f"no token for {self._credentials['client_id']}: {answer.text}")
            given = answer.json()
            self._token, self._expires = given["access_token"], time.monotonic() + given["expires_in"] - 30
        return self._token
