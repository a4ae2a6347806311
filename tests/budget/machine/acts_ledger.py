"""Acts on the ledger: posting, reversing, batches and periods, each foretold by the model and then sent."""

import uuid
from typing import Any

from tests.budget.machine.invariants_of_ledger import of_period
from tests.budget.machine.model_ledger import Journal, Period, natural_period
from tests.budget.machine.site import Request, Site

SHADOW_OR_ALIGNED = ("aligned", "shadow")


def new_id() -> str:
    return str(uuid.uuid4())


def body_of(draft: Journal) -> dict:
    return {
        "kind": draft.kind,
        "book": draft.book,
        "effective_date": draft.day,
        "posting_period": draft.asked_period,
        "narrative": "For a test",
        "client_reference": draft.reference,
        "entries": [{"account_id": account, "amount_pence": pence} for account, pence in draft.entries],
    }


async def draft_of(
    site: Site, what: str, line: str, pence: int, day: str, client: str, flaw: str = ""
) -> Journal:
    """A draft: spending on a line, a contribution to a pool or one in kind; with a flaw, if one is asked for."""
    where, model = site.model.lines[line], site.model
    pool = where.pool if where.arrangement == "pooled" else next(iter(site.funds))
    party = "council" if client.startswith("pcc") else "nhs"
    if what == "contribution":
        sides = (site.funds[pool]["fund"], site.funds[pool][f"from {party}"])
        arrangement = "pooled"
    else:
        arrangement = where.arrangement
        against = (
            site.funds[pool]["fund"] if arrangement == "pooled" else site.own[f"{arrangement} {where.owner}"]
        )
        if what == "in_kind" and arrangement == "pooled":
            against = site.funds[pool][f"from {party}"]
        sides = (await site.cost(line), against)
    entries = [(sides[0], pence), (sides[1], -pence)]
    draft = Journal(
        new_id(), what, "actual", day, "", site.organisation(client), entries, arrangement
    )  # fmt: skip
    _spoil(draft, flaw, site.own[f"aligned {model.council}"])
    return draft


def _spoil(draft: Journal, flaw: str, elsewhere: str) -> None:
    """What is wrong with a draft: another period is asked for, another kind, or its entries are not as they should."""
    (debit, pence), (credit, _) = draft.entries
    if flaw == "budget book":
        draft.kind, draft.book = "virement", "budget"
    elif flaw == "by hand":
        draft.kind = "risk_share_adjustment"
    elif flaw.startswith("2"):
        draft.asked_period = flaw
    draft.entries = {
        "unbalanced": [(debit, pence), (credit, -pence + 1)],
        "nil": [(debit, 0), (credit, 0)],
        "unknown account": [(debit, pence), (new_id(), -pence)],
        "other books": [(debit, pence), (elsewhere, -pence)],
        "paid back": [(debit, -pence), (credit, pence)],
        "a penny": [(debit, -pence), (debit, 2 * pence), (credit, -pence)],
    }.get(flaw, draft.entries)


async def post(site: Site, client: str, draft: Journal, twice: bool) -> None:
    refused = site.model.refusal(draft)
    body = body_of(draft)
    answer = await site.write(client, "PUT", f"/v1/journals/{draft.id}", body, expect=refused, twice=twice)
    if answer is not None:
        posted = site.model.post(draft)
        assert answer["posting_period"] == posted.period, f"{answer['posting_period']}, not {posted.period}"
        site.happened[f"posted {draft.kind}"] += 1
        site.happened["late"] += posted.period != natural_period(draft.day)


async def reverse(
    site: Site, client: str, journal: Journal, day: str, period: str | None, twice: bool
) -> None:
    undo = site.model.undoing(journal, new_id(), site.organisation(client), day, period)
    refused = site.model.refusal_of_reversal(journal, undo)
    if journal.arrangement == "aligned" and site.model.accounts[journal.entries[0][0]].owner != undo.poster:
        refused = "not_found"
    body = {"id": undo.id, "effective_date": day, "narrative": "Undone", "posting_period": period}
    path = f"/v1/journals/{journal.id}/reversal"
    # A settlement that is opened again is told beside the journal, as a journal is beside what posts it.
    opened = [held for held in site.settlements.values() if held["journal"] == journal.id]
    if (
        await site.write(client, "POST", path, body, expect=refused, twice=twice, journals=len(opened))
        is not None
    ):
        site.model.post(undo)
        site.happened["reversed"] += 1
        for held in opened:
            held["state"], held["version"] = "approved", held["version"] + 1
            site.happened["settlement opened again"] += 1


