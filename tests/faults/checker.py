"""What must be true of the ledger after any fault, compared with what the writers were told. Names every break."""

import json
from collections.abc import Iterable
from typing import Any

from tests.faults.writers import Posting
from tests.stack import Stack

# Read with psql as the superuser: another road than the service's own, and no row-level security in between.
_JOURNALS = """
select coalesce(json_agg(json_build_object(
    'id', j.id, 'narrative', j.narrative, 'entries', e.entries, 'out_by', e.out_by, 'debit', e.debit,
    'kept', (select count(*) from budget.idempotency_keys k where k.operation = 'postJournal' and k.key = j.id::text),
    'audited', (select count(*) from budget.audit_events a where a.thing_id = j.id),
    'told', (select count(*) from budget.events v where v.thing_id = j.id))), '[]')
  from budget.journals j
  left join lateral (
    select count(*) as entries, coalesce(sum(amount_pence), 0) as out_by,
           coalesce(sum(amount_pence) filter (where amount_pence > 0), 0) as debit
      from budget.entries where journal_id = j.id) e on true
 where j.partnership_id = any ('{%s}')
"""
_BALANCES = """
with summed as (
    select account_id, book, date_trunc('month', effective_date)::date as effective_month, posting_period,
           date_trunc('month', recorded_at at time zone 'UTC')::date as recorded_month,
           sum(amount_pence) as amount_pence, count(*) as entries
      from budget.entries where partnership_id = any ('{%s}') group by 1, 2, 3, 4, 5),
kept as (
    select account_id, book, effective_month, posting_period, recorded_month, amount_pence, entries
      from budget.balances where partnership_id = any ('{%s}'))
select coalesce(json_agg(json_build_object('account', account_id, 'month', effective_month,
           'kept', kept.amount_pence, 'summed', summed.amount_pence)), '[]')
  from kept full join summed using (account_id, book, effective_month, posting_period, recorded_month)
 where kept.amount_pence is distinct from summed.amount_pence or kept.entries is distinct from summed.entries
"""


def breaks(stack: Stack, postings: Iterable[Posting], unexpected: Iterable[str] = ()) -> list[str]:
    """Every broken promise, as a sentence that starts with its kind. Empty: all were kept."""
    sent = {str(posting.id): posting for posting in postings}
    partnerships = ",".join(sorted({str(posting.books.partnership) for posting in sent.values()}))
    rows: list[dict[str, Any]] = json.loads(stack.cluster.psql(_JOURNALS % partnerships))
    found = [f"unexpected answer: {each}" for each in unexpected]
    copies: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        copies.setdefault(row["narrative"].removeprefix("Posting "), []).append(row)
        found += _of_journal(row)
    for id_, posting in sent.items():
        found += _of_posting(posting, copies.pop(id_, []))
    found += [f"never sent: a journal says {narrative!r}" for narrative in copies]
    for each in json.loads(stack.cluster.psql(_BALANCES % (partnerships, partnerships))):
        found.append(f"balance differs from sum: {each}")
    return found


def _of_journal(row: dict[str, Any]) -> Iterable[str]:
    if row["out_by"] != 0 or row["entries"] < 2:
        yield f"not balanced: {row}"
    if (row["kept"], row["audited"], row["told"]) != (1, 1, 1):
        yield f"not one key, one audit row and one event: {row}"


def _of_posting(posting: Posting, copies: list[dict[str, Any]]) -> Iterable[str]:
    if posting.acknowledged and not copies:
        yield f"lost: {posting.id} was acknowledged and is gone"
    if len(copies) > 1:
        yield f"twice: {posting.id} stands {len(copies)} times"
    if posting.retried and len(copies) != 1:
        yield f"retried: {posting.id} was sent until it was answered and stands {len(copies)} times"
    if copies and (copies[0]["id"] != str(posting.id) or copies[0]["debit"] != posting.amount_pence):
        yield f"altered: {posting.id} over {posting.amount_pence} is kept as {copies[0]}"
    if posting.replayed and posting.unknown == 0:
        yield f"false promise: {posting.id} was recorded by a request that was refused: {posting.told}"


def kinds(found: Iterable[str]) -> set[str]:
    """The kinds of breaks among the sentences."""
    return {each.partition(":")[0] for each in found}
