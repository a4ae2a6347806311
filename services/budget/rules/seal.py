"""The seal of a closed period: a hash tree by line and owner, that each partner can check from what it may see.

SHA-256 throughout; text is UTF-8, `\\n` is a line feed, ids are lower-case UUIDs with hyphens, digests 32 raw bytes.

    entry   SHA-256 of these nine values with a line feed between each and the next:
            journal id, position (from 1), kind, book, account id, amount in pence (a debit plain, a credit with `-`),
            effective date (2015-04-01), posting period (2015-16-M01),
            recorded instant in UTC with six digits of a second (2015-04-01T09:00:00.000000Z). Of an entry whose VAT
            was stated, six more: regime, organisation (`-` where there is none), tax point, net, recoverable and
            irrecoverable pence. Seals of scheme 1, which are older, leave the six out.
    leaf    SHA-256 of: 00, the leaf's key, `\\n`, and its entries' digests in the order of recorded instant, journal
            id, position. A leaf holds what was posted to one line (`line/<id>`); an account that stands on no line has
            a leaf of its own (`account/<id>`).
    branch  SHA-256 of: 01, `<arrangement>/<owner's id>`, `\\n`, and its leaves' digests in the order of their keys' bytes
    root    SHA-256 of: 02, `<partnership id>/<keeper's id>/<books>/<period>/<number>`, `\\n`, and for each branch, in
            the order of its name's bytes, `<arrangement>/<owner's id>`, `\\n` and its digest

Pooled money is one branch, owned by the host, which all partners recompute. Shadow money has a branch for each owner.
The seal of pooled books also takes in, as the `aligned` branches, the last root of each partner's own aligned books
for the same period, where that partner has closed it. Of a branch that is not its own a partner sees the digest alone;
the journals' random ids keep it from being guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from uuid import UUID

from services.budget.rules.period import Period
from services.budget.rules.vat import Vat

SCHEME = 2  # of the seals that are made now


@dataclass(frozen=True, slots=True)
class SealedEntry:
    """One side of a journal as it is hashed."""

    journal_id: UUID
    position: int
    kind: str
    book: str
    account_id: UUID
    amount_pence: int
    effective_date: date
    posting_period: str
    recorded_at: datetime
    vat: Vat | None = None


@dataclass(frozen=True, slots=True)
class Leaf:
    """What one line, or an account on no line, holds of a branch; its digest as hex."""

    arrangement: str
    owner_organisation_id: UUID
    key: str
    entries: int
    digest: str


@dataclass(frozen=True, slots=True)
class Branch:
    """The digest of all leaves of one arrangement and owner, as hex."""

    arrangement: str
    owner_organisation_id: UUID
    digest: str

    @property
    def name(self) -> str:
        return f"{self.arrangement}/{self.owner_organisation_id}"


@dataclass(frozen=True, slots=True)
class Seal:
    """What was sealed at one closure. `leaves` are those that the reader may see, computed from the books anew.

    `scheme` says what of an entry is hashed: 1 leaves its VAT out, 2 takes it in.

    `differing` names the branches whose leaves no longer give the digest that was sealed, and `root` if the branches
    no longer give the root: empty, unless the books were changed behind the service's back.
    """

    id: UUID
    period_id: UUID
    number: int
    period_version: int
    partnership_id: UUID
    owner_organisation_id: UUID
    books: str
    period: str
    financial_year: str
    sealed_until: datetime
    root: str
    branches: tuple[Branch, ...]
    scheme: int = SCHEME
    leaves: tuple[Leaf, ...] = ()
    differing: tuple[str, ...] = ()


def entry_digest(entry: SealedEntry, scheme: int = SCHEME) -> bytes:
    instant = entry.recorded_at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    values = (
        entry.journal_id,
        entry.position,
        entry.kind,
        entry.book,
        entry.account_id,
        entry.amount_pence,
        entry.effective_date.isoformat(),
        entry.posting_period,
        instant,
        *_vat_values(entry.vat, scheme),
    )
    return sha256("\n".join(map(str, values)).encode()).digest()


def _vat_values(vat: Vat | None, scheme: int) -> tuple[object, ...]:
    if vat is None or scheme == 1:
        return ()
    return (
        vat.regime.value,
        vat.organisation_id or "-",
        vat.tax_point.isoformat(),
        vat.net_pence,
        vat.recoverable_pence,
        vat.irrecoverable_pence,
    )


def leaf_digest(key: str, entries: Iterable[SealedEntry], scheme: int = SCHEME) -> str:
    """The digest of a leaf, whatever order its entries come in."""
    ordered = sorted(entries, key=lambda each: (each.recorded_at, each.journal_id, each.position))
    digests = b"".join(entry_digest(each, scheme) for each in ordered)
    return sha256(b"\x00" + f"{key}\n".encode() + digests).hexdigest()


def branch_of(arrangement: str, owner: UUID, leaves: Mapping[str, str]) -> Branch:
    """The branch of these leaves: key to digest."""
    ordered = sorted(leaves.items(), key=lambda each: each[0].encode())
    digests = b"".join(bytes.fromhex(digest) for _, digest in ordered)
    text = f"{arrangement}/{owner}\n".encode()
    return Branch(arrangement, owner, sha256(b"\x01" + text + digests).hexdigest())


def root_of(period: Period, number: int, branches: Iterable[Branch]) -> str:
    """The root of a period's seal of this number."""
    keeper = f"{period.partnership_id}/{period.owner_organisation_id}/{period.books}/{period.period}/{number}"
    return _root(keeper, branches)


def recheck(seal: Seal, leaves: Sequence[Leaf], whole: Iterable[str]) -> tuple[str, ...]:
    """The names of branches, and `root`, that differ from what was sealed. A branch not in `whole` is a sibling: its
    digest is taken as it stands, since its leaves are not the reader's to see.

    Leaves that were sealed and are gone differ too, and so do leaves of a branch that was never sealed.
    """
    found: dict[str, Branch] = {}
    for name in {f"{each.arrangement}/{each.owner_organisation_id}" for each in leaves}:
        own = [each for each in leaves if f"{each.arrangement}/{each.owner_organisation_id}" == name]
        found[name] = branch_of(
            own[0].arrangement, own[0].owner_organisation_id, {each.key: each.digest for each in own}
        )
    sealed = {each.name: each for each in seal.branches}
    wrong = {name for name in found if found[name] != sealed.get(name)}
    wrong |= {name for name in whole if name in sealed and name not in found}
    keeper = f"{seal.partnership_id}/{seal.owner_organisation_id}/{seal.books}/{seal.period}/{seal.number}"
    if _root(keeper, {**sealed, **found}.values()) != seal.root:
        wrong.add("root")
    return tuple(sorted(wrong))


def _root(keeper: str, branches: Iterable[Branch]) -> str:
    ordered = sorted(branches, key=lambda each: each.name.encode())
    parts = b"".join(f"{each.name}\n".encode() + bytes.fromhex(each.digest) for each in ordered)
    return sha256(b"\x02" + f"{keeper}\n".encode() + parts).hexdigest()
