from itertools import pairwise
from pathlib import Path

import pytest

from tests.services.counter import CASHIER_PIN, MANAGER_PIN, MORAG, ShopCounter, open_counter
from till_app.domain.errors import DomainError
from till_app.domain.journal import GENESIS_HASH, is_intact
from till_app.domain.tender import TenderKind
from till_app.services.ports import JobState
from till_app.services.sign_on import LockedOut, SignedOn, WrongPin


def test_drawer_and_printer_hear_of_a_sale_only_after_it_is_committed(counter: ShopCounter) -> None:
    number = counter.sell("5000128104517", given_minor=200)
    assert number == "2-000001"
    assert counter.devices.asked == ["drawer", "wake", "wake"]
    assert counter.ledger.sale_by_receipt(number) is not None
    assert counter.services.selling.basket is None


def test_a_card_sale_leaves_the_drawer_shut(counter: ShopCounter) -> None:
    counter.services.selling.scan("5000128104517")
    counter.services.checkout.pay_card(165)
    counter.services.checkout.complete()
    assert "drawer" not in counter.devices.asked


def test_sale_journal_entry_and_print_job_are_one(counter: ShopCounter) -> None:
    number = counter.sell("5000128104517")
    (job,) = counter.ledger.open_jobs()
    assert (job.state, job.title) == (JobState.QUEUED, f"Receipt {number}")
    assert counter.ledger.entries_after(0, 99, 10**6)[-1].kind == "sale"


def test_numbers_are_gapless_and_the_chain_is_intact(counter: ShopCounter) -> None:
    numbers = [counter.sell("5000128104517") for _ in range(3)]
    assert numbers == ["2-000001", "2-000002", "2-000003"]
    entries = counter.ledger.entries_after(0, 99, 10**6)
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    assert entries[0].prev_hash == GENESIS_HASH
    assert all(is_intact("till-uuid", entry) for entry in entries)
    assert all(later.prev_hash == earlier.hash for earlier, later in pairwise(entries))


def test_a_split_of_card_and_cash_settles_a_sale(counter: ShopCounter) -> None:
    counter.services.selling.scan("5000128104517", 10_000)
    checkout = counter.services.checkout
    checkout.pay_card(1000)
    assert checkout.balance_minor == 650
    checkout.pay_cash(1000)
    sale = checkout.complete().sale
    assert [(t.kind, t.amount_minor) for t in sale.tenders] == [
        (TenderKind.CARD, 1000),
        (TenderKind.CASH, 650),
    ]
    assert sale.change_minor == 350


def test_too_much_on_a_card_is_refused_and_nothing_is_kept(counter: ShopCounter) -> None:
    counter.services.selling.scan("5000128104517")
    with pytest.raises(DomainError, match="card_over_balance"):
        counter.services.checkout.pay_card(200)
    assert counter.services.selling.tenders == ()


def test_an_open_balance_is_not_completed(counter: ShopCounter) -> None:
    counter.services.selling.scan("5000128104517")
    with pytest.raises(DomainError, match="balance_open"):
        counter.services.checkout.complete()
    counter.services.checkout.pay_cash(165)
    assert counter.services.checkout.complete().sale.receipt_number == "2-000001"  # no number was lost


def test_a_return_of_some_lines_goes_back_to_cash(counter: ShopCounter) -> None:
    number = counter.sell("5000128104517", "5000128104517", "mints")
    found = counter.services.returns.find(f"RN{number}")
    assert found is not None
    counter.services.returns.add(found.sale.uuid, {1: 1000})
    counter.services.checkout.refund(TenderKind.CASH, 165)
    refund = counter.services.checkout.complete().sale
    assert (refund.total_minor, refund.lines[0].origin.receipt_number) == (-165, number)  # type: ignore[union-attr]
    left = counter.services.returns.find(number)
    assert left is not None
    assert [line.left_milli for line in left.lines] == [1000, 1000]


