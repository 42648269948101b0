import pytest

from tests.services.counter import ShopCounter
from tests.services.full_disk import full_disk
from till_app.domain.errors import DomainError
from till_app.services.ports import LedgerUnavailable


def test_copies_are_counted_for_each_receipt_and_open_no_drawer(counter: ShopCounter) -> None:
    first, second = counter.sell("5000128104517"), counter.sell("mints")
    counter.devices.asked.clear()
    marks = []
    for number in (first, first, second):
        sale = counter.ledger.sale_by_receipt(number)
        assert sale is not None
        marks.append(counter.services.reprints.reprint(sale).document.split(b"COPY ")[1][:1])
    assert marks == [b"1", b"2", b"1"]
    assert counter.devices.asked == ["wake"] * 3
    bodies = [e.body for e in counter.ledger.entries_after(0, 99, 10**6) if e.kind == "reprint"]
    assert bodies[1] == b'{"document":"2-000001","copy_number":2,"operator_id":"aisha"}'


def test_a_copy_that_could_not_be_recorded_is_not_printed_or_counted(counter: ShopCounter) -> None:
    number = counter.sell("5000128104517")
    sale = counter.ledger.sale_by_receipt(number)
    assert sale is not None
    with full_disk(counter.ledger), pytest.raises(LedgerUnavailable):
        counter.services.reprints.reprint(sale)
    assert len(counter.ledger.open_jobs()) == 1
    assert b"COPY 1" in counter.services.reprints.reprint(sale).document


def test_nobody_reprints_at_a_locked_till(counter: ShopCounter) -> None:
    sale = counter.ledger.sale_by_receipt(counter.sell("5000128104517"))
    assert sale is not None
    counter.services.sign_on.lock()
    with pytest.raises(DomainError, match="not_signed_on"):
        counter.services.reprints.reprint(sale)
