"""Who pays for a post: existing posts keep their recorded shares, new ones are paid for equally."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from services.budget.rules.cost_share import share, share_equally
from shared.errors import Kind, reason

SHARES_MISSING = reason(
    "post_shares_missing",
    Kind.INVALID,
    "A post that existed before the rule keeps its shares: record what percentage each partner pays.",
)
SHARES_NOT_WHOLE = reason(
    "post_shares_not_whole", Kind.INVALID, "The partners' shares of a post come to 100 %."
)


@dataclass(frozen=True, slots=True)
class Post:
    """A post: when it was made, what it costs in a year, and the shares recorded for it (percent by partner)."""

    name: str
    created_on: date
    cost_pence: int
    recorded_shares: Mapping[UUID, Decimal] | None = None


def pay_for(post: Post, rule_from: date, partners: Sequence[UUID]) -> dict[UUID, int]:
    """Each partner's part of a post in pence.

    A post made before the rule's first day keeps its recorded percentages (S4-B03); one made on or after it
    is shared equally, whatever is recorded (S4-B04).
    """
    if post.created_on >= rule_from:
        return share_equally(post.cost_pence, partners)
    if not post.recorded_shares:
        raise SHARES_MISSING(post=post.name)
    if sum(post.recorded_shares.values()) != 100:
        raise SHARES_NOT_WHOLE(post=post.name, percent=sum(post.recorded_shares.values()))
    return share(post.cost_pence, post.recorded_shares)


@dataclass(frozen=True, slots=True)
class Establishment:
    """Posts held against a control total (S4-B02): how many, what they cost, and what is left."""

    posts: int
    new_posts: int
    cost_pence: int
    left_pence: int


def establish(posts: Sequence[Post], rule_from: date, control_total_pence: int) -> Establishment:
    """The establishment beside its control total; `left_pence` is negative when the posts cost more."""
    cost = sum(post.cost_pence for post in posts)
    new = sum(post.created_on >= rule_from for post in posts)
    return Establishment(len(posts), new, cost, control_total_pence - cost)