def test_money_goes_back_as_it_came_unless_the_operator_chooses_otherwise(counter: ShopCounter) -> None:
    counter.services.selling.scan("5000128104517")
    counter.services.checkout.pay_card(165)
    sale = counter.services.checkout.complete().sale
    counter.services.returns.add(sale.uuid, {1: 1000})
    assert counter.services.checkout.refund_kind is TenderKind.CARD
    counter.services.checkout.refund(TenderKind.CASH, 165)
    assert counter.services.checkout.complete().sale.tenders[0].kind is TenderKind.CASH


def test_what_lies_in_the_basket_already_counts_as_returned(counter: ShopCounter) -> None:
    number = counter.sell("5000128104517")
    found = counter.services.returns.find(number)
    assert found is not None
    counter.services.returns.add(found.sale.uuid, {1: 1000})
    with pytest.raises(DomainError, match="return_too_much"):
        counter.services.returns.add(found.sale.uuid, {1: 1000})


def test_an_exchange_pays_the_difference(counter: ShopCounter) -> None:
    number = counter.sell("5000128104517")
    found = counter.services.returns.find(number)
    assert found is not None
    counter.services.returns.add(found.sale.uuid, {1: 1000})
    counter.services.selling.scan("mints", 3000)
    assert counter.services.checkout.balance_minor == 15
    counter.services.checkout.pay_cash(15)
    assert counter.services.checkout.complete().sale.total_minor == 15


def test_an_unknown_receipt_is_not_found(counter: ShopCounter) -> None:
    assert counter.services.returns.find("9-000001") is None


def test_five_wrong_pins_lock_a_member_out_even_over_a_restart(tmp_path: Path) -> None:
    with open_counter(tmp_path) as counter:
        results = [counter.services.sign_on.sign_on("aisha", "9999") for _ in range(5)]
        assert results[:4] == [WrongPin(4), WrongPin(3), WrongPin(2), WrongPin(1)]
        assert isinstance(results[4], LockedOut)
    with open_counter(tmp_path) as counter:
        assert isinstance(counter.services.sign_on.sign_on("aisha", CASHIER_PIN), LockedOut)
        counter.clock.go_on(31)
        assert isinstance(counter.services.sign_on.sign_on("aisha", CASHIER_PIN), SignedOn)


def test_signing_off_with_an_open_basket_is_refused(counter: ShopCounter) -> None:
    counter.services.selling.scan("5000128104517")
    with pytest.raises(DomainError, match="basket_open"):
        counter.services.sign_on.sign_off()


def test_the_z_counts_expected_over_and_short_and_numbers_on(counter: ShopCounter) -> None:
    counter.sell("5000128104517", given_minor=200)
    counter.services.selling.scan("mints", 2000)
    counter.services.checkout.pay_card(120)
    counter.services.checkout.complete()
    counter.sign_on(MORAG, MANAGER_PIN)
    z = counter.services.reporting.close_day({5000: 2, 100: 1, 50: 1})
    assert (z.z_number, z.report.total_minor, z.report.tax_minor) == (1, 285, 20)
    assert z.report.expected_cash_minor == 10_165
    assert (z.declared_minor, z.over_short_minor) == (10_150, -15)
    assert z.grand_total_minor == 285
    assert counter.services.workplace.session is None
    counter.services.cash_control.open_session(0)
    again = counter.services.reporting.close_day({})
    assert (again.z_number, again.over_short_minor, again.grand_total_minor) == (2, 0, 285)


def test_a_cashier_cannot_close_the_day_alone(counter: ShopCounter) -> None:
    with pytest.raises(DomainError, match="approval_needed"):
        counter.services.reporting.close_day({})
    assert counter.services.reporting.close_day({5000: 2}, MORAG).over_short_minor == 0


def test_a_copy_says_so_and_is_counted(counter: ShopCounter) -> None:
    number = counter.sell("5000128104517")
    sale = counter.ledger.sale_by_receipt(number)
    assert sale is not None
    counter.services.reprints.reprint(sale)
    job = counter.services.reprints.reprint(sale)
    assert b"COPY 2" in job.document
    assert "drawer" not in counter.devices.asked[1:]


def test_a_no_sale_opens_the_drawer_and_is_counted(counter: ShopCounter) -> None:
    counter.services.cash_control.no_sale("change for the bus")
    assert counter.devices.asked[0] == "drawer"
    assert counter.services.reporting.read().no_sales == 1
