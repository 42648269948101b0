import uuid
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from till_app.domain.age import latest_birth_date
from till_app.domain.barcode import ReceiptCode, parse_barcode
from till_app.domain.ids import new_uuid7, receipt_barcode, receipt_number
from till_app.domain.times import from_text, to_text

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
moments = st.integers(0, 7 * 10**15).map(
    lambda us: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=us)
)


def test_an_id_is_a_version_7_uuid_of_its_millisecond() -> None:
    made = uuid.UUID(new_uuid7(NOON))
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert made.int >> 80 == int(NOON.timestamp() * 1000)


def test_ids_of_later_milliseconds_sort_later() -> None:
    ids = [new_uuid7(NOON + timedelta(milliseconds=count)) for count in range(500)]
    assert all(earlier < later for earlier, later in pairwise(ids))


def test_ids_of_one_moment_are_all_different() -> None:
    assert len({new_uuid7(NOON) for _ in range(10_000)}) == 10_000


@pytest.mark.parametrize(
    ("till_code", "counter", "number"),
    [("2", 1, "2-000001"), ("2", 4182, "2-004182"), ("12", 1_000_000, "12-1000000")],
)
def test_a_receipt_number_names_till_and_counter_and_its_barcode_leads_back(
    till_code: str, counter: int, number: str
) -> None:
    assert receipt_number(till_code, counter) == number
    barcode = receipt_barcode(number)
    assert parse_barcode(barcode) == ReceiptCode(barcode, number)


@given(moments)
def test_a_moment_comes_back_from_its_text(moment: datetime) -> None:
    assert from_text(to_text(moment)) == moment


@given(moments, moments)
def test_text_order_is_time_order(one: datetime, other: datetime) -> None:
    assert (one < other) == (to_text(one) < to_text(other))


def test_moments_are_kept_in_utc_to_the_microsecond() -> None:
    in_summer = datetime(2026, 7, 1, 9, 30, tzinfo=timezone(timedelta(hours=1)))
    assert to_text(in_summer) == "2026-07-01T08:30:00.000000Z"
    assert from_text("2026-07-01T09:30:00+01:00") == in_summer


def test_a_moment_without_a_zone_is_refused_both_ways() -> None:
    with pytest.raises(ValueError, match="time zone"):
        to_text(NOON.replace(tzinfo=None))
    with pytest.raises(ValueError, match="time zone"):
        from_text("2026-07-01T08:30:00")


@pytest.mark.parametrize(
    ("today", "minimum_age", "born"),
    [
        (date(2026, 11, 24), 18, date(2008, 11, 24)),
        (date(2026, 2, 28), 18, date(2008, 2, 28)),  # born on the 29th: not before 1 March
        (date(2026, 3, 1), 18, date(2008, 3, 1)),
        (date(2028, 2, 29), 18, date(2010, 2, 28)),
    ],
)
def test_who_is_old_enough_today(today: date, minimum_age: int, born: date) -> None:
    assert latest_birth_date(today, minimum_age) == born
