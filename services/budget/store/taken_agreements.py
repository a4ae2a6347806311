"""Agreements and hosted pools of a predecessor, as its successors carry them on."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from services.budget.rules.agreement import Agreement, State
from services.budget.rules.succession import Succession, heir, renamed
from services.budget.rules.succession_report import ONE_PARTY_LEFT, STILL_SIGNING, Remark, Tally
from services.budget.rules.terms import Party, Terms
from services.budget.store import agreements, pools
from shared.db import Prepared, Transaction
from shared.idempotency import tell

_NAMING = Prepared(
    "select id from agreements where partnership_id = $1 and $2 = any (party_ids) and state <> 'closed' order by id",
    ("place", "predecessor"),
    {},
)
_HOSTED = Prepared(
    "select count(*) as hosted from pools where agreement_id = $1 and owner_organisation_id = $2",
    ("agreement", "host"),
    {},
)
_BEING_SIGNED = frozenset({State.APPROVED, State.EXECUTED})


async def take(
    tx: Transaction, succession: Succession, partnership_id: UUID, predecessor_id: UUID, tally: Tally
) -> None:
    """Put successors in the place of their predecessor; the pools that it hosted go to the heir."""
    moves = succession.of(predecessor_id)
    for row in await tx.all(_NAMING, place=partnership_id, predecessor=predecessor_id):
        agreement = await agreements.get(tx, row["id"])
        changed = with_successors(agreement, succession)
        if agreement.state in _BEING_SIGNED:
            tally.remarks.append(Remark("agreement", agreement.id, STILL_SIGNING))
            continue
        if len(changed.terms.parties) < 2:
            tally.remarks.append(Remark("agreement", agreement.id, ONE_PARTY_LEFT))
            continue
        await agreements.save(tx, changed)
        await tell(tx, [agreements.told("agreement_party_succeeded", changed)])
        tally.counts["agreements"] += 1
        if agreement.terms.host_organisation_id == predecessor_id:
            tally.counts["pools"] += (await tx.one(_HOSTED, agreement=agreement.id, host=predecessor_id))[
                "hosted"
            ]
            await pools.rehost(tx, agreement.id, heir(moves))


def with_successors(agreement: Agreement, succession: Succession) -> Agreement:
    """The agreement with successors for predecessors. Its edition stays: no body approves another text."""
    terms = agreement.terms
    host = terms.host_organisation_id
    parties: dict[UUID, Party] = {}
    for party in terms.parties:
        for each in renamed([party.organisation_id], succession.moves):
            parties.setdefault(each, replace(party, organisation_id=each))
    changed: Terms = replace(
        terms,
        parties=tuple(parties.values()),
        host_organisation_id=None if host is None else _heir_of(host, succession),
    )
    return replace(
        agreement,
        terms=changed,
        version=agreement.version + 1,
        shadow_consents=tuple(
            dict.fromkeys(_heir_of(each, succession) for each in agreement.shadow_consents)
        ),
    )


def _heir_of(organisation_id: UUID, succession: Succession) -> UUID:
    moves = succession.of(organisation_id)
    return heir(moves) if moves else organisation_id
