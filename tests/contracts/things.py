"""Contracts made in memory, for tests of rules."""

import uuid
from dataclasses import replace
from datetime import date
from decimal import Decimal

from services.contracts.rules.contract import Contract, EndStatus
from services.contracts.rules.funding import FundingLine
from services.contracts.rules.notice import NoticePeriod, NoticeUnit
from services.contracts.rules.party import Party, Role
from services.contracts.rules.state import State

LEAD, ASSOCIATE, PROVIDER, POOL = (uuid.UUID(int=number) for number in range(1, 5))
SIX_MONTHS = NoticePeriod(6, NoticeUnit.MONTHS)


def lead(**more) -> Party:
    return Party(Role.LEAD_COMMISSIONER, LEAD, **more)


def provider(**more) -> Party:
    return Party(Role.PROVIDER, **{"organisation_id": PROVIDER, **more})


def contract(**changes) -> Contract:
    """An awarded contract of three years that could be activated."""
    whole = Contract(
        id=uuid.UUID(int=99),
        owner_organisation_id=LEAD,
        reference="C-1",
        title="Community health services",
        state=State.AWARDED,
        parties=(lead(), provider()),
        start_date=date(2013, 4, 1),
        end_date=date(2016, 3, 31),
        end_status=EndStatus.STATED,
        notice_period=SIX_MONTHS,
        funding=(FundingLine(POOL, LEAD, Decimal(100)),),
        indicator_ids=(uuid.UUID(int=7),),
    )
    return replace(whole, **changes)
