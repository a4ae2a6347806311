"""The checker itself: every kind of break that it claims to see, planted by hand and seen."""

import uuid

import pytest

from tests.faults.checker import breaks, kinds
from tests.faults.conftest import SEED
from tests.faults.writers import Writers

# Damage to one journal that the schema's own guards would refuse; the superuser steps over them.
DAMAGE = {
    "balance differs from sum": """
        update balances set amount_pence = amount_pence + 1 where partnership_id = '{partnership}'""",
    "lost": """
        delete from entries where journal_id = '{id}'; delete from journals where id = '{id}'""",
    "twice": """
        insert into journals select '{other}', partnership_id, owner_organisation_id, posted_by_organisation_id,
            arrangement, book, kind, effective_date, financial_year, posting_period, narrative, null, null, recorded_at
          from journals where id = '{id}'""",
    "altered": "update entries set amount_pence = 2 * amount_pence where journal_id = '{id}'",
    "not balanced": "update entries set amount_pence = amount_pence + 1 where journal_id = '{id}' and position = 1",
    "not one key, one audit row and one event": "delete from events where thing_id = '{id}'",
    "never sent": "update journals set narrative = 'Posting nobody sent' where id = '{id}'",
}


@pytest.fixture
def postings(mortal_stack, standing, books):
    """Some twenty journals, posted and acknowledged."""
    with Writers(mortal_stack, standing.socket, [books], SEED, count=2) as writers:
        writers.wait_for_more(20)
    assert breaks(mortal_stack, writers.postings, writers.unexpected) == []
    return writers.postings


def test_every_damage_is_seen(mortal_stack, postings, books):
    for number, (kind, sql) in enumerate(DAMAGE.items()):
        before = set(breaks(mortal_stack, postings))
        hurt = postings[number]
        statement = sql.format(id=hurt.id, other=uuid.uuid4(), partnership=books.partnership)
        hurt_by_hand(mortal_stack, statement)
        new = set(breaks(mortal_stack, postings)) - before
        assert kind in kinds(new), f"not seen: {statement}"


def test_what_writers_were_told_counts(mortal_stack, postings):
    assert kinds(breaks(mortal_stack, postings, ["a fault"])) == {"unexpected answer"}
    refused, resent = postings[0], postings[1]
    refused.replayed = True
    assert kinds(breaks(mortal_stack, postings)) == {"false promise"}
    refused.replayed = False
    resent.acknowledged, resent.unknown = False, 1
    hurt_by_hand(mortal_stack, f"delete from journals where id = '{resent.id}'")
    assert "retried" in kinds(breaks(mortal_stack, postings))


def hurt_by_hand(stack, statement):
    stack.cluster.psql(f"set search_path = budget; set session_replication_role = replica; {statement}")
