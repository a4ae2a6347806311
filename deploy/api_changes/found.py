"""What a break is, and in which direction a schema travels."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Way(Enum):
    """A client writes requests, which must go on being taken, and reads answers, which must stay what they were."""

    REQUEST = "request"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True, order=True)
class Break:
    """One thing that a client of the last release meets otherwise than it was told."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"
