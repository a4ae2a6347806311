"""Every operation of a service that only the gateway itself calls. None of them is at the public door."""

from __future__ import annotations

from services.gateway.rules.internal import Internal

INTERNAL: tuple[Internal, ...] = ()
