"""Makers of indicators, targets and figures for tests of the rules, with the least that each test has to say."""

import uuid
from datetime import date
from decimal import Decimal

from services.outcomes.rules.baseline import Baseline
from services.outcomes.rules.change import Direction
from services.outcomes.rules.comparator import Comparator, ComparatorKind, ComparatorValue
from services.outcomes.rules.indicator import Frequency, Indicator, Polarity, ValueType
from services.outcomes.rules.kpi_return import Return, ReturnState
from services.outcomes.rules.measure import Measure, MeasureStatus
from services.outcomes.rules.obligation import AskedIndicator, Obligation
from services.outcomes.rules.resolution import resolve
from services.outcomes.rules.target import Target, TargetKind, set_target
from shared.calendar import read_period

PARTNERSHIP = uuid.UUID(int=1)
OWNER = uuid.UUID(int=2)
PROVIDER = uuid.UUID(int=3)
ASSOCIATE = uuid.UUID(int=4)
CONTRACT = uuid.UUID(int=5)

UP, DOWN, NEITHER = Polarity.HIGH_IS_GOOD, Polarity.LOW_IS_GOOD, Polarity.NONE


def dec(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def an_indicator(value_type=ValueType.DAYS, polarity=DOWN, unit: str | None = "days", **changes) -> Indicator:
    """An indicator by financial year unless told otherwise."""
    for name in ("multiplier", "scale_low", "scale_high", "warn_above_change_percent"):
        if isinstance(changes.get(name), str):
            changes[name] = Decimal(changes[name])
    return Indicator(
        **{
            "id": uuid.uuid4(),
            "partnership_id": PARTNERSHIP,
            "owner_organisation_id": OWNER,
            "code": "local-1",
            "title": "An indicator",
            "definition": "What it counts",
            "numerator": None,
            "denominator": None,
            "unit": unit,
            "value_type": value_type,
            "multiplier": Decimal(100000) if value_type is ValueType.RATE else None,
            "scale_low": None,
            "scale_high": None,
            "polarity": polarity,
            "frequency": Frequency.FINANCIAL_YEARLY,
            "source": None,
            "instrument": None,
            "instrument_version": None,
            "part_of_indicator_id": None,
            "counts_people": False,
            "warn_above_change_percent": None,
            "frameworks": (),
            **changes,
        }
    )


def percentage(polarity=UP, **changes) -> Indicator:
    return an_indicator(ValueType.PERCENTAGE, polarity, "%", **changes)


def measure(text: str | None, **changes) -> Measure:
    return Measure(
        dec(text), changes.pop("status", MeasureStatus.ACTUAL if text else MeasureStatus.MISSING), **changes
    )


def a_target(indicator: Indicator, kind=TargetKind.ABSOLUTE, **changes) -> Target:
    for name in ("value", "change", "amber_tolerance"):
        if isinstance(changes.get(name), str):
            changes[name] = Decimal(changes[name])
    return Target(
        id=uuid.uuid4(),
        partnership_id=PARTNERSHIP,
        owner_organisation_id=OWNER,
        indicator_id=indicator.id,
        contract_id=changes.pop("contract_id", None),
        kind=kind,
        **changes,
    )


def stated_change(
    indicator, baseline, change, direction=Direction.IMPROVE, kind=None, comparator=None, **more
):
    """Set a target as a table prints it: «5% improvement», with the kind said or left open."""
    asked = a_target(
        indicator, kind or TargetKind.RELATIVE_CHANGE, change=change, direction=direction, **more
    )
    return set_target(asked, kind is not None, indicator, baseline, comparator)


def resolved(
    target, indicator, baseline=None, comparator=None, period="2016April", baseline_period="2012April"
):
    start = None if baseline is None else (baseline, read_period(baseline_period))
    return resolve(
        target,
        indicator,
        polarity=indicator.polarity,
        baseline=start,
        comparator=comparator,
        period=read_period(period),
    )


def a_baseline(indicator, text, period="2012April", **changes) -> Baseline:
    return Baseline(
        **{
            "id": uuid.uuid4(),
            "partnership_id": PARTNERSHIP,
            "owner_organisation_id": OWNER,
            "indicator_id": indicator.id,
            "contract_id": None,
            "period": period,
            "value": dec(text),
            "status": MeasureStatus.ACTUAL,
            "numerator": None,
            "denominator": None,
            "qualifier": None,
            "source": "Business case, 2014",
            **changes,
        }
    )


def a_comparator(
    indicator, values: dict[str, str | None], kind=ComparatorKind.ENGLAND, **changes
) -> Comparator:
    return Comparator(
        **{
            "id": uuid.uuid4(),
            "partnership_id": PARTNERSHIP,
            "owner_organisation_id": OWNER,
            "indicator_id": indicator.id,
            "kind": kind,
            "name": "England",
            "area_code": "E92000001",
            "group_version": None,
            "source": "Published table",
            "values": tuple(
                ComparatorValue(
                    period,
                    dec(text),
                    MeasureStatus.ACTUAL if text is not None else MeasureStatus.NOT_YET_AVAILABLE,
                )
                for period, text in values.items()
            ),
            **changes,
        }
    )


def an_obligation(*indicators: Indicator, **changes) -> Obligation:
    return Obligation(
        **{
            "id": uuid.uuid4(),
            "partnership_id": PARTNERSHIP,
            "owner_organisation_id": OWNER,
            "contract_id": CONTRACT,
            "lead_organisation_id": OWNER,
            "provider_organisation_id": PROVIDER,
            "associate_organisation_ids": (ASSOCIATE,),
            "title": "Community services, quarterly",
            "frequency": Frequency.QUARTERLY,
            "begins_on": date(2014, 4, 1),
            "ends_on": date(2016, 3, 31),
            "due_days": 20,
            "indicators": tuple(AskedIndicator(each.id, True) for each in indicators),
            **changes,
        }
    )


def a_return(**changes) -> Return:
    return Return(
        **{
            "id": uuid.uuid4(),
            "obligation_id": uuid.uuid4(),
            "partnership_id": PARTNERSHIP,
            "owner_organisation_id": PROVIDER,
            "contract_id": CONTRACT,
            "lead_organisation_id": OWNER,
            "provider_organisation_id": PROVIDER,
            "associate_organisation_ids": (ASSOCIATE,),
            "period": "2014Q2",
            "financial_year": "2014/15",
            "first_day": date(2014, 4, 1),
            "last_day": date(2014, 6, 30),
            "due_on": date(2014, 7, 20),
            "state": ReturnState.DRAFT,
            "revision": 0,
            "accepted_revision": None,
            "submitted_at": None,
            "days_late": None,
            "explained": False,
            "version": 1,
            **changes,
        }
    )
