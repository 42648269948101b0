from dataclasses import replace
from pathlib import Path

import pytest

from tests.services.counter import (
    AISHA,
    CASHIER_PIN,
    CHEDDAR,
    MANAGER_PIN,
    MILK,
    MORAG,
    SAM,
    SHOP,
    SUPERVISOR_PIN,
    WINE,
    ShopCounter,
    an_item,
    open_counter,
    staff_member,
)
from till_app.domain.catalogue import Role
from till_app.domain.currency import EUR
from till_app.domain.errors import DomainError
from till_app.domain.gtin import check_digit, expand_upc_e
from till_app.domain.session import MovementKind
from till_app.domain.tender import TenderKind
from till_app.services.ports import CatalogueRecord, Gone
from till_app.services.scanning import Added, NeedsAgeCheck, NeedsWeight, Pending
from till_app.services.sign_on import SignedOn

IAN = staff_member("ian", "Ian", Role.INSTALLER, "4444")
BEN = staff_member("ben", "Ben", Role.CASHIER, "5555")


def offer(counter: ShopCounter, *records: CatalogueRecord) -> None:
    counter.catalogue.apply(list(records), "epoch:2")


def with_check_digit(body: str) -> str:
    return body + check_digit(body)


def bodies(counter: ShopCounter, kind: str) -> list[bytes]:
    return [entry.body for entry in counter.ledger.entries_after(0, 999, 10**9) if entry.kind == kind]


# ------------------------------------------------------------------ what codes mean


def test_a_code_that_is_listed_whole_is_sold_at_its_price_whatever_its_figures_look_like(
    counter: ShopCounter,
) -> None:
    code = with_check_digit("200007700391")
    offer(counter, an_item("mug", "Shop mug", 250, barcodes=(code,)))
    result = counter.services.selling.scan(code)
    assert isinstance(result, Added)
    assert (result.line.gross_minor, result.line.fixed_price_minor) == (250, None)


@pytest.mark.parametrize("prefix", ["20", "21"])
def test_a_label_without_a_price_or_weight_asks_for_the_weight(counter: ShopCounter, prefix: str) -> None:
    offer(counter, replace(CHEDDAR, barcodes=("2000011", "2100011")))
    assert isinstance(counter.services.selling.scan(with_check_digit(f"{prefix}0001100000")), NeedsWeight)


def test_a_label_read_as_upc_a_costs_what_it_says(counter: ShopCounter) -> None:
    offer(counter, replace(CHEDDAR, barcodes=("0200011",)))
    as_ean13 = with_check_digit("020001100391")
    result = counter.services.selling.scan(as_ean13[1:])
    assert isinstance(result, Added)
    assert result.line.gross_minor == 391


def test_a_upc_e_whose_check_digit_fits_an_ean_8_too_is_found(counter: ShopCounter) -> None:
    assert with_check_digit("0001001") == "00010016"
    assert expand_upc_e("00010016") == "000100001006"
    offer(counter, an_item("gum", "Gum", 80, barcodes=("000100001006",)))
    assert isinstance(counter.services.selling.scan("00010016"), Added)


def test_a_keyed_multiple_is_no_weight(counter: ShopCounter) -> None:
    assert isinstance(counter.services.selling.scan("4100", 3000), NeedsWeight)
    result = counter.services.selling.scan("4100", 412)
    assert isinstance(result, Added)
    assert result.line.gross_minor == 391


def test_a_keyed_multiple_of_a_priced_label_is_refused_rather_than_sold_once(counter: ShopCounter) -> None:
    label = with_check_digit("200001100391")
    with pytest.raises(DomainError, match="quantity_fixed"):
        counter.services.selling.scan(label, 3000)
    assert not counter.services.selling.is_open
    assert isinstance(counter.services.selling.scan(label, 1000), Added)


