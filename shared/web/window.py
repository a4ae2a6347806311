"""The window of time in which things of a list were recorded or last changed, as a list's query names it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Query

from shared.web.fields import Instant


async def _window(
    updated_from: Annotated[
        Instant | None,
        Query(
            description="Recorded or last changed at or after this instant. Begin a little before you last asked."
        ),
    ] = None,
    updated_to: Annotated[
        Instant | None, Query(description="Recorded or last changed before this instant.")
    ] = None,
) -> tuple[datetime | None, datetime | None]:
    return updated_from, updated_to


RecordedWithin = Annotated[tuple[datetime | None, datetime | None], Depends(_window)]
