"""Whole receipts and reports as the paper carries them."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from hardware.document import from_json
from hardware.text_cleaning import text_width
from hardware.text_layout import render_text
from tests.services.counter import (
    CHEDDAR,
    MANAGER_PIN,
    MILK,
    MORAG,
    SAM,
    WINE,
    ShopCounter,
    open_counter,
)
from till_app.domain.currency import GBP
from till_app.domain.session import MovementKind
from till_app.domain.tender import TenderKind
from till_app.services.receipts import ReceiptWriter
from till_app.services.report_printouts import ReportWriter
from till_app.services.scanning import Pending
from till_app.ui.formatting import Formatter

IN_LONDON_IN_WINTER = Formatter(GBP, zone=dt.UTC)


def receipt_text(counter: ShopCounter, columns: int = 42) -> str:
    """Of the latest sale."""
    writer = ReceiptWriter(counter.services.workplace, IN_LONDON_IN_WINTER, str)
    return render_text(writer.document(counter.ledger.latest_sales(1)[0]), columns)


@contextmanager
def after_a_trade(folder: Path) -> Iterator[ShopCounter]:
    """Two kinds of VAT, a weight, discounts, a card and cash; then half of it comes back."""
    with open_counter(folder) as counter:
        counter.begin_day()
        selling, checkout = counter.services.selling, counter.services.checkout
        selling.scan("5000128104517", 2000)
        selling.add(Pending(CHEDDAR, "4100", 412))
        selling.add(Pending(WINE, "wine"), age_confirmed=True)
        selling.discount_line_percent(selling.lines[2].line_id, 1000, SAM)
        checkout.pay_card(500, "AUTH 123456")
        checkout.pay_cash(2000)
        checkout.complete()
        yield counter


def give_back_half(counter: ShopCounter) -> None:
    sale = counter.ledger.latest_sales(1)[0]
    counter.services.returns.add(sale.uuid, {1: 1000, 3: 1000})
    counter.services.checkout.refund(TenderKind.CASH, 165 + 787)
    counter.services.checkout.complete()


def test_a_receipt_says_all_that_a_vat_receipt_must(tmp_path: Path) -> None:
    with after_a_trade(tmp_path) as counter:
        assert receipt_text(counter) == (
            "           High Street Grocers\n"
            "              1 High Street\n"
            "              Leeds LS1 1AA\n"
            "          VAT No. GB 123 4567 82\n"
            "------------------------------------------\n"
            "Semi-skimmed milk 2L                3.30 Z\n"
            "  2 × £1.65\n"
            "Mature cheddar                      3.91 Z\n"
            "  0.412 kg × £9.50/kg\n"
            "Red wine 75cl                       8.75 A\n"
            "  Discount                           −0.88\n"
            "------------------------------------------\n"
            "TOTAL                               £15.08\n"
            "Card AUTH 123456                     £5.00\n"
            "Cash                                £20.00\n"
            "Change                               £9.92\n"
            "             You saved £0.88\n"
            "\n"
            "VAT     Rate     Gross       Net       VAT\n"
            "A       20\u00a0%      7.87      6.56      1.31\n"
            "Z        0\u00a0%      7.21      7.21      0.00\n"
            "\n"
            "Receipt                           2-000001\n"
            "Date                     24 Nov 2026 14:32\n"
            "Till                                     2\n"
            "Served by                            Aisha\n"
            "               *RN2-000001*\n"
            "                Thank you\n"
        )


def test_a_refund_says_so_and_where_the_goods_came_from(tmp_path: Path) -> None:
    with after_a_trade(tmp_path) as counter:
        give_back_half(counter)
        assert receipt_text(counter, 32) == (
            "      High Street Grocers\n"
            "         1 High Street\n"
            "         Leeds LS1 1AA\n"
            "     VAT No. GB 123 4567 82\n"
            "             REFUND\n"
            "--------------------------------\n"
            "Semi-skimmed milk 2L     −1.65 Z\n"
            "  from receipt 2-000001\n"
            "Red wine 75cl            −7.87 A\n"
            "  from receipt 2-000001\n"
            "--------------------------------\n"
            "TOTAL                     −£9.52\n"
            "Cash refund               −£9.52\n"
            "\n"
            "VAT  Rate  Gross     Net     VAT\n"
            "A    20\u00a0%  −7.87   −6.56   −1.31\n"
            "Z     0\u00a0%  −1.65   −1.65    0.00\n"
            "\n"
            "Receipt                 2-000002\n"
            "Date           24 Nov 2026 14:32\n"
            "Till                           2\n"
            "Served by                  Aisha\n"
            "          *RN2-000002*\n"
            "           Thank you\n"
        )


X_FIGURES = (
    "Sales, 1                            £15.08\n"
    "Returns, 1                          −£9.52\n"
    "Total                                £5.56\n"
    "Discounts                           −£0.88\n"
    "Lines voided                             0\n"
    "Baskets voided                           0\n"
    "No sales                                 1\n"
    "Receipts               2-000001 … 2-000002\n"
    "\n"
    "VAT     Rate     Gross       Net       VAT\n"
    "A       20\u00a0%      0.00      0.00      0.00\n"
    "Z        0\u00a0%      5.56      5.56      0.00\n"
    "\n"
    "Cash, 2                              £0.56\n"
    "Card, 1                              £5.00\n"
    "------------------------------------------\n"
    "Float                              £100.00\n"
    "Cash taken                          £20.00\n"
    "Change given                        −£9.92\n"
    "Cash refunds                        −£9.52\n"
    "Paid out                            −£5.00\n"
)
HEAD = (
    "           High Street Grocers\n"
    "              1 High Street\n"
    "              Leeds LS1 1AA\n"
    "          VAT No. GB 123 4567 82\n"
)


@pytest.mark.parametrize("columns", [32, 42, 48, 64])
def test_reports_of_a_day_with_and_without_sales_fit_every_paper(tmp_path: Path, columns: int) -> None:
    with open_counter(tmp_path) as counter:
        counter.sign_on(MORAG, MANAGER_PIN)
        for is_busy in (False, True):
            counter.services.cash_control.open_session(10_000)
            if is_busy:
                counter.sell("mints", given_minor=5000)
            services = counter.services
            writer = ReportWriter(services.workplace, IN_LONDON_IN_WINTER, str)
            x = writer.x_report(services.reporting.read(), "2026-11-24T17:45:00.000000Z", "Morag")
            z = writer.z_report(services.reporting.close_day({5000: 2, 20: 3 * is_busy}))
            for report in (x, z):
                lines = render_text(from_json(report), columns).splitlines()
                assert all(text_width(line) <= columns for line in lines)
                assert (
                    any(line.startswith("Expected") and line.endswith("£100.60") for line in lines) is is_busy
                )


def test_x_and_z_say_the_day(tmp_path: Path) -> None:
    with after_a_trade(tmp_path) as counter:
        give_back_half(counter)
        counter.sign_on(MORAG, MANAGER_PIN)
        counter.services.cash_control.no_sale("change for the bus")
        counter.services.cash_control.move(MovementKind.PAID_OUT, 500, "window cleaner")
        writer = ReportWriter(counter.services.workplace, IN_LONDON_IN_WINTER, str)
        x = writer.x_report(counter.services.reporting.read(), "2026-11-24T17:45:00.000000Z", "Morag")
        session = (
            "------------------------------------------\n"
            "Till                                     2\n"
            "Session                                  1\n"
            "Business date                  24 Nov 2026\n"
            "Opened                   24 Nov 2026 14:32\n"
        )
        assert render_text(from_json(x), 42) == (
            HEAD + "                 X REPORT\n" + session + "Read                     24 Nov 2026 17:45\n"
            "By                                   Morag\n"
            "------------------------------------------\n"
            + X_FIGURES
            + "Expected in drawer                  £95.56\n"
        )
        counter.clock.go_on(3 * 3600 + 28 * 60)
        z = counter.services.reporting.close_day({5000: 1, 2000: 2, 500: 1, 20: 3})
        assert render_text(from_json(writer.z_report(z)), 42) == (
            HEAD + "                Z REPORT 1\n" + session + "Closed                   24 Nov 2026 18:00\n"
            "By                                   Morag\n"
            "------------------------------------------\n"
            + X_FIGURES
            + "------------------------------------------\n"
            "1 × £50.00                          £50.00\n"
            "2 × £20.00                          £40.00\n"
            "1 × £5.00                            £5.00\n"
            "3 × £0.20                            £0.60\n"
            "Counted                             £95.60\n"
            "Expected                            £95.56\n"
            "Over                                 £0.04\n"
            "------------------------------------------\n"
            "Grand total                          £5.56\n"
            f"Journal                               2–{z.journal_last_seq}\n"
            f"Not yet sent                            {z.unsent_count}\n"
            "2 sales, 0 at the hub, 2 to be sent, chain\nintact\n"
            f"Chain {z.chain_head[:16]}\n"
        )


def test_goods_that_cost_nothing_any_more_are_on_the_receipt(counter: ShopCounter) -> None:
    counter.services.selling.scan("5000128104517")
    counter.services.selling.discount_basket_percent(10_000, SAM)
    counter.services.checkout.complete()
    lines = receipt_text(counter, 32).splitlines()
    assert lines[5:8] == [
        "Semi-skimmed milk 2L      1.65 Z",
        "  Discount                 −1.65",
        "--------------------------------",
    ]
    assert "TOTAL                      £0.00" in lines
    assert [line.split() for line in lines if line.startswith("Z ")] == [
        ["Z", "0", "%", "0.00", "0.00", "0.00"]
    ]
    assert "drawer" not in counter.devices.asked


@pytest.mark.parametrize("columns", [32, 42, 48])
@pytest.mark.parametrize(
    "name",
    [
        "Extra special slow-matured farmhouse Double Gloucester with chives and onion, 350 g",
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
        "\x1b@reset\x00me\u202eback\nand on",
        "חלב מלא 1 ליטר",
        "牛乳 一リットル パック 北海道産 特選 低温殺菌",
        "",
    ],
)
def test_no_name_breaks_the_paper_or_the_price(counter: ShopCounter, name: str, columns: int) -> None:
    counter.catalogue.apply([replace(MILK, name=name)], "epoch:2")
    counter.sell("5000128104517")
    lines = receipt_text(counter, columns).splitlines()
    assert all(text_width(line) <= columns for line in lines)
    assert all(line.isprintable() or "\u00a0" in line for line in lines)
    first, last = 5, lines.index("-" * columns, 5) - 1
    assert lines[last].endswith(" 1.65 Z")
    assert all("1.65" not in line for line in lines[first:last])


def test_an_exchange_shows_both_ways_and_is_no_refund(counter: ShopCounter) -> None:
    counter.sell("5000128104517")
    counter.services.returns.add(counter.ledger.latest_sales(1)[0].uuid, {1: 1000})
    counter.services.selling.scan("mints", 4000)
    counter.services.checkout.pay_cash(75)
    counter.services.checkout.complete()
    text = receipt_text(counter)
    assert "REFUND" not in text
    assert "Semi-skimmed milk 2L               −1.65 Z\n  from receipt 2-000001\n" in text
    assert "Mints                               2.40 A\n  4 × £0.60\n" in text


def test_what_comes_back_for_less_than_its_price_shows_no_price_a_piece(counter: ShopCounter) -> None:
    counter.services.selling.scan("5000128104517", 3000)
    counter.services.selling.discount_basket(95, SAM)
    counter.services.checkout.pay_cash(400)
    sale = counter.services.checkout.complete().sale
    counter.services.returns.add(sale.uuid, {1: 2000})
    counter.services.checkout.refund(TenderKind.CASH, 267)
    counter.services.checkout.complete()
    assert "Semi-skimmed milk 2L               −2.67 Z\n  −2\n  from" in receipt_text(counter)


def test_each_copy_says_its_number_its_time_and_who_made_it(counter: ShopCounter) -> None:
    counter.sell("5000128104517")
    sale = counter.ledger.latest_sales(1)[0]
    writer = ReceiptWriter(counter.services.workplace, IN_LONDON_IN_WINTER, str)
    first, second = (
        render_text(from_json(writer.copy(sale, number, "2026-11-24T16:20:00.000000Z", "Sam")), 42)
        for number in (1, 2)
    )
    assert "                  COPY 1\n         24 Nov 2026 16:20 · Sam\n" in first
    assert first.replace("COPY 1", "COPY 2") == second
    assert receipt_text(counter) == first.replace(
        "                  COPY 1\n         24 Nov 2026 16:20 · Sam\n", ""
    )