@pytest.mark.parametrize(("quantity_milli", "code"), [(-1000, "quantity_negative"), (0, "quantity_zero")])
def test_nothing_is_sold_or_returned_by_a_wrong_sign(
    counter: ShopCounter, quantity_milli: int, code: str
) -> None:
    pending = Pending(MILK, "milk", quantity_milli)
    with pytest.raises(DomainError, match=code):
        counter.services.selling.add(pending)
    with pytest.raises(DomainError, match=code):
        counter.services.selling.add_return_without_receipt(pending, SAM)
    assert not counter.services.selling.is_open


def test_two_unknown_goods_at_one_price_stay_two_lines(counter: ShopCounter) -> None:
    selling = counter.services.selling
    sundries = counter.catalogue.item("id-sundries")
    assert sundries is not None
    for code in ("5000159461122", "5000159461139", "5000159461139"):
        selling.add(Pending(sundries, code, unit_price_minor=100))
    assert [(line.code, line.quantity_milli) for line in selling.lines] == [
        ("5000159461122", 1000),
        ("5000159461139", 2000),
    ]


# --------------------------------------------------------- baskets without lines


def test_a_discount_with_nothing_in_the_basket_opens_none(counter: ShopCounter) -> None:
    with pytest.raises(DomainError, match="basket_empty"):
        counter.services.selling.discount_basket_percent(1000, SAM)
    assert counter.ledger.saved_basket() is None
    counter.services.sign_on.sign_off()


def test_a_return_of_nothing_opens_no_basket(counter: ShopCounter) -> None:
    number = counter.sell("5000128104517")
    sale = counter.ledger.sale_by_receipt(number)
    assert sale is not None
    with pytest.raises(DomainError, match="basket_empty"):
        counter.services.returns.add(sale.uuid, {})
    assert counter.ledger.saved_basket() is None


def test_a_return_of_a_line_that_is_not_on_the_receipt_is_refused(counter: ShopCounter) -> None:
    sale = counter.ledger.sale_by_receipt(counter.sell("5000128104517"))
    assert sale is not None
    with pytest.raises(DomainError, match="line_gone"):
        counter.services.returns.add(sale.uuid, {7: 1000})


def test_a_basket_without_lines_is_closed_when_the_money_went_back(counter: ShopCounter) -> None:
    selling, checkout = counter.services.selling, counter.services.checkout
    selling.scan("5000128104517")
    tender = checkout.pay_cash(100)
    selling.void_line(selling.lines[0].line_id)
    assert (selling.is_open, checkout.balance_minor) == (True, -100)
    with pytest.raises(DomainError, match="basket_empty"):
        checkout.complete()
    checkout.remove_tender(tender.tender_id)
    assert not selling.is_open
    assert counter.ledger.saved_basket() is None
    assert len(bodies(counter, "basket_voided")) == 1


def test_money_over_a_total_that_went_down_is_given_back(counter: ShopCounter) -> None:
    selling, checkout = counter.services.selling, counter.services.checkout
    selling.scan("5000128104517", 2000)
    checkout.pay_card(300)
    selling.set_quantity(selling.lines[0].line_id, 1000)
    assert checkout.balance_minor == -135
    with pytest.raises(DomainError, match="balance_open"):
        checkout.complete()
    checkout.refund(TenderKind.CASH, 135)
    sale = checkout.complete().sale
    assert [tender.amount_minor for tender in sale.tenders] == [300, -135]
    assert counter.services.reporting.read().expected_cash_minor == 10_000 - 135


# ------------------------------------------------------------------- approvals


def test_an_approval_comes_through_a_restart(tmp_path: Path) -> None:
    with open_counter(tmp_path) as counter:
        counter.begin_day()
        counter.services.selling.scan("5000128104517")
        counter.services.selling.discount_line(counter.services.selling.lines[0].line_id, 10, SAM)
    with open_counter(tmp_path) as counter:
        counter.sign_on()
        counter.services.checkout.pay_cash(155)
        assert counter.services.checkout.complete().sale.approved_by == SAM.staff_id


