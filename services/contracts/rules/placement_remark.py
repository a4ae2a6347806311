"""What can be said about a row of placements: why it cannot be taken, or what was noticed on the way."""

from __future__ import annotations

from services.contracts.rules.register_remark import Remark

CELL_MISSING = Remark("placement_cell_missing", "The row leaves this column empty.", rejects=True)
CODE_UNFIT = Remark(
    "placement_code_unfit",
    "A reference has at most 80 letters, digits and the signs _ . : / - and starts with a letter or digit.",
    rejects=True,
)
CELL_PERSONAL = Remark(
    "placement_cell_personal",
    "The cell holds what may be an NHS number, a national insurance number or a person's birth. Send pseudonyms alone.",
    rejects=True,
)
CELL_UNFIT = Remark(
    "placement_cell_unfit",
    "The cell holds a character that no record may hold, or is too long.",
    rejects=True,
)
SHIFTED = Remark(
    "placement_columns_shifted",
    "Something stands beyond the last heading: a comma inside a cell may lack its quotation marks.",
    rejects=True,
)
TORN = Remark(
    "placement_columns_differ",
    "This heading stands over two columns that say different things.",
    rejects=True,
)
DATE_UNREADABLE = Remark(
    "placement_date_unreadable",
    "Write a date with the day first, like 06/04/2015 or 6-Apr-2015.",
    rejects=True,
)
YEAR_SHORT = Remark(
    "placement_year_of_two_digits",
    "The year has two digits. Up to 69 it is read as of this century, else as of the last. Write all four.",
    rejects=False,
)
FIGURE_UNREADABLE = Remark(
    "placement_figure_unreadable",
    "This is not a plain figure like 812.50 with at most ten decimals.",
    rejects=True,
)
COST_UNREADABLE = Remark(
    "placement_cost_unreadable", "This is not a weekly cost in pounds like 1,234.00, or TBC.", rejects=True
)
UNIT_UNKNOWN = Remark(
    "placement_unit_unknown", "This is not a unit of care, like hour, day, week or visit.", rejects=True
)
FUNDING_UNKNOWN = Remark(
    "placement_funding_unknown",
    "This is not a type of funding, like social_care, joint or continuing_healthcare.",
    rejects=True,
)
STATE_UNKNOWN = Remark(
    "placement_state_unknown", "A placement comes in as planned or as active.", rejects=True
)
AREA_UNREADABLE = Remark(
    "placement_area_unreadable",
    "This is not an area code of the Office for National Statistics, like E06000026.",
    rejects=True,
)
TOO_MANY_OUTCOMES = Remark(
    "placement_outcomes_too_many",
    "A placement has at most 20 outcomes, with semicolons between.",
    rejects=True,
)
CONTRACT_ID_UNREADABLE = Remark(
    "placement_contract_id_unreadable", "This is not the id of a contract in this register.", rejects=True
)
CONTRACT_NOT_FOUND = Remark(
    "placement_contract_not_found",
    "Your organisation leads or joins no contract under this reference or id.",
    rejects=True,
)
CONTRACT_AMBIGUOUS = Remark(
    "placement_contract_ambiguous",
    "Several contracts stand under this reference. Name the one that is meant by its id.",
    rejects=True,
)
PROVIDER_NOT_FOUND = Remark(
    "placement_provider_not_found",
    "The contract has no provider of this id, name or number that is in the directory.",
    rejects=True,
)
PROVIDER_NEEDED = Remark(
    "placement_provider_needed",
    "The contract has several providers, so the row has to name one.",
    rejects=True,
)
RETENTION_OVER = Remark(
    "placement_retention_over", "The last day of retention has passed, so nothing is taken.", rejects=True
)
REFERENCE_REPEATED = Remark(
    "placement_reference_repeated",
    "Another row of the file has this reference too. Each placement has one of its own.",
    rejects=True,
)
UNDER_ANOTHER = Remark(
    "placement_under_another",
    "This reference stands under another contract or provider. End that placement and record a new one.",
    rejects=True,
)
STATE_KEPT = Remark(
    "placement_state_kept",
    "A file moves no placement that is on record already: begin or end it by its own operation.",
    rejects=False,
)
