"""Lists of contracts: one table, scoped, filtered by what is asked for, in the order of an index."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Date,
    Select,
    Text,
    Uuid,
    any_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    select,
    true,
    union,
)
from sqlalchemy.dialects.postgresql import ARRAY

from services.contracts.rules.classification import Category, ValueBasis
from services.contracts.rules.contract import EndStatus, Origin
from services.contracts.rules.publication import WithheldField
from services.contracts.rules.state import PUBLISHED, RUNNING, State
from services.contracts.rules.view import ListedContract, without
from services.contracts.store.publication_tables import publications
from services.contracts.store.tables import CATEGORY, REGIME, STATE, contracts
from services.contracts.store.visibility import OURS, PLACES, beside, inside, reachable, scope, visible
from shared.db import Transaction
from shared.keyset import WHENEVER, After, Pages, Within
from shared.money import Money, Qualifier, Status


class Sort(StrEnum):
    """In what order contracts are listed: by their end (unknown ends last), or by when they last changed."""

    ENDS = "ends"
    CHANGED = "changed"


_NEVER = literal_column("'infinity'::date", Date)


def hidden() -> ColumnElement[Any]:
    """The fields that are withheld from whoever sees only what is published of a contract."""
    return case(
        (inside(), literal_column("'{}'::text[]")),
        else_=func.coalesce(
            func.contracts.withheld_now(publications.c.withheld, bindparam("today", type_=Date)),
            literal_column("'{}'::text[]"),
        ),
    )


def _hides(field: str) -> ColumnElement[bool]:
    hides: ColumnElement[bool] = literal_column(f"'{field}'") == any_(hidden())
    return hides


def shown_state() -> ColumnElement[str]:
    """The state as the caller may know it: whoever sees only what is published does not learn of a notice."""
    running = contracts.c.state.in_([literal_column(f"'{each.value}'") for each in sorted(RUNNING)])
    shown: ColumnElement[str] = case(
        (inside(), cast(contracts.c.state, Text)),
        (running, literal_column(f"'{PUBLISHED[State.ACTIVE].value}'", Text)),
        else_=cast(contracts.c.state, Text),
    )
    return shown


def shown_end(observing: bool = True) -> ColumnElement[date]:
    """The day on which a contract ends as the caller may know it, infinity where there is none.

    Only who observes somewhere may be shown a contract without its notice; to all others it is one column,
    which an index holds in order.
    """
    if not observing:
        return contracts.c.ends_as_it_stands
    return case(
        (inside(), contracts.c.ends_as_it_stands),
        (_hides("end"), _NEVER),
        else_=func.coalesce(contracts.c.ended_on, contracts.c.ends_sort),
    )


_FILTERS: Mapping[str, Any] = {
    "partnership_id": lambda: contracts.c.partnership_id == bindparam("partnership_id", type_=Uuid),
    "owner_id": lambda: contracts.c.owner_organisation_id == bindparam("owner_id", type_=Uuid),
    "provider_id": lambda: contracts.c.provider_ids.contains(bindparam("provider_id", type_=ARRAY(Uuid))),
    "category": lambda: contracts.c.category == bindparam("category", type_=CATEGORY),
    "state": lambda: shown_state() == bindparam("state", type_=Text),
    "reference": lambda: contracts.c.reference_key == bindparam("reference", type_=Text),
    "value_below_pence": lambda: contracts.c.worth_pence < bindparam("value_below_pence", type_=BigInteger),
    "value_from_pence": lambda: contracts.c.worth_pence >= bindparam("value_from_pence", type_=BigInteger),
    "regime": lambda: contracts.c.award_regime == bindparam("regime", type_=REGIME),
    # Who joins a contract is the parties' business, so that only they find it by an associate.
    "commissioner_id": lambda: (
        (contracts.c.owner_organisation_id == bindparam("commissioner_id", type_=Uuid))
        | (inside() & (bindparam("commissioner_id", type_=Uuid) == any_(contracts.c.associate_ids)))
    ),
    "text": lambda: contracts.c.title_words.op("@@")(
        func.websearch_to_tsquery(literal_column("'simple'"), bindparam("text", type_=Text))
    ),
}
# A filter on what is withheld would tell it: such a contract is then not found by whoever may not see it.
_ON_FIELD: Mapping[str, str] = {
    "reference": "reference",
    "provider_id": "supplier",
    "category": "service",
    "value_below_pence": "value",
    "value_from_pence": "value",
    "regime": "tender",
    "text": "title",
    "ends_before": "end",
    "ends_after": "end",
}
_APART = frozenset({"ends_before", "ends_after"})


def _tells_no_term() -> ColumnElement[bool]:
    """What a yearly value comes to would tell the start or the end that is withheld."""
    total = contracts.c.value_basis == literal_column(f"'{ValueBasis.TOTAL.value}'")
    return total | ~(_hides("start") | _hides("end"))


_NARROW = frozenset({"partnership_id", "owner_id"})  # an index serves these in the order of the list
# What few of a caller's contracts fit: those are looked for among all of them, and not in the order of the list.
_FEW = frozenset({"provider_id", "commissioner_id", "reference", "text"})
_SHOWN = (
    "id", "partnership_id", "owner_organisation_id", "associate_ids", "providers", "reference", "occurrence", "title",
    "category", "service", "procurement_category", "start_date", "end_date", "end_status", "review_date",
    "value_pence", "value_status", "value_qualifier", "value_basis", "origin", "version", "changed_at",
)  # fmt: skip


@cache
def _pages(sort: Sort, filters: frozenset[str], observing: bool) -> Pages:
    """The list with this set of filters, compiled when it is first asked for."""
    ends = shown_end(observing)
    by: ColumnElement[Any] = ends if sort is Sort.ENDS else contracts.c.changed_at
    if not observing:
        asked = select(
            *(contracts.c[name] for name in _SHOWN),
            contracts.c.state.label("state"),
            func.nullif(ends, _NEVER).label("ends_on"),
            true().label("inside"),
        )
        wanted = (inside(), *_wanted(filters, ends, {**_FILTERS, "state": _in_state}))
        if filters & (_NARROW | _FEW):
            few = () if filters & _NARROW else (reachable(),)
            return Pages(asked.where(*wanted, *few), by, contracts.c.id, contracts.c.changed_at)
        return Pages(asked, by, contracts.c.id, contracts.c.changed_at, reach=_nearest(by, wanted))
    fields = {_ON_FIELD[name] for name in filters & _ON_FIELD.keys()}
    terms = (_tells_no_term(),) if "value" in fields else ()
    asked = (
        select(
            *(contracts.c[name] for name in _SHOWN),
            shown_state().label("state"),
            func.nullif(ends, _NEVER).label("ends_on"),
            inside().label("inside"),
            hidden().label("hidden"),
        )
        .outerjoin(publications, publications.c.contract_id == contracts.c.id)
        .where(
            visible(),
            *_wanted(filters, ends, _FILTERS),
            *(~_hides(field) for field in sorted(fields)),
            *terms,
        )
    )
    if not filters & _NARROW:
        asked = asked.where(reachable())
    return Pages(asked, by, contracts.c.id, contracts.c.changed_at)


def _in_state() -> ColumnElement[bool]:
    """The state as it is: who observes nowhere sees of no contract less than that."""
    return contracts.c.state == bindparam("state", type_=STATE)


def _wanted(
    filters: frozenset[str], ends: ColumnElement[date], by_name: Mapping[str, Any]
) -> Iterator[ColumnElement[bool]]:
    yield from (by_name[name]() for name in sorted(filters - _APART))
    if "ends_after" in filters:
        yield ends > bindparam("ends_after", type_=Date)
    if "ends_before" in filters:
        yield ends < bindparam("ends_before", type_=Date)


def _nearest(
    by: ColumnElement[Any], wanted: Sequence[ColumnElement[bool]]
) -> Callable[[Sequence[ColumnElement[bool]]], ColumnElement[bool]]:
    """The next contracts of each partnership and of each body of the caller's, and of those it joins, in order.

    An index holds each partnership's and each leader's contracts in the order of the list. So the first of each are
    looked up, and the page is the first of those: what it costs does not grow with the contracts that there are.
    """

    def first(where: ColumnElement[bool], conditions: Sequence[ColumnElement[bool]]) -> Select[Any]:
        asked = select(contracts.c.id, by.label("by")).where(where, *wanted, *conditions)
        return asked.order_by(by, contracts.c.id).limit(bindparam("most"))

    def of_each(
        column: Column[Any], ids: Any, name: str, conditions: Sequence[ColumnElement[bool]]
    ) -> Select[Any]:
        each = func.unnest(ids).table_valued(Column("id", Uuid), name=name).render_derived()
        near = first(column == each.c.id, conditions).correlate(each).lateral(f"near_{name}")
        return select(near.c.id, near.c.by).select_from(each).join(near, true())

    def reach(conditions: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
        near = union(
            of_each(contracts.c.partnership_id, PLACES, "place", conditions),
            of_each(contracts.c.owner_organisation_id, OURS, "body", conditions),
            select(first(beside(), conditions).correlate(None).subquery("near_beside")),
        ).subquery("near")
        next_ones = select(near.c.id).order_by(near.c.by, near.c.id).limit(bindparam("most"))
        return contracts.c.id.in_(next_ones)

    return reach


async def page(
    tx: Transaction,
    sort: Sort,
    filters: Mapping[str, Any],
    limit: int,
    after: After,
    within: Within = WHENEVER,
    *,
    today: date,
) -> list[ListedContract]:
    """At most `limit + 1` contracts that the caller may see. `filters` holds only those that are asked for.

    What is withheld today is blank for whoever sees no more than what is published.
    """
    values = {**filters, **scope(tx)}
    if "provider_id" in filters:
        values["provider_id"] = [filters["provider_id"]]
    observing = bool(tx.caller.partnerships("observer"))
    if observing:
        values["today"] = today
    rows = await _pages(sort, frozenset(filters), observing).read(tx, limit, after, within, **values)
    return [_listed(row) for row in rows]


def _listed(row: Mapping[str, Any]) -> ListedContract:
    category, qualifier = row["category"], row["value_qualifier"]
    made = ListedContract(
        id=row["id"],
        partnership_id=row["partnership_id"],
        owner_organisation_id=row["owner_organisation_id"],
        associate_organisation_ids=row["associate_ids"] if row["inside"] else (),
        reference=row["reference"],
        occurrence=row["occurrence"],
        title=row["title"],
        category=None if category is None else Category(category),
        service=row["service"],
        procurement_category=row["procurement_category"],
        state=State(row["state"]),
        start_date=row["start_date"],
        end_date=row["end_date"],
        end_status=EndStatus(row["end_status"]),
        ends_on=row["ends_on"],
        review_date=row["review_date"],
        value=Money(
            row["value_pence"],
            Status(row["value_status"]),
            None if qualifier is None else Qualifier(qualifier),
        ),
        value_basis=ValueBasis(row["value_basis"]),
        providers=row["providers"],
        origin=Origin(row["origin"]),
        version=row["version"],
        changed_at=row["changed_at"],
    )
    hidden = row.get("hidden")
    return without(made, [WithheldField(each) for each in hidden]) if hidden else made


def keys_of(sort: Sort) -> Any:
    """The sort keys of a listed contract, for the cursor."""
    if sort is Sort.CHANGED:
        return lambda each: (each.changed_at, each.id)
    return lambda each: (each.ends_on or date.max, each.id)
