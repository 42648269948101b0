import pytest

from tests.services.counter import MANAGER_PIN, MORAG, SAM, ShopCounter
from till_app.domain.errors import DomainError
from till_app.domain.session import MovementKind


def test_expected_cash_is_the_float_and_all_that_went_in_and_out(counter: ShopCounter) -> None:
    control = counter.services.cash_control
    control.move(MovementKind.LOAN, 2_000, "more change", SAM)
    control.move(MovementKind.PAID_IN, 300, "found in the drawer", SAM)
    control.move(MovementKind.PAID_OUT, 500, "window cleaner", SAM)
    control.move(MovementKind.PICK_UP, 4_000, "to the safe", SAM)
    counter.sell("5000128104517", given_minor=200)
    report = counter.services.reporting.read()
    assert report.expected_cash_minor == 10_000 + 2_000 + 300 - 500 - 4_000 + 165
    assert list(report.movements_minor.items()) == [
        (MovementKind.FLOAT, 10_000),
        (MovementKind.TENDER, 200),
        (MovementKind.CHANGE, -35),
        (MovementKind.LOAN, 2_000),
        (MovementKind.PICK_UP, -4_000),
        (MovementKind.PAID_IN, 300),
        (MovementKind.PAID_OUT, -500),
    ]


@pytest.mark.parametrize(
    ("amount_minor", "reason", "code"),
    [
        (0, "why", "amount_not_positive"),
        (-1, "why", "amount_not_positive"),
        (100_000_000, "why", "amount_too_large"),
        (100, "  ", "reason_missing"),
    ],
)
def test_a_movement_needs_an_amount_and_a_reason(
    counter: ShopCounter, amount_minor: int, reason: str, code: str
) -> None:
    with pytest.raises(DomainError, match=code):
        counter.services.cash_control.move(MovementKind.PAID_OUT, amount_minor, reason, SAM)
    assert counter.services.reporting.read().expected_cash_minor == 10_000
    assert counter.devices.asked == []


def test_cash_does_not_move_without_somebody_who_may(counter: ShopCounter) -> None:
    with pytest.raises(DomainError, match="approval_needed"):
        counter.services.cash_control.move(MovementKind.PAID_OUT, 100, "why")
    counter.services.sign_on.lock()
    with pytest.raises(DomainError, match="not_signed_on"):
        counter.services.cash_control.move(MovementKind.PAID_OUT, 100, "why", SAM)


def test_a_day_is_opened_once(counter: ShopCounter) -> None:
    with pytest.raises(DomainError, match="session_open"):
        counter.services.cash_control.open_session(0)


def test_no_float_is_below_zero(counter: ShopCounter) -> None:
    counter.sign_on(MORAG, MANAGER_PIN)
    counter.services.reporting.close_day({})
    with pytest.raises(DomainError, match="amount_negative"):
        counter.services.cash_control.open_session(-1)


def test_the_drawer_opens_only_when_cash_moves(counter: ShopCounter) -> None:
    counter.services.cash_control.move(MovementKind.PICK_UP, 100, "to the safe", SAM)
    assert counter.devices.asked == ["drawer", "wake"]


def test_nothing_is_moved_before_the_day_is_open_or_after_it_is_closed(counter: ShopCounter) -> None:
    counter.sign_on(MORAG, MANAGER_PIN)
    counter.services.reporting.close_day({})
    for action in (
        lambda: counter.services.cash_control.move(MovementKind.PAID_IN, 100, "why"),
        lambda: counter.services.cash_control.no_sale("why"),
        counter.services.reporting.read,
        lambda: counter.services.selling.scan("5000128104517"),
    ):
        with pytest.raises(DomainError, match="no_session"):
            action()


@pytest.mark.parametrize("count", [{500: -1}, {-500: 1}, {0: 1}])
def test_a_count_of_less_than_nothing_is_refused_and_the_day_stays_open(
    counter: ShopCounter, count: dict[int, int]
) -> None:
    with pytest.raises(DomainError, match="count_negative"):
        counter.services.reporting.close_day(count, MORAG)
    assert counter.services.workplace.session is not None


def test_the_day_is_not_closed_over_an_open_basket(counter: ShopCounter) -> None:
    counter.services.selling.scan("5000128104517")
    with pytest.raises(DomainError, match="basket_open"):
        counter.services.reporting.close_day({}, MORAG)


def test_a_z_counts_the_facts_of_its_own_session_though_all_happened_in_one_moment(
    counter: ShopCounter,
) -> None:
    counter.sign_on(MORAG, MANAGER_PIN)
    counter.sell("5000128104517")
    first = counter.services.reporting.close_day({})
    counter.services.cash_control.open_session(5_000)
    counter.sell("mints")
    counter.sell("mints")
    second = counter.services.reporting.close_day({})
    assert [z.report.total_minor for z in (first, second)] == [165, 120]
    assert [z.report.transaction_count for z in (first, second)] == [1, 2]
    assert (second.report.first_receipt, second.report.last_receipt) == ("2-000002", "2-000003")
    assert [z.grand_total_minor for z in (first, second)] == [165, 285]
    assert second.report.expected_cash_minor == 5_120
    assert second.journal_first_seq > first.journal_last_seq + 1  # the first Z is of neither
    assert second.unsent_count == second.journal_last_seq
    counter.ledger.acknowledge(second.journal_last_seq)
    counter.services.cash_control.open_session(0)
    assert (
        counter.services.reporting.close_day({}).unsent_count == 5
    )  # the second Z, the opening, the drawer open for its float, and the till's health at both
