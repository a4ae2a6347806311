"""Notices that procurement law asks to be published: which regime asks for which, by when, and the record of those sent."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.contracts.rules.classification import Regime
from services.contracts.rules.contract import Contract
from services.contracts.rules.state import BEFORE_AWARD, State
from services.contracts.rules.yearly_value import lifetime_pence
from shared.errors import Kind, reason

CONTRACT_NOT_LED = reason(
    "published_notice_contract_unknown",
    Kind.INVALID,
    "There is no such contract that your organisation leads. Its lead commissioner records what was published of it.",
)
NOT_OF_REGIME = reason(
    "published_notice_not_of_regime",
    Kind.INVALID,
    "The regime under which this contract was awarded or is modified knows no such notice.",
)
PROCESS_NEEDED = reason(
    "published_notice_process_needed",
    Kind.INVALID,
    "A notice of an award under the Provider Selection Regime says by which process, and no other notice does.",
)
REPRESENTATIONS_UNTOLD = reason(
    "published_notice_representations_untold",
    Kind.INVALID,
    "Representations are counted on a notice of an award under the Provider Selection Regime, with a summary of them.",
)
VARIATION_UNKNOWN = reason(
    "published_notice_variation_unknown",
    Kind.INVALID,
    "There is no such variation of this contract.",
)
VARIATION_UNASKED = reason(
    "published_notice_variation_unasked",
    Kind.INVALID,
    "Only a notice of a modification is of a variation. Leave the variation out.",
)
PUBLISHED_AHEAD = reason(
    "published_notice_ahead",
    Kind.INVALID,
    "A notice is recorded once it was published, so its day is not to come.",
)
LARGE_PENCE = 500_000_000  # more than £5 million: Procurement Act 2023 s53(3)


class PublishedNoticeKind(StrEnum):
    """What was published. Those of the Procurement Act 2023 are UK6, UK7, UK9, UK10 and UK11, and a copy of the contract."""

    CONTRACT_AWARD_NOTICE = "contract_award_notice"
    CONTRACT_DETAILS_NOTICE = "contract_details_notice"
    CONTRACT_COPY = "contract_copy"
    CONTRACT_PERFORMANCE_NOTICE = "contract_performance_notice"
    CONTRACT_CHANGE_NOTICE = "contract_change_notice"
    CONTRACT_TERMINATION_NOTICE = "contract_termination_notice"
    PCR_AWARD_NOTICE = "pcr_award_notice"
    PCR_MODIFICATION_NOTICE = "pcr_modification_notice"
    PSR_INTENTION_NOTICE = "psr_intention_notice"
    PSR_AWARD_NOTICE = "psr_award_notice"
    PSR_MODIFICATION_NOTICE = "psr_modification_notice"


class SelectionProcess(StrEnum):
    """How a provider was selected: SI 2023/1348 regs 7 to 11, 14 and 18."""

    DIRECT_AWARD_A = "direct_award_a"
    DIRECT_AWARD_B = "direct_award_b"
    DIRECT_AWARD_C = "direct_award_c"
    MOST_SUITABLE_PROVIDER = "most_suitable_provider"
    COMPETITIVE = "competitive"
    URGENT = "urgent"
    FRAMEWORK_CALL_OFF = "framework_call_off"


_PA2023 = frozenset(
    {
        PublishedNoticeKind.CONTRACT_AWARD_NOTICE,
        PublishedNoticeKind.CONTRACT_DETAILS_NOTICE,
        PublishedNoticeKind.CONTRACT_COPY,
        PublishedNoticeKind.CONTRACT_PERFORMANCE_NOTICE,
        PublishedNoticeKind.CONTRACT_CHANGE_NOTICE,
        PublishedNoticeKind.CONTRACT_TERMINATION_NOTICE,
    }
)
_PCR = frozenset({PublishedNoticeKind.PCR_AWARD_NOTICE, PublishedNoticeKind.PCR_MODIFICATION_NOTICE})
_PSR = frozenset(
    {
        PublishedNoticeKind.PSR_INTENTION_NOTICE,
        PublishedNoticeKind.PSR_AWARD_NOTICE,
        PublishedNoticeKind.PSR_MODIFICATION_NOTICE,
    }
)
_KNOWN = {Regime.PA2023: _PA2023, Regime.PA2023_LIGHT_TOUCH: _PA2023, Regime.PCR2015: _PCR, Regime.PSR: _PSR}
OF_MODIFICATION = frozenset(
    {
        PublishedNoticeKind.CONTRACT_CHANGE_NOTICE,
        PublishedNoticeKind.PCR_MODIFICATION_NOTICE,
        PublishedNoticeKind.PSR_MODIFICATION_NOTICE,
    }
)
_GOES_ON = frozenset({State.NOVATED, State.CONSOLIDATED})
_OF_AWARD = frozenset({PublishedNoticeKind.PSR_INTENTION_NOTICE, PublishedNoticeKind.PSR_AWARD_NOTICE})


@dataclass(frozen=True, slots=True)
class PublishedNotice:
    """A notice that was published of a contract. `sha256` is of the document, `reference` the publisher's, as 2025/S 000-012345.

    `urgent`: made in reliance on reg 14 of the Provider Selection Regime. `representations`: written ones that were
    received in the standstill before it (reg 12(3)). `variation_id`: the modification of which it is the notice.
    """

    id: UUID
    contract_id: UUID
    owner_organisation_id: UUID
    kind: PublishedNoticeKind
    published_on: date
    reference: str
    url: str | None = None
    sha256: str | None = None
    process: SelectionProcess | None = None
    urgent: bool = False
    representations: int = 0
    representations_summary: str | None = None
    variation_id: UUID | None = None
    partnership_id: UUID | None = None
    recorded_at: datetime | None = None


def record(
    notice: PublishedNotice,
    contract: Contract | None,
    variation_ids: Collection[UUID],
    own: Collection[UUID],
    today: date,
) -> PublishedNotice:
    """The notice as it is recorded, or a refusal: by who leads the contract, and of a kind that its regimes know.
    `variation_ids` are those of the contract."""
    if contract is None or contract.owner_organisation_id not in own:
        raise CONTRACT_NOT_LED("/contract_id")
    regimes = [each for each in (contract.award_regime, contract.modification_regime) if each is not None]
    if not any(notice.kind in _KNOWN.get(each, frozenset()) for each in regimes):
        raise NOT_OF_REGIME(
            "/kind",
            award_regime=contract.award_regime and contract.award_regime.value,
            modification_regime=contract.modification_regime and contract.modification_regime.value,
        )
    if (notice.process is not None) != (notice.kind in _OF_AWARD):
        raise PROCESS_NEEDED("/process")
    told = notice.representations_summary is not None
    if told != (notice.representations > 0) or (told and notice.kind not in _OF_AWARD):
        raise REPRESENTATIONS_UNTOLD("/representations")
    if notice.variation_id is not None:
        if notice.kind not in OF_MODIFICATION:
            raise VARIATION_UNASKED("/variation_id")
        if notice.variation_id not in variation_ids:
            raise VARIATION_UNKNOWN("/variation_id")
    if notice.published_on > today:
        raise PUBLISHED_AHEAD("/published_on")
    urgent = notice.urgent or notice.process is SelectionProcess.URGENT
    return replace(
        notice,
        owner_organisation_id=contract.owner_organisation_id,
        partnership_id=contract.partnership_id,
        urgent=urgent,
    )


def notices_due(contract: Contract) -> Iterator[tuple[PublishedNoticeKind, date, str]]:
    """Which notices the award regime of a contract asks for, by when, and why. Where no day is known, none is told.

    Days count from the award, or from the day after a standstill: the first on which the contract can have been entered
    into, since that day itself is not on record. So a day may be early, and is never late.

    An award is published once, of the record that was awarded, and not of those that go on from it; and a record that goes
    on as another is no termination.
    """
    awarded = contract.awarded_on
    if awarded is not None and contract.carried_over:
        yield from _of_the_end(contract)
        return
    if awarded is None or contract.state in {*BEFORE_AWARD, State.ABANDONED}:
        return
    standstill = contract.standstill_ends_on
    entered = awarded if standstill is None or standstill < awarded else standstill + timedelta(days=1)
    match contract.award_regime:
        case Regime.PSR:
            yield (
                PublishedNoticeKind.PSR_AWARD_NOTICE,
                entered + timedelta(days=30),
                "Provider Selection Regime: an award is published within 30 days.",
            )
        case Regime.PCR2015:
            yield (
                PublishedNoticeKind.PCR_AWARD_NOTICE,
                awarded + timedelta(days=30),
                "Public Contracts Regulations 2015, regulation 50: an award is published within 30 days.",
            )
        case Regime.PA2023 | Regime.PA2023_LIGHT_TOUCH:
            yield from _of_the_act(contract, awarded, entered)
        case _:
            return


def _of_the_act(
    contract: Contract, awarded: date, entered: date
) -> Iterator[tuple[PublishedNoticeKind, date, str]]:
    light = contract.award_regime is Regime.PA2023_LIGHT_TOUCH
    yield (
        PublishedNoticeKind.CONTRACT_AWARD_NOTICE,
        awarded,
        "Procurement Act 2023, section 50: the award is published before the contract is entered into.",
    )
    days = 120 if light else 30
    yield (
        PublishedNoticeKind.CONTRACT_DETAILS_NOTICE,
        entered + timedelta(days=days - 1),
        f"Procurement Act 2023, section 53: details within {days} days that begin with the contract.",
    )
    pence = lifetime_pence(contract)  # what is payable in all (Schedule 3), not in a year
    if pence is not None and pence > LARGE_PENCE:
        days = 180 if light else 90
        yield (
            PublishedNoticeKind.CONTRACT_COPY,
            entered + timedelta(days=days - 1),
            f"Procurement Act 2023, section 53: over £5 million, a copy within {days} days that begin with the contract.",
        )
    yield from _of_the_end(contract)


def _of_the_end(contract: Contract) -> Iterator[tuple[PublishedNoticeKind, date, str]]:
    acts = contract.award_regime in (Regime.PA2023, Regime.PA2023_LIGHT_TOUCH)
    if acts and contract.ended_on is not None and contract.state not in _GOES_ON:
        yield (
            PublishedNoticeKind.CONTRACT_TERMINATION_NOTICE,
            contract.ended_on + timedelta(days=29),
            "Procurement Act 2023, section 80: the end is published within 30 days that begin with it.",
        )
