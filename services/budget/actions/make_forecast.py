"""Forecast the outturn of a line by month, and raise the warning that its thresholds ask for."""

from __future__ import annotations

from services.budget.rules import forecast as rules
from services.budget.rules.line import LINE_UNKNOWN, Arrangement
from services.budget.store import forecasts, line_funds, lines, warning_thresholds
from services.budget.store.clock import today
from services.budget.store.visibility import require_commissioner
from shared.audit import Change
from shared.caller import Caller
from shared.db import Database
from shared.idempotency import Answer, Sent, find, finish


async def make_forecast(
    db: Database,
    caller: Caller,
    sent: Sent,
    asked: rules.ForecastAsked,
) -> Answer:
    """Keep it as the line's next edition. Earlier ones stay, and answer as recorded."""
    async with db.begin(caller, write=True) as tx:
        if (kept := await find(tx, sent)) is not None:
            return kept
        require_commissioner(tx, asked.partnership_id)
        line = (await line_funds.lock(tx, [asked.line_id])).get(asked.line_id)
        if line is None:
            raise LINE_UNKNOWN("/line_id")
        forecast = rules.make(
            asked,
            line,
            (await lines.get(tx, line.line_id)).category,
            caller.organisation_id,
            await forecasts.next_edition(tx, line.line_id),
            await warning_thresholds.of_owner(tx, line.partnership_id, line.owner_organisation_id),
            await today(tx),
        )
        await forecasts.add(tx, forecast)
        pooled = line.arrangement is Arrangement.POOLED
        warning = None if forecast.warning is None else forecast.warning.severity.value
        change = Change(
            what="forecast_made",
            thing="forecast",
            thing_id=forecast.id,
            owner_organisation_id=forecast.owner_organisation_id,
            partnership_id=forecast.partnership_id,
            readers=tuple(sorted(line.party_ids)) if pooled else (),
            facts={"line_id": str(line.line_id), "edition": forecast.edition, "warning": warning},
        )
        return await finish(tx, sent, change, forecast)
