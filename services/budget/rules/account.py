"""Accounts of the ledger: what each stands for, whose it is, and where it may stand."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from services.budget.rules.ledger_account import Account, AccountKind
from services.budget.rules.line import Arrangement, Line
from services.budget.rules.pool import POOL_UNKNOWN, Pool
from shared.errors import Kind, reason

ACCOUNT_NEEDS_LINE = reason(
    "account_needs_line", Kind.INVALID, "An expenditure or income account belongs to a budget line: name it."
)
ACCOUNT_NEEDS_PARTNER = reason(
    "account_needs_partner",
    Kind.INVALID,
    "A contribution account belongs to a partner and a pool: name both.",
)
ACCOUNT_OF_NO_PARTY = reason(
    "account_not_of_a_party",
    Kind.CONFLICT,
    "Only a party to the pool's agreement contributes to the pool: name one of its parties.",
)
ACCOUNT_NEEDS_POOL = reason(
    "account_needs_pool", Kind.INVALID, "A pooled or shadow account stands in a pool, an aligned one in none."
)
ACCOUNT_DIFFERS = reason(
    "account_differs_from_line",
    Kind.INVALID,
    "The account and its line or pool belong together: same partnership, same arrangement, same pool.",
)
ACCOUNT_OF_ANOTHER = reason(
    "account_of_another_s_line",
    Kind.CONFLICT,
    "Only the owner of an aligned or shadow line keeps its accounts.",
)
ACCOUNT_NAME_USED = reason(
    "account_name_used",
    Kind.CONFLICT,
    "There is an account of this name already in this pool, or in your own books beside the pools.",
)


_ON_A_LINE = frozenset({AccountKind.EXPENDITURE, AccountKind.INCOME})


@dataclass(frozen=True, slots=True)
class AccountAsked:
    """An account as it is asked for, by one organisation."""

    id: UUID
    partnership_id: UUID
    asked_by: UUID
    name: str
    kind: AccountKind
    arrangement: Arrangement
    pool_id: UUID | None = None
    line_id: UUID | None = None
    organisation_id: UUID | None = None


def open_account(
    asked: AccountAsked, pool: Pool | None, line: Line | None, parties: Collection[UUID] = ()
) -> Account:
    """The account. Of pooled money it is the host's; aligned and shadow money stays in its owner's books.

    `parties` are those of the pool's agreement. Spending and income stand on a line, so that each is in its total.
    """
    if (asked.arrangement is Arrangement.ALIGNED) != (pool is None):
        raise ACCOUNT_NEEDS_POOL("/pool_id")
    if asked.kind in _ON_A_LINE and line is None:
        raise ACCOUNT_NEEDS_LINE("/line_id")
    if asked.kind is AccountKind.CONTRIBUTION and (asked.organisation_id is None or pool is None):
        raise ACCOUNT_NEEDS_PARTNER("/organisation_id")
    if pool is not None and asked.organisation_id is not None and asked.organisation_id not in parties:
        raise ACCOUNT_OF_NO_PARTY("/organisation_id")
    if line is not None:
        _check_line(asked, line)
    if pool is not None:
        _check_pool(asked, pool)
        if asked.asked_by not in parties:
            raise POOL_UNKNOWN("/pool_id")
    pooled = asked.arrangement is Arrangement.POOLED
    return Account(
        id=asked.id,
        partnership_id=asked.partnership_id,
        owner_organisation_id=pool.owner_organisation_id if pooled and pool else asked.asked_by,
        name=asked.name,
        kind=asked.kind,
        arrangement=asked.arrangement.value,
        pool_id=asked.pool_id,
        line_id=asked.line_id,
        organisation_id=asked.organisation_id,
    )


def _check_line(asked: AccountAsked, line: Line) -> None:
    same = (line.partnership_id, line.arrangement, line.pool_id)
    if same != (asked.partnership_id, asked.arrangement, asked.pool_id):
        raise ACCOUNT_DIFFERS("/line_id")
    if asked.arrangement is not Arrangement.POOLED and line.owner_organisation_id != asked.asked_by:
        raise ACCOUNT_OF_ANOTHER("/line_id")


def _check_pool(asked: AccountAsked, pool: Pool) -> None:
    """Shadow accounts may still be opened in a pool that has turned real, for the years before.

    Before it turns real, only an interim account holds real money, under interim authority.
    """
    real = asked.arrangement is Arrangement.POOLED and asked.kind is not AccountKind.INTERIM
    unreal = real and pool.arrangement is not Arrangement.POOLED
    if pool.partnership_id != asked.partnership_id or unreal:
        raise ACCOUNT_DIFFERS("/pool_id")
