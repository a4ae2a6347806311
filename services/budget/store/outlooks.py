"""What is committed and forecast on lines that the asker may not read one by one: sums by category or arrangement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.budget.rules.observed_position import ObservedOutlook
from shared.db import Prepared, Transaction

_NAMES = ("partnership", "year", "as_at", "recorded")
_ASKED = "($1::uuid, $2::text, $3::date, coalesce($4::timestamptz, 'infinity'))"
_ALIGNED = Prepared(f"select * from aligned_outlook{_ASKED}", _NAMES, {})  # noqa: S608 fixed pieces
_OBSERVED = Prepared(f"select * from observed_outlook{_ASKED}", _NAMES, {})  # noqa: S608 fixed pieces

Key = tuple[UUID, str, UUID | None]


async def aligned(tx: Transaction, asked: Mapping[str, Any]) -> dict[Key, dict[str, Any]]:
    """By owner, category and, where the agreement opens them, line: the outlook's facts as facts take them."""
    found: dict[Key, dict[str, Any]] = {}
    for row in await tx.all(_ALIGNED, **asked):
        found[row["owner_organisation_id"], row["category"], row["line_id"]] = {
            "committed_pence": _whole(row["committed_pence"]),
            "forecast_pence": _whole(row["forecast_pence"]),
            "forecast_unknown": row["forecast_unknown"],
        }
    return found


async def observed(tx: Transaction, asked: Mapping[str, Any]) -> dict[str, ObservedOutlook]:
    """By arrangement, for an observer."""
    return {
        row["arrangement"]: ObservedOutlook(
            _whole(row["committed_pence"]),
            _whole(row["forecast_pence"]),
            tuple(row["forecast_missing"] or ()),
        )
        for row in await tx.all(_OBSERVED, **asked)
    }


def _whole(pence: Any) -> int | None:
    return None if pence is None else int(pence)
