"""What kind of body decides."""

from __future__ import annotations

from enum import StrEnum


class BodyType(StrEnum):
    """An executive meeting holds no power of its own (S3-G02)."""

    CABINET = "cabinet"
    FULL_COUNCIL = "full_council"
    GOVERNING_BODY = "governing_body"
    BOARD = "board"
    COMMITTEE = "committee"
    OFFICER = "officer"
    EXECUTIVE_MEETING = "executive_meeting"
    LOCALITY_BOARD = "locality_board"
