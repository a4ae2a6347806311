"""Posts: what each partner pays for one, and for all of them together."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.budget.actions.record_post import record_post
from services.budget.rules.part_year import Convention
from services.budget.rules.post_record import PostRecord, PostShare, establish
from services.budget.store.assessments import posts
from shared.errors import NOT_FOUND
from shared.idempotency import Sent
from shared.page import page_of, read_cursor
from shared.web.answers import answer, listed, shown
from shared.web.doors import Door, Pages, may, put_once
from shared.web.fields import Body, Day, Measure, Out, Pence, Title
from shared.web.openapi import problems
from shared.web.window import RecordedWithin

router = APIRouter(prefix="/v1", tags=["posts"])
MOST_POSTS = 1000


class PostShareIn(Body):
    """A partner's recorded percentage of an existing post."""

    organisation_id: UUID
    percent: Measure = Field(examples=["72.5"])


class PostIn(Body):
    """A post, what it costs in a full year, and the rule by which the partners pay for it."""

    partnership_id: UUID
    name: Title = Field(examples=["Head of integrated commissioning"])
    created_on: Day = Field(examples=["2013-11-01"])
    shared_from: Day = Field(
        description="Posts made from this day on are paid for equally; earlier ones by their recorded shares.",
        examples=["2013-10-15"],
    )
    starts_on: Day = Field(description="From when it costs.", examples=["2013-11-01"])
    start_assumed: bool = Field(default=False, description="Nobody has printed the day from which it costs.")
    convention: Convention
    cost_pence: Pence = Field(examples=[18160000])
    partners: list[UUID] = Field(min_length=1, max_length=20)
    recorded_shares: list[PostShareIn] = Field(default_factory=list, max_length=20)


class PostShareOut(Out):
    """A partner's recorded percentage of a post."""

    organisation_id: UUID
    percent: str = Field(examples=["72.5"])


class PostPartOut(Out):
    """What a partner pays: in a full year, and in the one in which it starts, by twelfths and by days."""

    organisation_id: UUID
    full_year_pence: int
    by_twelfths_pence: int
    by_days_pence: int


class PostOut(Out):
    """A post with what each partner pays."""

    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    name: str
    created_on: Day
    shared_from: Day
    starts_on: Day
    start_assumed: bool
    convention: Convention
    cost_pence: int
    partners: list[UUID]
    recorded_shares: list[PostShareOut]
    parts: list[PostPartOut]
    part_year_pence: int
    version: int


class PostsOut(Out):
    """A page of posts."""

    items: list[PostOut]
    next: str | None


class EstablishmentOut(Out):
    """The posts together: how many, how many new, and what they cost by partner."""

    partnership_id: UUID
    posts: int
    new_posts: int
    cost_pence: int
    by_partner: list[PostPartOut]


@router.put(
    "/posts/{id}",
    operation_id="recordPost",
    status_code=201,
    response_model=PostOut,
    responses=problems(409, 413, 415),
    summary="Record a post",
)
async def put(
    id: UUID,  # noqa: A002 the name in the address
    body: PostIn,
    door: Annotated[Door, may("budget:write")],
    sent: Annotated[Sent, put_once("recordPost")],
) -> Response:
    """Existing posts keep their recorded shares; posts made from the rule's day on are paid for equally."""
    plain = {name: getattr(body, name) for name in PostIn.model_fields}
    plain["partners"] = tuple(body.partners)
    plain["recorded_shares"] = tuple(
        PostShare(each.organisation_id, each.percent) for each in body.recorded_shares
    )
    asked = PostRecord(id=id, owner_organisation_id=door.caller.organisation_id, **plain)
    return answer(await record_post(door.db, door.caller, sent, asked), f"/v1/posts/{id}")


@router.get(
    "/posts/{id}",
    operation_id="getPost",
    response_model=PostOut,
    responses=problems(404),
    summary="Read a post",
)
async def get(
    id: UUID,  # noqa: A002 the name in the address
    request: Request,
    door: Annotated[Door, may("budget:read")],
) -> Response:
    """One post with what each partner pays."""
    async with door.db.begin(door.caller, single=True) as tx:
        return shown(request, await posts.get(tx, id))


@router.get(
    "/posts",
    operation_id="listPosts",
    response_model=PostsOut,
    responses=problems(),
    summary="List the posts of a partnership",
)
async def every(
    request: Request,
    door: Annotated[Door, may("budget:read")],
    pages: Pages,
    within: RecordedWithin,
    partnership_id: Annotated[UUID, Query()],
) -> Response:
    """The posts that you may see, by name."""
    after = read_cursor(pages.cursor, str, UUID)
    async with door.db.begin(door.caller, single=True) as tx:
        rows = await posts.page(tx, partnership_id, pages.limit, after, within)
    return listed(request, page_of(rows, pages.limit, lambda each: (each.name, each.id)))


@router.get(
    "/establishment",
    operation_id="getEstablishment",
    response_model=EstablishmentOut,
    responses=problems(404),
    summary="Read the posts of a partnership together",
)
async def together(
    request: Request, door: Annotated[Door, may("budget:read")], partnership_id: Annotated[UUID, Query()]
) -> Response:
    """How many posts there are, how many of them are new, and what each partner pays for all of them."""
    audited = any(each.partnership_id == partnership_id for each in door.caller.audits)
    if not audited and not door.caller.holds(partnership_id, "commissioner", "host"):
        raise NOT_FOUND()
    async with door.db.begin(door.caller, single=True) as tx:
        found = await posts.page(tx, partnership_id, MOST_POSTS, None)
    return shown(request, establish(partnership_id, found))
