"""What the hub wants printed above and below, besides the shop's own words."""

import pytest

from tests.services.chain_shop import apply
from tests.services.counter import ShopCounter
from till_app.domain.catalogue import ReceiptText, TextPlace, Validity
from till_app.services.printed_text import printed_text

TEXTS = (
    ReceiptText("b", TextPlace.FOOTER, 2, "www.example.org"),
    ReceiptText("a", TextPlace.FOOTER, 1, "Open on Sundays\nfrom ten"),
    ReceiptText("c", TextPlace.HEADER, 1, "Now in Leeds"),
    ReceiptText("d", TextPlace.FOOTER, 3, "Merry Christmas", Validity("2026-12-01", "2026-12-26")),
    ReceiptText("e", TextPlace.HEADER, 2, "Black Friday week", Validity("2026-11-23", "2026-11-29")),
)


@pytest.fixture
def lines(counter: ShopCounter) -> list[str]:
    """Of a receipt of 24 November."""
    apply(counter, *TEXTS)
    counter.sell("milk")
    text = printed_text(counter.services.receipts.receipt(counter.ledger.latest_sales(1)[0]))
    return [line.strip() for line in text.splitlines() if line.strip()]


def test_headers_stand_below_the_shops_own_in_their_order(lines: list[str]) -> None:
    first = lines.index("Now in Leeds")
    assert lines[first + 1] == "Black Friday week"
    assert lines.index("VAT No. GB 123 4567 82") < first


def test_footers_stand_below_the_shops_own_in_their_order_each_line_of_them(lines: list[str]) -> None:
    assert lines[-4:] == ["Thank you", "Open on Sundays", "from ten", "www.example.org"]


def test_a_text_of_another_time_is_not_printed(lines: list[str]) -> None:
    assert "Merry Christmas" not in lines


def test_a_copy_says_what_the_receipt_said(counter: ShopCounter) -> None:
    apply(counter, *TEXTS)
    counter.sell("milk")
    sale = counter.ledger.latest_sales(1)[0]
    counter.clock.go_on(14 * 86_400)
    copy = printed_text(counter.services.receipts.copy(sale, 1, counter.services.workplace.now_text(), "Sam"))
    assert "Black Friday week" in copy
    assert "Merry Christmas" not in copy