def test_an_approval_of_what_was_refused_is_not_kept(counter: ShopCounter) -> None:
    selling = counter.services.selling
    with pytest.raises(DomainError, match="line_gone"):
        selling.discount_line("gone", 10, SAM)
    selling.scan("5000128104517")
    with pytest.raises(DomainError, match="discount_too_large"):
        selling.discount_line(selling.lines[0].line_id, 999, SAM)
    counter.services.checkout.pay_cash(165)
    assert counter.services.checkout.complete().sale.approved_by is None


def test_an_approval_ends_with_its_basket(counter: ShopCounter) -> None:
    selling = counter.services.selling
    selling.scan("5000128104517")
    selling.discount_basket(10, SAM)
    selling.void_basket()
    assert b'"approved_by":"sam"' in bodies(counter, "basket_voided")[0]
    counter.sell("5000128104517")
    assert counter.ledger.latest_sales(1)[0].approved_by is None


def test_who_approved_cash_movements_and_the_close_is_on_record(counter: ShopCounter) -> None:
    counter.services.cash_control.move(MovementKind.PAID_OUT, 500, "window cleaner", SAM)
    counter.services.reporting.close_day({500: 19}, MORAG)
    assert b'"approved_by":"sam"' in bodies(counter, "drawer_movement")[0]
    assert b'"approved_by":"morag"' in bodies(counter, "z_report")[0]


# --------------------------------------------------------------- who may sell


def test_an_installer_sells_nothing_and_opens_no_day(tmp_path: Path) -> None:
    with open_counter(tmp_path) as counter:
        offer(counter, IAN)
        counter.sign_on(IAN, "4444")
        with pytest.raises(DomainError, match="not_permitted"):
            counter.services.cash_control.open_session(10_000)
        counter.begin_day()
        counter.sign_on(IAN, "4444")
        with pytest.raises(DomainError, match="not_permitted"):
            counter.services.selling.scan("5000128104517")
        assert not counter.services.selling.is_open


def test_an_installer_completes_no_sale_of_others(tmp_path: Path) -> None:
    with open_counter(tmp_path) as counter:
        offer(counter, IAN)
        counter.begin_day()
        counter.services.selling.scan("5000128104517")
        counter.services.checkout.pay_cash(165)
    with open_counter(tmp_path) as counter:
        counter.sign_on(IAN, "4444")
        with pytest.raises(DomainError, match="not_permitted"):
            counter.services.checkout.complete()
        counter.sign_on()
        assert counter.services.checkout.complete().sale.total_minor == 165


def test_a_colleague_takes_an_open_basket_over_only_as_a_supervisor(counter: ShopCounter) -> None:
    offer(counter, BEN)
    counter.services.selling.scan("5000128104517")
    with pytest.raises(DomainError, match="basket_of_other"):
        counter.sign_on(BEN, "5555")
    counter.services.sign_on.lock()
    with pytest.raises(DomainError, match="basket_of_other"):
        counter.sign_on(BEN, "5555")
    with pytest.raises(DomainError, match="not_signed_on"):
        counter.services.selling.scan("5000128104517")
    counter.sign_on(SAM, SUPERVISOR_PIN)
    counter.services.checkout.pay_cash(165)
    assert counter.services.checkout.complete().sale.operator_id == SAM.staff_id


def test_no_money_is_taken_or_given_at_a_locked_till(counter: ShopCounter) -> None:
    checkout = counter.services.checkout
    counter.services.selling.scan("5000128104517")
    tender = checkout.pay_cash(100)
    counter.services.sign_on.lock()
    for action in (lambda: checkout.pay_cash(65), lambda: checkout.remove_tender(tender.tender_id)):
        with pytest.raises(DomainError, match="not_signed_on"):
            action()
    assert checkout.balance_minor == 65


def test_a_question_comes_only_after_sign_on_and_opening_the_day(tmp_path: Path) -> None:
    with open_counter(tmp_path) as counter, pytest.raises(DomainError, match="not_signed_on"):
        counter.services.selling.scan("4100")


# -------------------------------------------------------------------- age checks


def test_an_age_check_names_the_basket_that_it_opens(counter: ShopCounter) -> None:
    selling = counter.services.selling
    selling.add(Pending(WINE, "wine"), age_confirmed=True)
    assert selling.basket is not None
    assert f'"basket_uuid":"{selling.basket.uuid}"'.encode() in bodies(counter, "age_check")[0]


