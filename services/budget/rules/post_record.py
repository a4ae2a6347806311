"""A post as it is kept: what it costs, who pays which part of it, and what a year in which it starts costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from services.budget.rules.part_year import Convention, part_year
from services.budget.rules.post import Post, pay_for
from shared.errors import Kind, Refusal, reason

COST_NEGATIVE = reason(
    "post_cost_negative", Kind.INVALID, "A post costs something, and not less than nothing."
)
PARTNERS_REPEATED = reason("post_partners_repeated", Kind.INVALID, "Name each partner that pays once.")
SHARES_OF_OTHERS = reason(
    "post_shares_of_others", Kind.INVALID, "The recorded shares are of the partners that pay, one each."
)
SHARE_NEGATIVE = reason("post_share_negative", Kind.INVALID, "A share of a post is not below nothing.")
STARTS_BEFORE_IT_EXISTS = reason(
    "post_starts_early", Kind.INVALID, "The cost starts on or after the day on which the post was made."
)


@dataclass(frozen=True, slots=True)
class PostShare:
    """A partner's recorded percentage of an existing post."""

    organisation_id: UUID
    percent: Decimal


@dataclass(frozen=True, slots=True)
class PostPart:
    """What a partner pays for a post: in a full year, and in the year in which it starts, by both conventions."""

    organisation_id: UUID
    full_year_pence: int
    by_twelfths_pence: int
    by_days_pence: int


@dataclass(frozen=True, slots=True)
class PostRecord:
    """A post, under the rule that posts made from `shared_from` on are paid for equally (S4-B03, S4-B04).

    `convention` is the one that the partners use; both are shown. `start_assumed`: nobody printed the day.
    """

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    name: str
    created_on: date
    shared_from: date
    starts_on: date
    start_assumed: bool
    convention: Convention
    cost_pence: int
    partners: tuple[UUID, ...]
    recorded_shares: tuple[PostShare, ...] = ()
    parts: tuple[PostPart, ...] = ()
    part_year_pence: int = 0
    version: int = 1


def work_out(asked: PostRecord) -> PostRecord:
    """The post with what each partner pays. A partner's part of a year is that of its own full-year part."""
    if asked.cost_pence <= 0:
        raise COST_NEGATIVE("/cost_pence")
    if len(set(asked.partners)) != len(asked.partners):
        raise PARTNERS_REPEATED("/partners")
    if asked.starts_on < asked.created_on:
        raise STARTS_BEFORE_IT_EXISTS("/starts_on")
    shares = {each.organisation_id: each.percent for each in asked.recorded_shares}
    if len(shares) != len(asked.recorded_shares) or (shares and set(shares) != set(asked.partners)):
        raise SHARES_OF_OTHERS("/recorded_shares")
    if any(percent < 0 for percent in shares.values()):
        raise SHARE_NEGATIVE("/recorded_shares")
    post = Post(asked.name, asked.created_on, asked.cost_pence, shares or None)
    try:
        full = pay_for(post, asked.shared_from, asked.partners)
    except Refusal as refusal:
        raise refusal.reason("/recorded_shares", **refusal.facts) from None
    parts = tuple(
        PostPart(
            partner,
            full[partner],
            part_year(full[partner], asked.starts_on, Convention.TWELFTHS),
            part_year(full[partner], asked.starts_on, Convention.DAYS),
        )
        for partner in asked.partners
    )
    whole = part_year(asked.cost_pence, asked.starts_on, asked.convention)
    return replace(asked, parts=parts, part_year_pence=whole)


@dataclass(frozen=True, slots=True)
class Establishment:
    """The posts of a partnership: how many of them are new, what they cost in a full year, and who pays what."""

    partnership_id: UUID
    posts: int
    new_posts: int
    cost_pence: int
    by_partner: tuple[PostPart, ...]


def establish(partnership_id: UUID, posts: Sequence[PostRecord]) -> Establishment:
    """All posts together. Each partner's parts are summed as they are shown, so that they come to the whole."""
    sums: dict[UUID, list[int]] = {}
    for post in posts:
        for part in post.parts:
            figures = (part.full_year_pence, part.by_twelfths_pence, part.by_days_pence)
            so_far = sums.setdefault(part.organisation_id, [0, 0, 0])
            sums[part.organisation_id] = [a + b for a, b in zip(so_far, figures, strict=True)]
    return Establishment(
        partnership_id,
        len(posts),
        sum(post.created_on >= post.shared_from for post in posts),
        sum(post.cost_pence for post in posts),
        tuple(PostPart(partner, *sums[partner]) for partner in sorted(sums)),
    )
