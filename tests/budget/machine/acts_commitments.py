"""Acts on commitments: reserved, varied, drawn down, restored and released, each foretold by the model and then sent."""

from tests.budget.machine.acts_ledger import new_id
from tests.budget.machine.model_funds import Commitment
from tests.budget.machine.model_ledger import FIRST_DAY, LAST_DAY, Journal
from tests.budget.machine.site import Site


async def reserve(site: Site, client: str, line: str, pence: int, day: str, twice: bool) -> None:
    where, organisation = site.model.lines[line], site.organisation(client)
    expect = None
    if not site.model.usable(where, organisation):
        expect = "line_unknown"
    elif day > LAST_DAY:
        expect = "commitment_after_year"
    elif where.ended_on is not None:
        expect = "line_ended"
    elif day < where.counts_from != FIRST_DAY:
        expect = "commitment_before_line"
    else:
        expect = site.model.past_limit(where, pence)
    id_ = new_id()
    body = {
        "partnership_id": str(site.place.partnership),
        "line_id": line,
        "level": "service",
        "contract_id": new_id(),
        "description": "Domiciliary care",
        "amount_pence": pence,
        "effective_date": day,
    }
    if (
        await site.write(client, "PUT", f"/v1/commitments/{id_}", body, expect=expect, twice=twice)
        is not None
    ):
        held = Commitment(id_, line, organisation, reserved=pence)
        held.moves.append(("reserved", day, pence))
        site.model.commitments[id_] = held
        site.happened["reserved"] += 1


async def limit(site: Site, line: str, twice: bool) -> None:
    where = site.model.lines[line]
    client = "pcc" if where.owner == site.model.council else "ccg"
    expect = "commitment_limit_of_unknown_budget" if where.budget is None else None
    body = {
        "partnership_id": str(site.place.partnership),
        "line_id": line,
        "basis": "adjusted_budget",
        "reason": "Costs will not exceed estimates",
    }
    path = f"/v1/commitment-limits/{new_id()}"
    if await site.write(client, "PUT", path, body, expect=expect, twice=twice) is not None:
        where.limited = True
        site.happened["limited"] += 1


def _line_client(site: Site, held: Commitment) -> str:
    return "pcc" if held.maker == site.model.council else "ccg"


async def _move(site: Site, held: Commitment, act: str, body: dict, expect: str | None, twice: bool):
    path = f"/v1/commitments/{held.id}/{act}"
    client = _line_client(site, held)
    answer = await site.write(client, "POST", path, body, version=held.version, expect=expect, twice=twice)
    if answer is not None:
        held.version += 1
        site.happened[act] += 1
    return answer


async def vary(site: Site, held: Commitment, pence: int, day: str, twice: bool) -> None:
    added = pence - held.reserved
    if day > LAST_DAY:
        expect = "commitment_after_year"
    elif added == 0:
        expect = "commitment_unchanged"
    elif pence < held.drawn + held.released:
        expect = "commitment_below_used"
    else:
        expect = site.model.past_limit(site.model.lines[held.line], added)
    body = {"amount_pence": pence, "effective_date": day, "reason": "Fewer hours"}
    if await _move(site, held, "variation", body, expect, twice) is not None:
        held.reserved = pence
        held.moves.append(("varied", day, added))


async def release(site: Site, held: Commitment, pence: int | None, day: str, twice: bool) -> None:
    freed = held.rest if pence is None else pence
    expect = "commitment_more_than_rest" if freed > held.rest or freed == 0 else None
    if day > LAST_DAY:
        expect = "commitment_after_year"
    body = {"amount_pence": pence, "effective_date": day, "reason": "Ended"}
    if await _move(site, held, "release", body, expect, twice) is not None:
        held.released += freed
        held.moves.append(("released", day, -freed))


async def draw(site: Site, held: Commitment, journal: Journal, beyond: bool, twice: bool) -> None:
    """Draw a commitment down by a journal, or give back by the reversal of one."""
    others = [each for each in site.model.commitments.values() if each.line == held.line and each is not held]
    charged = journal.charges(site.model.spent_accounts(held.line))
    paid = charged - sum(each.drawn_by[journal.id][1] for each in others if journal.id in each.drawn_by)
    drawn = min(paid, held.rest)
    if journal.reverses is not None:
        expect = _refusal_of_restoring(site, held, journal)
    else:
        expect = _refusal_of_drawing(held, journal, paid, beyond)
    body = {"journal_id": journal.id, "beyond_rest": beyond}
    if await _move(site, held, "draw-down", body, expect, twice) is None:
        return
    if journal.reverses is not None:
        back = held.drawn_by[journal.reverses][0]
        held.restored.add(journal.id)
        held.drawn -= back
        held.moves.append(("restored", journal.day, back))
        site.happened["restored"] += 1
        return
    held.drawn_by[journal.id] = (drawn, paid)
    held.drawn += drawn
    held.moves.append(("drawn_down", journal.day, -drawn))


def _refusal_of_restoring(site: Site, held: Commitment, reversal: Journal) -> str | None:
    undone = held.drawn_by.get(reversal.reverses or "")
    if undone is None:
        return "commitment_nothing_to_restore"
    if reversal.id in held.restored:
        return "commitment_drawn_already"
    return site.model.past_limit(site.model.lines[held.line], undone[0])


def _refusal_of_drawing(held: Commitment, journal: Journal, paid: int, beyond: bool) -> str | None:
    for wrong, code in (
        (journal.reversed_by is not None, "commitment_journal_reversed"),
        (paid <= 0, "commitment_amount_not_positive"),
        (paid > held.rest and not beyond, "commitment_more_than_rest"),
        (journal.id in held.drawn_by, "commitment_drawn_already"),
    ):
        if wrong:
            return code
    return None
