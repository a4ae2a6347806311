"""Acts on lines: commitments, virements, moves of lines and promises, each foretold by the model and then sent."""

from tests.budget.machine.acts_ledger import new_id
from tests.budget.machine.model_funds import Commitment, Line, Promise, Virement, quarterly, varied
from tests.budget.machine.model_ledger import FIRST_DAY, LAST_DAY, Journal, year_of
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
    if await site.write(client, "PUT", f"/v1/commitments/{id_}", body, expect=expect, twice=twice) is not None:
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
    charged = journal.charges(site.model.spent_accounts(held.line))
    others = [each for each in site.model.commitments.values() if each.line == held.line and each is not held]
    rest, expect = held.rest, None
    if charged == 0:
        expect = "commitment_journal_unknown"
    elif journal.reverses is not None:
        undone = held.drawn_by.get(journal.reverses)
        if undone is None:
            expect = "commitment_nothing_to_restore"
        elif journal.id in held.restored:
            expect = "commitment_drawn_already"
        else:
            expect = site.model.past_limit(site.model.lines[held.line], undone[0])
    elif journal.reversed_by is not None:
        expect = "commitment_journal_reversed"
    else:
        paid = charged - sum(each.drawn_by[journal.id][1] for each in others if journal.id in each.drawn_by)
        if paid <= 0:
            expect = "commitment_amount_not_positive"
        elif paid > rest and not beyond:
            expect = "commitment_more_than_rest"
        elif journal.id in held.drawn_by:
            expect = "commitment_drawn_already"
    body = {"journal_id": journal.id, "beyond_rest": beyond}
    if await _move(site, held, "draw-down", body, expect, twice) is None:
        return
    if journal.reverses is not None:
        back = held.drawn_by[journal.reverses][0]
        held.restored.add(journal.id)
        held.drawn -= back
        held.moves.append(("restored", journal.day, back))
        return
    held.drawn_by[journal.id] = (min(paid, rest), paid)
    held.drawn += min(paid, rest)
    held.moves.append(("drawn_down", journal.day, -min(paid, rest)))


async def propose(site: Site, client: str, source: str, target: str, pence: int, day: str, twice: bool) -> None:
    model = site.model
    asked = {model.lines[source].owner, model.lines[target].owner}
    each = Virement(new_id(), source, target, pence, day, site.organisation(client), client, asked)
    body = {
        "partnership_id": str(site.place.partnership),
        "from_line_id": source,
        "to_line_id": target,
        "amount_pence": pence,
        "permanence": "one_off",
        "reason": "refocused_on_need",
        "outcome": "Those most in need are seen first",
        "effective_date": day,
    }
    expect = model.refusal_of_virement(each)
    path = f"/v1/virements/{each.id}"
    if await site.write(client, "PUT", path, body, expect=expect, twice=twice) is not None:
        model.virements[each.id] = each
        site.happened["virement proposed"] += 1


async def decide(site: Site, client: str, each: Virement, act: str, twice: bool) -> None:
    """Approve, refuse or withdraw a virement; the last approval posts it."""
    model, organisation = site.model, site.organisation(client)
    accounts = [await site.cost(line) for line in (each.target, each.source)]
    last, expect = each.asked - each.approved == {organisation}, None
    draft = Journal(
        "", "virement", "budget", each.day, "", organisation,
        [(accounts[0], each.amount), (accounts[1], -each.amount)],
        model.lines[each.target].arrangement, virement=each.id,
    )  # fmt: skip
    if act == "withdrawal" and organisation != each.owner:
        expect = "virement_maker_withdraws"
    elif each.state != "proposed":
        expect = "virement_not_proposed"
    elif act == "withdrawal":
        expect = None
    elif organisation not in each.asked:
        expect = "virement_not_asked"
    elif organisation in each.approved:
        expect = "virement_decided_already"
    elif act == "approval" and client == each.maker:
        expect = "virement_maker_and_approver"
    elif act == "approval" and last:
        expect = model.short(each.source, each.amount) or model.refusal(draft)
    if model.lines[each.source].arrangement == "aligned" and organisation != model.lines[each.source].owner:
        expect = "not_found"
    posts = act == "approval" and last
    body = {"note": "The money is needed where it is"} if act == "refusal" else {}
    path = f"/v1/virements/{each.id}/{act}"
    answer = await site.write(
        client, "POST", path, body, version=each.version, expect=expect, twice=twice, journals=int(posts)
    )
    if answer is None:
        return
    each.version = answer["version"]
    each.approved |= {organisation} if act == "approval" else set()
    each.state = {"refusal": "refused", "withdrawal": "withdrawn"}.get(act, "posted" if posts else "proposed")
    assert answer["state"] == each.state
    if posts:
        draft.id = each.journal = answer["journal_id"]
        model.post(draft)
    site.happened[f"virement {each.state}"] += 1


