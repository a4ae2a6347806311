"""Who may call the outcomes service's operations."""

from __future__ import annotations

from services.gateway.rules.policy import Row

ROWS: tuple[Row, ...] = ()
