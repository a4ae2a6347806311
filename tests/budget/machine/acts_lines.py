"""Acts on lines: virements, moves of lines and promises, each foretold by the model and then sent."""

from tests.budget.machine.acts_ledger import new_id
from tests.budget.machine.model_funds import Line, Promise, Virement, quarterly, varied
from tests.budget.machine.model_ledger import FIRST_DAY, LAST_DAY, Journal, year_of
from tests.budget.machine.site import Site


async def propose(
    site: Site, client: str, source: str, target: str, pence: int, day: str, twice: bool
) -> None:
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
    draft = Journal(
        "",
        "virement",
        "budget",
        each.day,
        "",
        organisation,
        [(accounts[0], each.amount), (accounts[1], -each.amount)],
        model.lines[each.target].arrangement,
        virement=each.id,
    )
    last = each.asked - each.approved == {organisation}
    expect = _refusal_of_decision(site, client, each, act)
    if expect is None and act == "approval" and last:
        expect = model.short(each.source, each.amount) or model.refusal(draft)
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


def _refusal_of_decision(site: Site, client: str, each: Virement, act: str) -> str | None:
    organisation, source = site.organisation(client), site.model.lines[each.source]
    withdrawing = act == "withdrawal"
    for wrong, code in (
        (source.arrangement == "aligned" and organisation != source.owner, "not_found"),
        (withdrawing and organisation != each.owner, "virement_maker_withdraws"),
        (each.state != "proposed", "virement_not_proposed"),
        (not withdrawing and organisation not in each.asked, "virement_not_asked"),
        (not withdrawing and organisation in each.approved, "virement_decided_already"),
        (act == "approval" and client == each.maker, "virement_maker_and_approver"),
    ):
        if wrong:
            return code
    return None


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


def _movable(site: Site, where: Line, day: str, unknown: str | None = None, since: str = "") -> str | None:
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
        site.model.begun[id_] = day
        site.model.lines[id_] = Line(
            id_, where.owner, arrangement, where.category, pence, pool, day, limited=where.limited
        )
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


async def promise(
    site: Site, client: str, pool: str, pence: int | None, since: str | None, twice: bool
) -> None:
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
    if (
        await site.write(client, "PUT", f"/v1/contributions/{id_}", body, expect=expect, twice=twice)
        is not None
    ):
        model.promises[id_] = Promise(id_, organisation, pool, pence, parts, since or "")
        if former is not None:
            former.replaced_by = id_
        site.happened["promised" if former is None else "promise replaced"] += 1
