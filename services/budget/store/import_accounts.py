"""The accounts that a file names: found by id or name, and locked as a posting locks them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, any_, bindparam, select

from services.budget.rules.import_cell import is_id
from services.budget.rules.ledger_account import AccountKind, PostingAccount
from services.budget.rules.posting_period import Shut
from services.budget.store import journals
from services.budget.store.tables import accounts
from shared.db import Transaction, prepare

# A name is one of the caller's own accounts: of another organisation's the import knows no more than of none.
_NAMED = prepare(
    select(accounts.c.id, accounts.c.name).where(
        accounts.c.partnership_id == bindparam("partnership", type_=Uuid),
        accounts.c.owner_organisation_id == bindparam("owner", type_=Uuid),
        accounts.c.name == any_(bindparam("names", type_=ARRAY(Text))),
    )
)
NO_ACCOUNT = UUID(int=0)  # what an unknown name stands for; there is no such account, and the rule says so


@dataclass(slots=True)
class Books:
    """The accounts of a file by their numbers from 1, those that may be posted to, and which periods are shut."""

    ids: Sequence[UUID]
    open_to_us: Mapping[UUID, PostingAccount]
    earliest: date
    _shut: dict[frozenset[object], Shut] = field(default_factory=dict)

    async def shut(self, tx: Transaction, ids: frozenset[UUID]) -> Shut:
        """The periods shut to the caller in the books that these accounts are of, as a posting on them would find."""
        key = frozenset(_books_of(self.open_to_us[each]) for each in ids if each in self.open_to_us)
        if key not in self._shut:
            self._shut[key] = (await journals.lock_accounts(tx, ids, self.earliest)).shut
        return self._shut[key]


def _books_of(account: PostingAccount) -> object:
    return (account.partnership_id, account.owner_organisation_id, account.arrangement, account.pool_id)


async def lock(tx: Transaction, partnership_id: UUID, names: Sequence[str], earliest: date) -> Books:
    """Find these accounts and lock them all, in the order in which every posting does."""
    words = [each for each in names if not is_id(each)]
    rows = await tx.all(_NAMED, partnership=partnership_id, owner=tx.caller.organisation_id, names=words)
    counted = Counter(row["name"] for row in rows)  # a name that two pools use says no account; its id does
    known = {row["name"]: row["id"] for row in rows if counted[row["name"]] == 1}
    ids = [UUID(each) if is_id(each) else known.get(each, NO_ACCOUNT) for each in names]
    held = await journals.lock_accounts(tx, ids, earliest)
    return Books(ids, held.accounts, earliest)


def is_vat_control(account: PostingAccount | None) -> bool:
    return account is not None and account.kind is AccountKind.VAT_CONTROL


def none() -> Books:
    """The books of a file without a readable row."""
    return Books((), {}, date.min)
