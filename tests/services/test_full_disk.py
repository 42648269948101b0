from pathlib import Path

import pytest

from tests.services.counter import (
    CASHIER_PIN,
    MANAGER_PIN,
    MILK,
    MORAG,
    SAM,
    SUPERVISOR_PIN,
    ShopCounter,
    open_counter,
)
from tests.services.full_disk import full_disk
from till_app.domain.errors import DomainError
from till_app.domain.session import MovementKind
from till_app.services.ports import LedgerUnavailable
from till_app.services.scanning import NeedsAgeCheck, Pending


def test_a_scan_that_could_not_be_saved_is_not_in_the_basket(counter: ShopCounter) -> None:
    with full_disk(counter.ledger), pytest.raises(LedgerUnavailable):
        counter.services.selling.scan("5000128104517")
    assert not counter.services.selling.is_open
    counter.services.selling.scan("5000128104517")
    assert [line.quantity_milli for line in counter.services.selling.lines] == [1000]


def test_money_that_could_not_be_saved_was_not_taken(counter: ShopCounter) -> None:
    counter.services.selling.scan("5000128104517")
    with full_disk(counter.ledger), pytest.raises(LedgerUnavailable):
        counter.services.checkout.pay_cash(200)
    assert counter.services.checkout.balance_minor == 165


def test_a_sale_that_was_paid_and_could_not_be_completed_is_completed_once_over_a_restart(
    tmp_path: Path,
) -> None:
    with open_counter(tmp_path) as counter:
        counter.begin_day()
        counter.services.selling.scan("5000128104517")
        with full_disk(counter.ledger, commits_before=1):
            counter.services.checkout.pay_cash(200)
            for _attempt in range(2):
                with pytest.raises(LedgerUnavailable):
                    counter.services.checkout.complete()
        assert counter.devices.asked == []
        assert counter.ledger.latest_sales(9) == ()
        with pytest.raises(DomainError, match="nothing_to_pay"):
            counter.services.checkout.pay_cash(200)
    with open_counter(tmp_path) as counter:
        counter.sign_on()
        sale = counter.services.checkout.complete().sale
        assert (sale.receipt_number, sale.total_minor, sale.change_minor) == ("2-000001", 165, 35)
        assert counter.services.reporting.read().expected_cash_minor == 10_165
        assert counter.ledger.saved_basket() is None


def test_the_last_line_stays_when_its_void_could_not_be_saved(counter: ShopCounter) -> None:
    selling = counter.services.selling
    selling.scan("5000128104517")
    for commits_before in (0, 1):
        with full_disk(counter.ledger, commits_before=commits_before):
            try:
                selling.void_line(selling.lines[0].line_id)
            except LedgerUnavailable:
                assert [line.name for line in selling.lines] == [MILK.name]
            else:
                assert not selling.is_open


def test_an_approval_of_what_could_not_be_saved_is_not_kept(counter: ShopCounter) -> None:
    selling = counter.services.selling
    selling.scan("5000128104517")
    with full_disk(counter.ledger), pytest.raises(LedgerUnavailable):
        selling.discount_line(selling.lines[0].line_id, 10, SAM)
    counter.services.checkout.pay_cash(165)
    assert counter.services.checkout.complete().sale.approved_by is None


def test_nobody_is_signed_on_when_that_could_not_be_recorded(tmp_path: Path) -> None:
    with open_counter(tmp_path) as counter:
        with full_disk(counter.ledger), pytest.raises(LedgerUnavailable):
            counter.sign_on()
        assert counter.services.workplace.operator is None
        counter.sign_on()
        with full_disk(counter.ledger), pytest.raises(LedgerUnavailable):
            counter.services.sign_on.sign_off()
        assert counter.services.workplace.operator is not None


def test_a_wrong_pin_that_could_not_be_counted_opens_nothing(counter: ShopCounter) -> None:
    with full_disk(counter.ledger), pytest.raises(LedgerUnavailable):
        counter.services.sign_on.sign_on("sam", CASHIER_PIN)
    counter.sign_on(SAM, SUPERVISOR_PIN)
    assert counter.services.workplace.operator == SAM


def test_an_age_check_that_could_not_be_saved_is_asked_again(counter: ShopCounter) -> None:
    selling = counter.services.selling
    asked = selling.scan("5010186016515")
    assert isinstance(asked, NeedsAgeCheck)
    with full_disk(counter.ledger), pytest.raises(LedgerUnavailable):
        selling.add(asked.pending, age_confirmed=True)
    assert isinstance(selling.scan("5010186016515"), NeedsAgeCheck)


def test_drawer_stays_shut_and_cash_unmoved_when_a_movement_could_not_be_saved(counter: ShopCounter) -> None:
    counter.sign_on(MORAG, MANAGER_PIN)
    control = counter.services.cash_control
    with full_disk(counter.ledger):
        with pytest.raises(LedgerUnavailable):
            control.move(MovementKind.PAID_OUT, 500, "window cleaner")
        with pytest.raises(LedgerUnavailable):
            control.no_sale("change")
    assert counter.devices.asked == []
    report = counter.services.reporting.read()
    assert (report.expected_cash_minor, report.no_sales) == (10_000, 0)


def test_a_day_that_could_not_be_closed_is_open_and_loses_no_z_number(counter: ShopCounter) -> None:
    counter.sign_on(MORAG, MANAGER_PIN)
    with full_disk(counter.ledger), pytest.raises(LedgerUnavailable):
        counter.services.reporting.close_day({5000: 2})
    assert counter.services.workplace.session is not None
    assert counter.services.reporting.close_day({5000: 2}).z_number == 1


def test_a_day_that_could_not_be_opened_is_not_open(tmp_path: Path) -> None:
    with open_counter(tmp_path) as counter:
        counter.sign_on()
        with full_disk(counter.ledger), pytest.raises(LedgerUnavailable):
            counter.services.cash_control.open_session(10_000)
        assert counter.services.workplace.session is None
        assert counter.services.cash_control.open_session(10_000).number == 1


def test_a_return_that_could_not_be_saved_opens_no_basket(counter: ShopCounter) -> None:
    with full_disk(counter.ledger), pytest.raises(LedgerUnavailable):
        counter.services.selling.add_return_without_receipt(Pending(MILK, "milk"), SAM)
    assert not counter.services.selling.is_open
