"""What tests of webhooks stand on: somebody's server, people at a second gateway, and feeds that say what a test wants."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from aiohttp import web

from tests.gateway.people import Visit
from tests.gateway.stand_in import answering


class Address:
    """Somebody's server: what it was sent, and how it answers."""

    def __init__(self):
        self.heard, self.status, self.proves = [], 204, True
        self.url = ""

    async def handle(self, request):
        body = await request.read()
        told = json.loads(body)
        if told["type"] == "webhook.challenge":
            return web.json_response({"challenge": told["challenge"] if self.proves else "no"})
        self.heard.append((dict(request.headers), body))
        return web.Response(status=self.status)


class People:
    """The operator's people, at the door of this gateway: tokens count at both, since both have the same keys."""

    def __init__(self, operator, app):
        self._operator, self._app = operator, app
        self.visit = Visit(app, operator.visit.token)
        self.organisation, self.partnership = operator.organisation, operator.partnership
        self.member = operator.member

    async def client(self, organisation):
        made = await self._operator.client(organisation)
        return replace(made, visit=Visit(self._app, made.visit.token))


def feed_of(service, *events, end=0):
    kind = "application/cloudevents-batch+json"
    link = f'</v1/events/{service}?lastEventId={end}>; rel="next"'
    headers: dict[str, Any] = {"Content-Type": kind, "Link": link}
    return answering(list(events), **headers)