async def split(site: Site, line: str, parts: list[int], day: str, twice: bool) -> None:
    """Take a line apart. Only one to which nothing was posted, into parts that come to it."""
    where = site.model.lines[line]
    client = "pcc" if where.owner == site.model.council else "ccg"
    pieces = [
        {"line_id": (id_ := new_id()), "name": f"Part {id_[:8]}", "budget_pence": part} for part in parts
    ]
    expect = _movable(site, where, day, unknown="line_move_amount_unknown")
    if expect is None and min(parts) <= 0:
        expect = "line_move_part_negative"
    if expect is None and sum(parts) != where.budget:
        expect = "line_parts_differ"
    body = {"id": new_id(), "split_on": day, "reason": "Disaggregation", "parts": pieces}
    path = f"/v1/lines/{line}/split"
    version = 1 if where.ended_on is None else 2
    answer = await site.write(client, "POST", path, body, version=version, expect=expect, twice=twice)
    if answer is not None:
        made = [(piece["line_id"], piece["budget_pence"], where.arrangement, where.pool) for piece in pieces]
        _follow(site, where, made, day, answer)


def _movable(
    site: Site, where: Line, day: str, unknown: str | None = None, since: str = ""
) -> str | None:
    """`since`: what was posted from that day on does not hinder, since a shadow line keeps it as a record."""
    first = max(FIRST_DAY, where.counts_from)
    if where.ended_on is not None:
        return "line_ended"
    if unknown is not None and where.budget is None:
        return unknown
    if site.model.touched(where.id, since):
        return "line_move_has_postings"
    return None if first <= day <= LAST_DAY else "line_move_outside_year"


def _follow(site: Site, where: Line, made: list[tuple], day: str, answer: dict) -> None:
    where.ended_on = site.model.ended[where.id] = day
    for id_, pence, arrangement, pool in made:
        site.model.lines[id_] = Line(id_, where.owner, arrangement, where.category, pence, pool, day)
    site.moves.append(answer)
    site.happened[answer["kind"]] += 1


async def convert(site: Site, line: str, to: str, day: str, twice: bool) -> None:
    """Aligned to pooled and back: the line that is made stands for the one that ends."""
    where = site.model.lines[line]
    client = "pcc" if where.owner == site.model.council else "ccg"
    pool = next(iter(site.funds)) if to == "pooled" else None
    basis = {"pooled": "lawful_to_pool", "aligned": "partners_choice"}[to]
    expect = "line_ended" if where.ended_on is not None else None
    if expect is None and to == where.arrangement:
        expect = "line_move_same_arrangement"
    if expect is None:
        expect = _movable(site, where, day, since=day if where.arrangement == "shadow" else "")
    if expect is None and to == "pooled" and where.category != "wellness":
        expect = "line_differs_from_pool"
    body = {
        "id": new_id(),
        "line_id": new_id(),
        "name": f"Line {new_id()[:8]}",
        "arrangement": to,
        "pool_id": pool,
        "converted_on": day,
        "legality": {"basis": basis, "assessed_on": "2015-03-01"},
        "criteria_version": "2015-03",
        "reason": "The partners so agreed",
    }
    version = 1 if where.ended_on is None else 2
    path = f"/v1/lines/{line}/conversion"
    answer = await site.write(client, "POST", path, body, version=version, expect=expect, twice=twice)
    if answer is not None:
        _follow(site, where, [(body["line_id"], where.budget, to, pool)], day, answer)


async def promise(site: Site, client: str, pool: str, pence: int | None, since: str | None, twice: bool) -> None:
    """A first contribution, or one in the place of the one that stands, whole or from a day on."""
    model, organisation = site.model, site.organisation(client)
    mine = [each for each in model.promises.values() if each.owner == organisation and each.pool == pool]
    former = next((each for each in mine if each.replaced_by is None), None)
    parts, expect = quarterly(pence), None
    if since is not None and (former is None or year_of(since) != "2015/16"):
        expect = "contribution_varied_outside_year"
    elif since is not None and former is not None:
        found = varied(former.instalments, since, pence)
        expect = "contribution_due_already" if found is None else None
        parts = found or []
    body = {
        "partnership_id": str(site.place.partnership),
        "pool_id": pool,
        "financial_year": "2015/16",
        "amount": {"amount_pence": pence, "status": "tbc" if pence is None else "estimate"},
        "replaces_contribution_id": former and former.id,
        "effective_from": since,
    }
    id_ = new_id()
    if await site.write(client, "PUT", f"/v1/contributions/{id_}", body, expect=expect, twice=twice) is not None:
        model.promises[id_] = Promise(id_, organisation, pool, pence, parts, since or "")
        if former is not None:
            former.replaced_by = id_
        site.happened["promised" if former is None else "promise replaced"] += 1
