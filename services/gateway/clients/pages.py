"""A whole list for a view: page after page, up to a limit, in one go of one service."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar
from urllib.parse import parse_qs, urlsplit

LARGEST_PAGE = "200"
MOST_PAGES = 10

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class PageRead(Protocol[T_co]):
    """A page as a service answers it: some items, and the address of the next page."""

    @property
    def items(self) -> tuple[T_co, ...]: ...

    @property
    def next(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class WholeList(Generic[T_co]):
    """What a list holds. Not `whole` where there was more than a view reads: 2,000 items."""

    items: tuple[T_co, ...]
    whole: bool = True


async def every(page: Callable[[dict[str, str]], Awaitable[PageRead[T]]]) -> WholeList[T]:
    """Read page after page; `page` takes what of the query says where to go on."""
    found: list[T] = []
    following: dict[str, str] = {"limit": LARGEST_PAGE}
    for _ in range(MOST_PAGES):
        read = await page(following)
        found += read.items
        if read.next is None:
            return WholeList(tuple(found))
        cursor = parse_qs(urlsplit(read.next).query)["cursor"][0]
        following = {"limit": LARGEST_PAGE, "cursor": cursor}
    return WholeList(tuple(found), whole=False)
