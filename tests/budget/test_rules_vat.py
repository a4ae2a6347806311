"""VAT of an entry: its parts, its regime, and the control account that takes what is recovered (S1-B25)."""

import uuid
from dataclasses import replace
from datetime import date

import pytest

from services.budget.rules import vat
from services.budget.rules.entry import Entry
from services.budget.rules.ledger_account import Account, AccountKind
from services.budget.rules.vat import Vat, VatRegime, check_vat
from shared.errors import Refusal

COUNCIL, PARTNERSHIP = uuid.uuid4(), uuid.uuid4()


def account(kind: AccountKind) -> Account:
    return Account(uuid.uuid4(), PARTNERSHIP, COUNCIL, kind.value, kind, "pooled")


COST, INCOME, FUND, CONTROL, INTERIM = (
    account(kind)
    for kind in (
        AccountKind.EXPENDITURE,
        AccountKind.INCOME,
        AccountKind.FUND,
        AccountKind.VAT_CONTROL,
        AccountKind.INTERIM,
    )
)
ACCOUNTS = {each.id: each for each in (COST, INCOME, FUND, CONTROL, INTERIM)}
S33 = Vat(VatRegime.S33, COUNCIL, date(2015, 4, 20), 1000_00, 200_00, 0)


def invoice(told: Vat | None, amount: int = 1000_00, control: int = 200_00) -> list[Entry]:
    entries = [Entry(COST.id, amount, told), Entry(FUND.id, -amount - control)]
    return [*entries, Entry(CONTROL.id, control)] if control else entries


@pytest.mark.row("S1-B25")
def test_what_counts_is_net_and_what_is_recovered_goes_to_the_control_account():
    entries = invoice(S33)
    check_vat(entries, ACCOUNTS)
    assert sum(each.amount_pence for each in entries) == 0
    assert entries[0].amount_pence == S33.net_pence + S33.irrecoverable_pence == 1000_00


@pytest.mark.parametrize("regime", [VatRegime.S33, VatRegime.NHS_CONTRACTED_OUT, VatRegime.AGENCY])
def test_a_regime_that_recovers_may_leave_a_part_as_a_cost(regime):
    part = replace(S33, regime=regime, recoverable_pence=150_00, irrecoverable_pence=50_00)
    check_vat(invoice(part, 1050_00, 150_00), ACCOUNTS)


@pytest.mark.parametrize(
    ("told", "amount", "control", "code", "pointer"),
    [
        (replace(S33, net_pence=999_99), 1000_00, 200_00, vat.VAT_PARTS_DIFFER, "/entries/0/vat"),
        (
            replace(S33, recoverable_pence=-200_00),
            1000_00,
            -200_00,
            vat.VAT_SIGNS_DIFFER,
            "/entries/0/vat",
        ),
        (
            replace(S33, regime=VatRegime.NO_RECOVERY, organisation_id=None),
            1000_00,
            200_00,
            vat.VAT_NOT_RECOVERABLE,
            "/entries/0/vat/recoverable_pence",
        ),
        (
            Vat(VatRegime.OUTSIDE_SCOPE, None, date(2015, 4, 20), 900_00, 0, 100_00),
            1000_00,
            0,
            vat.VAT_OUTSIDE_SCOPE,
            "/entries/0/vat/regime",
        ),
        (
            replace(S33, organisation_id=None),
            1000_00,
            200_00,
            vat.VAT_REGIME_WHOSE,
            "/entries/0/vat/organisation_id",
        ),
        (
            Vat(VatRegime.NO_RECOVERY, COUNCIL, date(2015, 4, 20), 1000_00, 0, 0),
            1000_00,
            0,
            vat.VAT_REGIME_WHOSE,
            "/entries/0/vat/organisation_id",
        ),
        (S33, 1000_00, 199_99, vat.VAT_NOT_RECOVERED, "/entries"),
        (S33, 1000_00, 0, vat.VAT_NOT_RECOVERED, "/entries"),
        (None, 1000_00, 200_00, vat.VAT_NOT_RECOVERED, "/entries/2"),
    ],
)
def test_what_does_not_add_up_is_refused(told, amount, control, code, pointer):
    with pytest.raises(Refusal) as refused:
        check_vat(invoice(told, amount, control), ACCOUNTS)
    assert refused.value.reason is code
    assert refused.value.faults[0].pointer == pointer


def test_vat_stands_where_money_is_spent_or_earned():
    with pytest.raises(Refusal) as refused:
        check_vat([Entry(FUND.id, 1000_00, S33), Entry(CONTROL.id, 200_00)], ACCOUNTS)
    assert refused.value.reason is vat.VAT_ACCOUNT
    check_vat([Entry(INTERIM.id, 1000_00, S33), Entry(CONTROL.id, 200_00)], ACCOUNTS)


def test_a_repayment_moves_the_control_account_alone():
    check_vat([Entry(FUND.id, 200_00), Entry(CONTROL.id, -200_00)], ACCOUNTS)


def test_a_credit_note_and_a_reversal_go_the_other_way():
    note = [each.undone() for each in invoice(S33)]
    check_vat(note, ACCOUNTS)
    assert note[0].vat == replace(S33, net_pence=-1000_00, recoverable_pence=-200_00)
    assert [each.undone() for each in note] == invoice(S33)