async def post_batch(site: Site, client: str, drafts: list[Journal], mode: str, twice: bool) -> None:
    """All of them or each as it can. An item is foretold on what the items before it have done."""
    refusals = [site.model.refusal(each) for each in drafts]
    good = [each for each, refused in zip(drafts, refusals, strict=True) if refused is None]
    expect = "batch_refused" if not good or (len(good) < len(drafts) and mode == "all_or_nothing") else None
    batch: dict[str, Any] = {
        "id": new_id(),
        "partnership_id": str(site.place.partnership),
        "mode": mode,
        "journals": [{"id": each.id, **body_of(each)} for each in drafts],
    }
    answer = await site.write(
        client, "POST", "/v1/journal-batches", batch, expect=expect, twice=twice, journals=len(good)
    )
    sent = [each.id for each in drafts]
    site.batches[batch["id"]] = (sent, [])
    if answer is None:
        return
    assert [each["problem"] and each["problem"]["code"] for each in answer["items"]] == refusals
    for each in good:
        site.model.post(each)
    site.batches[batch["id"]] = (
        sent,
        [each["journal_id"] for each in answer["items"] if each["status"] == "posted"],
    )
    site.happened[f"batch {mode}"] += 1


async def reverse_batch(site: Site, batch: str, twice: bool) -> None:
    """All its journals or none of them. The host undoes what it posted."""
    undone = [site.model.journals[each] for each in site.batches[batch][1]]
    undo_id = new_id()
    drafts = [
        site.model.undoing(
            each, str(uuid.uuid5(uuid.UUID(undo_id), each.id)), site.model.council, each.day, None
        )
        for each in undone
    ]
    refusals = [
        site.model.refusal_of_reversal(each, draft) for each, draft in zip(undone, drafts, strict=True)
    ]
    body = {"id": undo_id, "narrative": "Sent twice"}
    expect = "batch_refused" if any(refusals) else None
    path = f"/v1/journal-batches/{batch}/reversal"
    answer = await site.write("pcc", "POST", path, body, expect=expect, twice=twice, journals=len(drafts))
    if answer is not None:
        for draft in drafts:
            site.model.post(draft)
        site.undoing_batches.append(undo_id)
        site.happened["batch reversed"] += 1


async def open_period(site: Site, client: str, label: str, twice: bool = False) -> None:
    expect = None
    if label in site.model.periods:
        expect = "period_stands_already"
    if not client.startswith("pcc"):
        expect = "period_not_pool_manager"
    owner = {} if client.startswith("pcc") else {"owner_organisation_id": site.model.nhs}
    body = {"partnership_id": str(site.place.partnership), "books": "pooled", "period": label, **owner}
    id_ = new_id()
    if await site.write(client, "PUT", f"/v1/periods/{id_}", body, expect=expect, twice=twice) is not None:
        site.model.periods[label] = Period(id_, label)


async def move_period(site: Site, client: str, label: str, act: str, twice: bool = False) -> None:
    period = site.model.periods[label]
    version = period.version
    refused = site.model.move_period(label, act, client)
    body = {"reason": "One more invoice"} if act == "reopening" else None
    path = f"/v1/periods/{period.id}/{act}"
    await site.write(client, "POST", path, body, version=version, expect=refused, twice=twice)
    if refused is None:
        site.closed.pop(label, None)
        if period.state == "closed":
            site.closed[label] = of_period(await site.rows(), label)
        site.happened[f"period {period.state}"] += 1


async def close_year(site: Site) -> None:
    """Close whatever of the year is not closed yet."""
    for month in range(1, 15):
        label = f"2015-16-M{month:02d}"
        if label not in site.model.periods:
            await open_period(site, "pcc", label)
        if site.model.periods[label].state != "closed":
            await move_period(site, "pcc", label, "closure")


async def repeat(site: Site, taken: Request, changed: bool, twice: bool) -> None:
    """Send a request again that was taken before: as it was, or with a word of it changed."""
    body = taken.body
    name = next((name for name in ("narrative", "reason", "description") if body and name in body), None)
    if changed and body is not None and name is not None:
        coded = body[name] == "refocused_on_need"
        body = {**body, **({"outcome": "Another outcome"} if coded else {name: f"{body[name]}, changed"})}
    expect = "idempotency_key_reused" if body != taken.body else None
    await site.write(taken.client, taken.method, taken.path, body, expect=expect, twice=twice, again=taken)
    site.happened["changed body" if expect else "repeated"] += 1