def test_an_age_that_was_checked_holds_over_a_restart_and_ends_with_the_sale(tmp_path: Path) -> None:
    with open_counter(tmp_path) as counter:
        counter.begin_day()
        counter.services.selling.add(Pending(WINE, "wine"), age_confirmed=True)
    with open_counter(tmp_path) as counter:
        counter.sign_on()
        assert isinstance(counter.services.selling.scan("5010186016515"), Added)
        counter.services.checkout.pay_cash(2 * 875)
        assert counter.services.checkout.complete().sale.age_checked == 18
        assert isinstance(counter.services.selling.scan("5010186016515"), NeedsAgeCheck)


def test_goods_that_became_restricted_do_not_vanish_in_an_older_line(counter: ShopCounter) -> None:
    selling = counter.services.selling
    selling.scan("5000128104517")
    selling.add(Pending(replace(MILK, minimum_age=16), "milk"), age_confirmed=True)
    assert [line.minimum_age for line in selling.lines] == [0, 16]


# ------------------------------------------------------- shop, clock and currency


def test_a_sale_is_completed_though_the_catalogue_is_lost_meanwhile(counter: ShopCounter) -> None:
    counter.services.selling.scan("5000128104517")
    assert counter.services.checkout.suggestions_minor[0] == 165
    offer(counter, Gone("shop", "shop"))
    counter.services.checkout.pay_cash(165)
    assert counter.services.checkout.complete().sale.currency == "GBP"


def test_a_sale_in_another_currency_does_not_come_back(counter: ShopCounter) -> None:
    sale = counter.ledger.sale_by_receipt(counter.sell("5000128104517"))
    assert sale is not None
    offer(counter, replace(SHOP, currency=EUR))
    with pytest.raises(DomainError, match="currency_differs"):
        counter.services.returns.add(sale.uuid, {1: 1000})


def test_sales_after_midnight_belong_to_the_day_that_was_opened(counter: ShopCounter) -> None:
    counter.clock.go_on(10 * 3600)  # 00:32 on the 25th
    counter.sell("5000128104517")
    sale = counter.ledger.latest_sales(1)[0]
    assert (sale.business_date, sale.completed_at[:10]) == ("2026-11-24", "2026-11-25")
    assert counter.ledger.entries_after(0, 99, 10**6)[-1].business_date == "2026-11-24"
    counter.sign_on(MORAG, MANAGER_PIN)
    z = counter.services.reporting.close_day({})
    assert z.report.session.business_date == "2026-11-24"
    assert counter.services.cash_control.open_session(0).business_date == "2026-11-25"


def test_a_clock_that_goes_back_loses_no_sale_and_no_number(counter: ShopCounter) -> None:
    first = counter.sell("5000128104517")
    counter.clock.go_on(-90 * 60)
    second = counter.sell("5000128104517")
    assert (first, second) == ("2-000001", "2-000002")
    counter.sign_on(MORAG, MANAGER_PIN)
    assert counter.services.reporting.close_day({}).report.total_minor == 330
    moments = [entry.at for entry in counter.ledger.entries_after(0, 99, 10**6)]
    assert moments == sorted(moments)


def test_a_lock_out_lasts_no_longer_than_it_should_when_the_clock_goes_back(counter: ShopCounter) -> None:
    for _ in range(5):
        counter.services.sign_on.sign_on("aisha", "9999")
    counter.clock.go_on(-365 * 86_400)
    counter.services.sign_on.sign_on("aisha", CASHIER_PIN)
    counter.clock.go_on(31)
    assert counter.services.sign_on.sign_on("aisha", CASHIER_PIN) == SignedOn(AISHA)


def test_an_absurd_float_is_refused(tmp_path: Path) -> None:
    with open_counter(tmp_path) as counter:
        counter.sign_on()
        with pytest.raises(DomainError, match="amount_too_large"):
            counter.services.cash_control.open_session(10**12)
