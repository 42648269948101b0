"""Laws that hold whatever is done at the counter, in whatever order, on a disk that fails at times."""

from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.services.counter import CHEDDAR, MANAGER_PIN, MORAG, WINE, ShopCounter, open_counter
from tests.services.full_disk import full_disk
from till_app.domain.errors import DomainError
from till_app.domain.journal import is_intact
from till_app.domain.tender import TenderKind
from till_app.services.ports import LedgerUnavailable
from till_app.services.scanning import Pending

Action = Callable[[ShopCounter, int], object]


def _line_id(counter: ShopCounter, number: int) -> str:
    lines = counter.services.selling.lines
    return lines[number % len(lines)].line_id if lines else "none"


def _give_back(counter: ShopCounter, number: int) -> None:
    sales = counter.ledger.latest_sales(5)
    if sales:
        sale = sales[number % len(sales)]
        counter.services.returns.add(sale.uuid, {1 + number % 3: 1000 * (1 + number % 2)})


def _take_back(counter: ShopCounter, number: int) -> None:
    tenders = counter.services.selling.tenders
    counter.services.checkout.remove_tender(tenders[number % len(tenders)].tender_id if tenders else "none")


def _settle_and_complete(counter: ShopCounter, number: int) -> None:
    checkout = counter.services.checkout
    if checkout.balance_minor > 0:
        checkout.pay_cash(checkout.balance_minor + number)
    elif checkout.balance_minor < 0:
        checkout.refund(TenderKind.CASH, -checkout.balance_minor)
    checkout.complete()


ACTIONS: dict[str, Action] = {
    "milk": lambda c, n: c.services.selling.scan("5000128104517", (1 + n % 4) * 1000),
    "cheddar": lambda c, n: c.services.selling.add(Pending(CHEDDAR, "4100", 1 + n)),
    "wine": lambda c, n: c.services.selling.add(Pending(WINE, "wine"), age_confirmed=n % 2 == 0),
    "quantity": lambda c, n: c.services.selling.set_quantity(_line_id(c, n), n % 7 * 1000),
    "price": lambda c, n: c.services.selling.set_unit_price(_line_id(c, n), n),
    "line discount": lambda c, n: c.services.selling.discount_line_percent(_line_id(c, n), n * 10),
    "basket discount": lambda c, n: c.services.selling.discount_basket(n),
    "void line": lambda c, n: c.services.selling.void_line(_line_id(c, n)),
    "void basket": lambda c, n: c.services.selling.void_basket(),
    "return": _give_back,
    "cash": lambda c, n: c.services.checkout.pay_cash(n),
    "card": lambda c, n: c.services.checkout.pay_card(n),
    "refund": lambda c, n: c.services.checkout.refund(TenderKind.CARD, n),
    "take back": _take_back,
    "pay": _settle_and_complete,
}


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(ACTIONS)), st.integers(0, 999), st.sampled_from([None, None, 0, 1])),
        min_size=5,
        max_size=40,
    )
)
def test_what_is_shown_is_what_is_saved_and_every_penny_is_accounted_for(
    trade: list[tuple[str, int, int | None]],
) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        with open_counter(folder) as counter:
            counter.sign_on(MORAG, MANAGER_PIN)
            counter.services.cash_control.open_session(10_000)
            for action, number, commits_before_full in trade:
                with ExitStack() as disk:
                    if commits_before_full is not None:
                        disk.enter_context(full_disk(counter.ledger, commits_before=commits_before_full))
                    with suppress(DomainError, LedgerUnavailable):
                        ACTIONS[action](counter, number)
                _check_open_basket(counter)
            _check_books(counter)
        with open_counter(folder) as counter:
            _check_open_basket(counter)
            _check_books(counter)


def _check_open_basket(counter: ShopCounter) -> None:
    saved, selling = counter.ledger.saved_basket(), counter.services.selling
    if selling.basket is None:
        assert saved is None
        return
    assert saved is not None
    assert selling.basket.all_lines, "an open basket holds something, if only a voided line"
    assert saved.basket.all_lines == selling.basket.all_lines
    assert (saved.basket.uuid, saved.basket.age_checked) == (selling.basket.uuid, selling.basket.age_checked)
    assert saved.tenders == selling.tenders
    assert selling.lines or selling.tenders, "what has neither is closed"


def _check_books(counter: ShopCounter) -> None:
    sales = counter.ledger.latest_sales(999)[::-1]
    assert [sale.counter for sale in sales] == list(range(1, len(sales) + 1))
    total_minor = sum(sale.total_minor for sale in sales)
    cash_minor = sum(
        tender.amount_minor for sale in sales for tender in sale.tenders if tender.kind is TenderKind.CASH
    )
    report = counter.services.reporting.read()
    assert (report.total_minor, counter.ledger.grand_total_minor()) == (total_minor, total_minor)
    assert report.expected_cash_minor == 10_000 + cash_minor
    assert sum(tax.gross_minor for tax in report.tax_lines) == total_minor
    for sale in sales:
        returned = counter.ledger.returned(sale.uuid)
        for line in sale.lines:
            back = returned.get(line.line_number)
            if back is not None:
                assert 0 <= back.quantity_milli <= line.quantity_milli
                assert 0 <= back.gross_minor <= line.gross_minor
                assert 0 <= back.tax_minor <= line.tax_minor
    entries = counter.ledger.entries_after(0, 9_999, 10**9)
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    assert all(is_intact("till-uuid", entry) for entry in entries)
    assert [entry.kind for entry in entries].count("sale") == len(sales)
    assert [job.title for job in counter.ledger.open_jobs()] == [
        f"Receipt {sale.receipt_number}" for sale in sales
    ]
