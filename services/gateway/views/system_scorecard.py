"""The scorecard of the whole system: every provider's lines, counted by axis, by domain and by provider."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from uuid import UUID

from services.gateway.clients.reading import Reader
from services.gateway.clients.scorecards import AgainstEngland, Card, CardAsked, CardLine, Ratings, whole_card
from services.gateway.rules.partnership import Role
from services.gateway.rules.rating_count import RatingCount, rating_counts
from services.gateway.rules.view import WithheldContributor
from services.gateway.views.contributor import MissingContributor, left_out, merged
from services.gateway.views.question import ViewAsked, sources_of
from services.gateway.views.source import ViewSource, ask
from shared.caller import Caller
from shared.db import Database

SECONDS = 4.0
SOURCES = {"outcomes": "getScorecard"}


@dataclass(frozen=True, slots=True)
class SystemScorecard:
    """What health and care achieve together. `complete` is false while a line has no known figure, or any is withheld.

    Counts and lines are null where the outcomes service did not answer or is not for you.
    """

    partnership_id: UUID
    as_at: date
    as_recorded: datetime | None
    framework_id: UUID | None
    seen_as: tuple[Role, ...]
    complete: bool
    sources: tuple[ViewSource, ...]
    missing_contributors: tuple[MissingContributor, ...]
    withheld_contributors: tuple[WithheldContributor, ...]
    ratings: Ratings | None
    against_england: AgainstEngland | None
    by_axis: tuple[RatingCount, ...] | None
    by_domain: tuple[RatingCount, ...] | None
    by_provider: tuple[RatingCount, ...] | None
    lines: tuple[CardLine, ...] | None


async def system_scorecard(
    db: Database,
    caller: Caller,
    readers: Mapping[str, Reader],
    asked: ViewAsked,
    framework_id: UUID | None,
) -> SystemScorecard:
    """The card as the outcomes service shows it to this caller: published figures to an observer, theirs to providers."""
    of = CardAsked(asked.partnership_id, asked.as_at, asked.as_recorded, framework_id)
    reading = partial(whole_card, readers["outcomes"], of, SECONDS)
    answer = await ask("outcomes", asked.closed.get("getScorecard"), reading, asked.now)
    sources = sources_of([answer], asked.mode)
    withheld = await left_out(db, caller, asked.partnership_id, asked.sights, sources)
    card: Card | None = answer.found
    return SystemScorecard(
        partnership_id=asked.partnership_id,
        as_at=asked.as_at,
        as_recorded=asked.as_recorded,
        framework_id=framework_id,
        seen_as=asked.seen_as,
        complete=card is not None and card.complete and not withheld,
        sources=sources,
        missing_contributors=merged(
            (each, "outcome") for each in (card.missing_contributors if card else ())
        ),
        withheld_contributors=withheld,
        ratings=card.ratings if card else None,
        against_england=card.against_england if card else None,
        by_axis=rating_counts((each.axis, each.rating) for each in card.lines) if card else None,
        by_domain=rating_counts((each.domain, each.rating) for each in card.lines) if card else None,
        by_provider=_by_provider(card) if card else None,
        lines=card.lines if card else None,
    )


def _by_provider(card: Card) -> tuple[RatingCount, ...]:
    return rating_counts(
        (str(each.provider_organisation_id) if each.provider_organisation_id else None, each.rating)
        for each in card.lines
    )
