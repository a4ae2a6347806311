"""Whole lists: one page after the other, as their items are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit


class NotListedError(Exception):
    """The list was refused; `problem` is what the system answered."""

    def __init__(self, problem: object) -> None:
        super().__init__(str(getattr(problem, "detail", problem)))
        self.problem = problem


def every(page: Callable[..., Any], **asked: Any) -> Iterator[Any]:
    """All items of a list: `every(list_returns.sync, client=client, partnership_id=...)`."""
    while True:
        answer = page(**asked)
        if not hasattr(answer, "items") or not hasattr(answer, "next_"):
            raise NotListedError(answer)
        yield from answer.items
        if answer.next_ is None:
            return
        asked["cursor"] = parse_qs(urlsplit(answer.next_).query)["cursor"][0]
