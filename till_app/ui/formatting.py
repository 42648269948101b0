"""The one place where numbers and moments become words, and typed words become numbers."""

import datetime as dt
import re

from PySide6.QtCore import QDate, QLocale, QTime

from till_app.domain.currency import Currency
from till_app.ui.translation import tr

_CONTEXT = "Moments"
MINUS = "−"
NO_BREAK_SPACE = "\u00a0"
_DIGITS_ONLY = re.compile(r"[0-9]+")
_DECIMAL = re.compile(r"([0-9]*)[.,]([0-9]*)")
MOST_TYPED_DIGITS = 9
"""Longer than any amount or quantity at a counter: a scan that lands in a field is not an amount."""
MOST_RATE_BP = 10_000


class Formatter:
    """Words for amounts, quantities, rates and moments in one currency, locale and time zone."""

    def __init__(
        self, currency: Currency, locale: QLocale | None = None, zone: dt.tzinfo | None = None
    ) -> None:
        """`zone` None: the computer's own."""
        self._currency = currency
        self._locale = locale or QLocale("en_GB")
        self._zone = zone

    @property
    def currency(self) -> Currency:
        return self._currency

    def use(self, currency: Currency) -> None:
        """That of the shop, once a new till has loaded it."""
        self._currency = currency

    def amount(self, amount_minor: int) -> str:
        """`£2,418.37`, `−£1.45`."""
        return self._signed(amount_minor, self._currency.symbol)

    def amount_plain(self, amount_minor: int) -> str:
        """Without the symbol, for columns: `2,418.37`."""
        return self._signed(amount_minor, "")

    def amount_short(self, amount_minor: int) -> str:
        """Notes and suggestions: `£20` when there are no pennies, else `£12.06`."""
        unit = 10**self._currency.digits
        if amount_minor % unit:
            return self.amount(amount_minor)
        sign = MINUS if amount_minor < 0 else ""
        return f"{sign}{self._currency.symbol}{self._locale.toString(abs(amount_minor) // unit)}"

    def denomination(self, amount_minor: int) -> str:
        """As people name a note or coin: `£20`, `50p`."""
        if self._currency.minor_symbol and 0 < amount_minor < 10**self._currency.digits:
            return f"{amount_minor}{self._currency.minor_symbol}"
        return self.amount_short(amount_minor)

    def _signed(self, amount_minor: int, symbol: str) -> str:
        whole, fraction = divmod(abs(amount_minor), 10**self._currency.digits)
        sign = MINUS if amount_minor < 0 else ""
        text = f"{sign}{symbol}{self._locale.toString(whole)}"
        if self._currency.digits:
            text += f"{self._locale.decimalPoint()}{fraction:0{self._currency.digits}d}"
        return text

    def quantity(self, quantity_milli: int) -> str:
        """`2` for two of something, `0.412` for a weight: thousandths are shown all or not at all."""
        whole, fraction = divmod(abs(quantity_milli), 1000)
        sign = MINUS if quantity_milli < 0 else ""
        text = f"{sign}{self._locale.toString(whole)}"
        return f"{text}{self._locale.decimalPoint()}{fraction:03d}" if fraction else text

    def weight(self, weight_grams: int) -> str:
        """`0.412 kg`, `2.000 kg`: always to the gram, as a scale shows it."""
        whole, fraction = divmod(weight_grams, 1000)
        digits = f"{self._locale.toString(whole)}{self._locale.decimalPoint()}{fraction:03d}"
        return f"{digits}{NO_BREAK_SPACE}kg"

    def percent(self, rate_bp: int) -> str:
        """Basis points: 2000 is `20 %`, 1750 is `17.5 %`."""
        whole, fraction = divmod(abs(rate_bp), 100)
        sign = MINUS if rate_bp < 0 else ""
        digits = f"{fraction:02d}".rstrip("0")
        decimals = f"{self._locale.decimalPoint()}{digits}" if digits else ""
        return f"{sign}{whole}{decimals}{NO_BREAK_SPACE}%"

    def time(self, moment: dt.datetime) -> str:
        """`14:32`, local time of an aware moment."""
        local = self._local(moment)
        return self._locale.toString(
            QTime(local.hour, local.minute, local.second), QLocale.FormatType.ShortFormat
        )

    def date(self, moment: dt.datetime) -> str:
        """`24 Nov 2026`, local date of an aware moment."""
        return self.day(self._local(moment).date())

    def day(self, day: dt.date) -> str:
        """`24 Nov 2026`, of a date that has no zone, such as a business date."""
        return self._locale.toString(QDate(day.year, day.month, day.day), "d MMM yyyy")

    def date_and_time(self, moment: dt.datetime) -> str:
        return f"{self.date(moment)} {self.time(moment)}"

    def age(self, moment: dt.datetime, now: dt.datetime) -> str:
        """`moments ago`, `5 min ago`, `3 h ago`, `2 days ago`; a moment to come counts as now."""
        minutes = round((now - moment).total_seconds()) // 60
        if minutes < 2:
            return tr(_CONTEXT, "moments ago")
        if minutes < 120:
            return tr(_CONTEXT, "{count} min ago").format(count=minutes)
        if minutes < 48 * 60:
            return tr(_CONTEXT, "{count} h ago").format(count=minutes // 60)
        return tr(_CONTEXT, "{count} days ago").format(count=self.count(minutes // 1440))

    def span(self, seconds: int) -> str:
        """How long, whatever its sign: `40 seconds`, `3 minutes`, `2 hours`, `5 days`."""
        seconds = abs(seconds)
        if seconds < 120:
            return tr(_CONTEXT, "{count} seconds").format(count=seconds)
        if seconds < 7200:
            return tr(_CONTEXT, "{count} minutes").format(count=seconds // 60)
        if seconds < 172_800:
            return tr(_CONTEXT, "{count} hours").format(count=seconds // 3600)
        return tr(_CONTEXT, "{count} days").format(count=self.count(seconds // 86_400))

    def count(self, number: int) -> str:
        """`12,500`."""
        return self._locale.toString(number)

    def _local(self, moment: dt.datetime) -> dt.datetime:
        if moment.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return moment.astimezone(self._zone)


def parse_keyed_amount(text: str, currency: Currency) -> int | None:
    """An amount as it is keyed: figures alone count minor units (`1250` is £12.50), a point is taken as read.

    None when it is no amount: letters, two points, more decimals than the currency has, too long.
    """
    cleaned = text.strip().removeprefix(currency.symbol)
    if _DIGITS_ONLY.fullmatch(cleaned):
        return int(cleaned) if len(cleaned) <= MOST_TYPED_DIGITS else None
    return _parse_decimal(cleaned, currency.digits)


def parse_quantity(text: str) -> int | None:
    """Thousandths of a unit: `3` is 3000, `0.412` is 412; None when it is no quantity."""
    return _parse_decimal(text.strip(), 3)


def parse_percent(text: str) -> int | None:
    """Basis points: `10` is 1000, `12.5` is 1250; None when it is no rate or more than 100 %."""
    rate_bp = _parse_decimal(text.strip(), 2)
    return rate_bp if rate_bp is not None and rate_bp <= MOST_RATE_BP else None


def _parse_decimal(text: str, digits: int) -> int | None:
    if _DIGITS_ONLY.fullmatch(text):
        whole, fraction = text, ""
    else:
        match = _DECIMAL.fullmatch(text)
        if match is None:
            return None
        whole, fraction = match[1], match[2]
    if not (whole or fraction) or len(fraction) > digits or len(whole) > MOST_TYPED_DIGITS:
        return None
    return int((whole or "0") + fraction.ljust(digits, "0"))
