"""Currencies as terminals name them (ISO 4217 numbers), and amounts as they print them."""

_NUMBERS = {
    "AUD": "036",
    "BGN": "975",
    "CAD": "124",
    "CHF": "756",
    "CZK": "203",
    "DKK": "208",
    "EUR": "978",
    "GBP": "826",
    "HUF": "348",
    "NOK": "578",
    "NZD": "554",
    "PLN": "985",
    "RON": "946",
    "SEK": "752",
    "USD": "840",
}
"""All have two decimals."""


def currency_number(code: str) -> str | None:
    """`826` for `GBP`; None for a currency that no driver here has been built for."""
    return _NUMBERS.get(code)


def printed_amount(amount_minor: int, currency: str) -> str:
    """`12.34 GBP`, as a terminal's own receipt has it; not for the till's papers and screens."""
    sign = "-" if amount_minor < 0 else ""
    return f"{sign}{abs(amount_minor) // 100}.{abs(amount_minor) % 100:02d} {currency}"
