"""What can be wrong with a row of a return import, each a sentence that names what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.errors import Kind, Reason, reason
from shared.text import personal_detail

CELL_TORN = reason(
    "import_cell_torn",
    Kind.INVALID,
    "Two columns of the same heading say different things. Keep one of them.",
)
ROW_OVERFLOWS = reason(
    "import_row_overflows",
    Kind.INVALID,
    "Something stands to the right of the last heading. Quote cells that hold commas.",
)
OBLIGATION_UNREADABLE = reason(
    "import_obligation_unreadable",
    Kind.INVALID,
    "Name the obligation by its id, as the list of what is due gives it.",
)
NOT_YOUR_OBLIGATION = reason(
    "import_obligation_not_yours",
    Kind.INVALID,
    "There is no such obligation of your organisation. Take the id from the list of what is due.",
)
PERIOD_UNLIKE_QUARTER = reason(
    "import_period_unlike_quarter",
    Kind.INVALID,
    "The period and the financial year or quarter beside it are not the same. 2014Q1 is January to March 2014, the fourth "
    "quarter of 2013/14; the first quarter of 2014/15 is 2014Q2.",
)
PERIOD_NOT_DUE = reason(
    "import_period_not_due",
    Kind.INVALID,
    "Nothing is due for this period under the obligation. Look up what is due.",
)
PERIOD_NOT_ENDED = reason(
    "import_period_not_ended",
    Kind.INVALID,
    "This period has not ended yet. Send its figures after its last day.",
)
RETURN_NOT_OPEN = reason(
    "import_return_not_open",
    Kind.INVALID,
    "The return for this period has been sent or locked. Ask the lead commissioner to send it back first.",
)
INDICATOR_NOT_ON_FORM = reason(
    "import_indicator_not_on_form",
    Kind.INVALID,
    "The return does not ask for an indicator of this code, or asks for two of it, which no file can tell apart.",
)
FIGURE_UNREADABLE = reason(
    "import_figure_unreadable",
    Kind.INVALID,
    "Write a plain figure such as 13.1. Where there is none, leave the value empty and give a status "
    "(not_yet_available, not_applicable, missing or suppressed) with an explanation.",
)
STATUS_UNKNOWN = reason(
    "import_status_unknown",
    Kind.INVALID,
    "This is no status of a figure. Leave it empty for an actual figure.",
)
FIGURES_TWICE = reason(
    "import_figure_twice",
    Kind.INVALID,
    "The file gives this figure twice, differently. Keep the right one; the first was read.",
)
PERSONAL_TEXT = reason(
    "import_text_unfit",
    Kind.INVALID,
    "The explanation is too long or holds what no record may hold, such as an NHS number. Shorten or clean it.",
)


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong where: the line of the file, the column, what was read there, and a sentence."""

    line: int
    column: str
    read: str
    code: str
    detail: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(
        cls, line: int, column: str, read: str, why: Reason, facts: Mapping[str, Any] | None = None
    ) -> RowFault:
        return cls(
            line,
            column,
            _told(read)[:80],
            why.code,
            why.sentence,
            {name: _told(each) if isinstance(each, str) else each for name, each in (facts or {}).items()},
        )


def _told(read: str) -> str:
    """What was read, as far as a report may keep it: nothing that stands for a person."""
    return "" if personal_detail(read) is not None else read
