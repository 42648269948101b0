"""Who is old enough: the birth date that a minimum age asks for."""

from datetime import date


def latest_birth_date(today: date, minimum_age: int) -> date:
    """The last date of birth that makes somebody `minimum_age` today.

    Somebody born on 29 February comes of age on 1 March of a common year (England and Wales).
    """
    try:
        return today.replace(year=today.year - minimum_age)
    except ValueError:
        return date(today.year - minimum_age, 2, 28)
