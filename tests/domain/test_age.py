from datetime import date

import pytest

from till_app.domain.age import latest_birth_date


@pytest.mark.parametrize(
    ("today", "born"),
    [
        (date(2026, 11, 24), date(2008, 11, 24)),
        (date(2026, 2, 28), date(2008, 2, 28)),
        (date(2026, 3, 1), date(2008, 3, 1)),
    ],
)
def test_eighteen_today_is_old_enough(today: date, born: date) -> None:
    assert latest_birth_date(today, 18) == born


def test_on_a_leap_day_of_a_year_whose_birth_year_has_none() -> None:
    assert latest_birth_date(date(2028, 2, 29), 18) == date(2010, 2, 28)
