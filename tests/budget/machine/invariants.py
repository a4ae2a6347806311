"""The money invariants: their names, what each says in a sentence, and what holds it against an answer or the rows."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tests.budget.machine import invariants_of_ledger as ledger
from tests.budget.machine import invariants_of_position as position
from tests.budget.machine import invariants_of_record as record
from tests.budget.machine import invariants_of_succession as succession
from tests.budget.machine import invariants_of_write as write

Check = Callable[[dict[str, Any]], Iterable[str]]


@dataclass(frozen=True)
class Invariant:
    """One thing that is always true. `on`: held at each write, at each look at the books, or at each look after a succession."""

    name: str
    sentence: str
    on: str
    check: Check


INVARIANTS = tuple(
    Invariant(*each)
    for each in (
        ("foretold", "A write is taken or refused as the model foretells, with that code.", "write", write.foretold),
        ("refused leaves nothing", "A refused write changes no row of any table.", "write", write.leaves_nothing),
        ("one audit row", "Each change has exactly one audit row and one event, and so has each journal that it posts.",
         "write", write.one_audit_row),
        ("once of two", "Of two same requests at once one is taken, and the other gets its answer or is told to wait.",
         "write", write.once_of_two),
        ("replay", "A request sent again answers the same bytes and changes nothing.", "write", write.replayed),
        ("books balance", "Each book sums to zero.", "look", ledger.books_balance),
        ("journals balance", "Each journal sums to zero over at least two entries.", "look", ledger.journals_balance),
        ("balances are entries", "What is kept of an account is the sum of its entries.", "look",
         ledger.balances_are_entries),
        ("ledger is the model", "Each entry stands as it was posted, in its book and period, and there is no other.",
         "look", ledger.is_the_model),
        ("reversal restores", "A journal and its reversal come to nothing on every account.", "look",
         ledger.reversal_restores),
        ("reversed once", "No journal is reversed twice, and no reversal is.", "look", ledger.reversed_once),
        ("books apart", "Only virements stand in the budget book, and none in the actual one.", "look",
         ledger.books_apart),
        ("journals are told", "Each journal has exactly one audit row that says it was posted.", "look",
         ledger.journals_are_told),
        ("batch whole", "Every journal that a batch says it posted is in the ledger, and no other of it.", "look",
         ledger.batches_whole),
        ("closed stays", "What a closed period holds does not change while it is closed.", "look", ledger.closed_stays),
        ("rest is its moves", "A commitment's rest is reserved less drawn less released, and the sum of its moves.",
         "look", ledger.rest_is_its_moves),
        ("committed is rests", "What is committed on a line is the sum of the rests of its commitments.", "look",
         ledger.committed_is_rests),
        ("available", "Available is adjusted budget less actual less committed, and overspend what is lacking of it.",
         "look", ledger.available),
        ("lines are the model", "Each line's figures in the position are the model's.", "look", position.lines),
        ("totals are the model", "Pooled, aligned, shadow and whole are the model's, now and as at a day.", "look",
         position.totals),
        ("position sums its lines", "A position's totals are the sums of its lines.", "look", position.sums_its_lines),
        ("whole is its parts", "The whole is pooled, aligned and shadow together.", "look", position.whole_is_parts),
        ("every way the same", "By partner, by category, by both: each way the parts come to the whole.", "look",
         position.every_way),
        ("pools come to pooled", "The pools come to what is pooled and in shadow.", "look", position.pools_sum),
        ("variance", "A variance is adjusted budget less actual, and unknown where either is.", "look",
         position.variances),
        ("unknown is not nil", "What is unknown is null, and every total over it is incomplete and says whose it is.",
         "look", position.unknown),
        ("incomplete says so", "A position with an unknown figure is incomplete and names the partner.", "look",
         position.incomplete),
        ("virement conserves", "Virements leave the sum of the budgets of each arrangement as it was.", "look",
         position.virement_conserves),
        ("counted once", "A line converted or split is counted once: budgets come to what they came to at first.",
         "look", position.counted_once),
        ("aligned in totals only", "Another partner's aligned lines are seen as totals, never one by one.", "look",
         position.aligned_in_totals),
        ("all see the same", "Both partners and an observer see the same totals.", "look", position.same_totals),
        ("as recorded stays", "A question as recorded at an instant has the same bytes ever after.", "look",
         record.stays),
        ("moves conserve", "A move of lines holds after what it held before, to the penny.", "look",
         record.moves_conserve),
        ("settlement sums", "The steps of a settlement come to the variance, and its journal to what they moved.",
         "look", record.settlement_sums),
        ("settlement is the model", "Each step takes what the scheme gives it, shared to the penny.", "look",
         record.settlement_is_the_model),
        ("carry-forward conserves", "The shares of a year-end come to the balance, and the old year keeps none of it.",
         "look", record.carry_forward_conserves),
        ("instalments", "The instalments of a promise come to the promise, and are unknown where it is.", "look",
         record.instalments),
        ("lists", "Every list holds what its filters ask for, each once, over all its pages.", "look", record.lists),
        ("nobody else", "Another organisation sees nothing of it: not found, and empty lists.", "look",
         record.nobody_else),
        ("succeeded holds nothing", "Accounts that hold money hold none of it once their body is succeeded.", "succession",
         succession.leaves_nothing),
        ("opens what closed", "A successor's account opens with what its predecessor's closed with, late entries and all.",
         "succession", succession.opens_what_closed),
        ("succession balances", "Books and journals sum to zero after a succession.", "succession",
         succession.books_balance),
        ("totals stay", "A succession leaves every total of the place as it was, now and as at a day before.",
         "succession", succession.totals_stay),
        ("both answer", "Predecessor and successor answer each for its months, and as one body for the year.",
         "succession", succession.both_answer),
        ("late is labelled", "What a successor posts for its predecessor says so.", "succession", succession.labelled),
        ("past stays", "Closed periods and answers as recorded are what they were before the succession.", "succession",
         succession.past_stays),
    )
)  # fmt: skip


def differences(on: str, seen: dict[str, Any]) -> dict[str, list[str]]:
    """The invariants of this kind that do not hold, each with what differs."""
    found = {each.name: list(each.check(seen)) for each in INVARIANTS if each.on == on}
    return {name: some for name, some in found.items() if some}


def require(on: str, seen: dict[str, Any]) -> None:
    broken = differences(on, seen)
    assert not broken, "\n".join(f"{name}: {each}" for name, some in broken.items() for each in some[:3])
