"""From a scan, tap or typed code to a line in the basket: asks for what is missing, says what is not sold."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from till_app.domain.catalogue import Item, StaffMember
from till_app.services.scanning import (
    Added,
    AddResult,
    Ambiguous,
    Blocked,
    Expired,
    Misread,
    NeedsAgeCheck,
    NeedsPrice,
    NeedsWeight,
    Pending,
    ReceiptScanned,
    ScanResult,
    Unknown,
)
from till_app.services.selling import Selling
from till_app.ui.panels.age_check import AgeCheckPanel
from till_app.ui.panels.choose_item import ChoosePanel
from till_app.ui.panels.price import PricePanel
from till_app.ui.panels.weight import WeightPanel
from till_app.ui.presenting import item_choice
from till_app.ui.shell import NextStep, Shell, Tone
from till_app.ui.sound import Sound

_T = TypeVar("_T")


class ScanFlow(QObject):
    """Each question is a panel; the answer goes on where the question was asked."""

    added = Signal(object)
    """The BasketLine as it stands now."""
    search_wanted = Signal()
    """An unknown code: the operator wants to look by name."""

    def __init__(self, shell: Shell, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shell = shell
        self._weight_number: int | None = None
        """Of the scale's weight that the item on its way into the basket was given."""

    @property
    def _selling(self) -> Selling:
        return self._shell.services.selling

    def scan(self, text: str, quantity_milli: int | None = None) -> None:
        self._weight_number = None
        result = self._attempt(lambda: self._selling.scan(text, quantity_milli))
        if result is not None:
            self._go_on(result)

    def add_item(self, item: Item, quantity_milli: int | None = None) -> None:
        """An item that was picked, not scanned."""
        self._weight_number = None
        result = self._attempt(lambda: self._selling.pick(item, quantity_milli))
        if result is not None:
            self._go_on(result)

    def _add(self, pending: Pending, *, age_confirmed: bool = False) -> None:
        result = self._attempt(lambda: self._selling.add(pending, age_confirmed=age_confirmed))
        if result is not None:
            self._go_on(result)

    def _attempt(self, call: Callable[[], _T]) -> _T | None:
        """None: it was refused, and that was said."""
        results: list[_T] = []

        def action(_approver: StaffMember | None) -> None:
            results.append(call())

        self._shell.attempt(action)
        return results[0] if results else None

    def _go_on(self, result: ScanResult | AddResult) -> None:
        match result:
            case Added(line=line):
                self._shell.play(Sound.GOOD_SCAN)
                self._weight_is_used()
                self.added.emit(line)
            case NeedsWeight(pending=pending):
                self._ask_weight(pending)
            case NeedsPrice(pending=pending):
                self._ask_price(pending)
            case NeedsAgeCheck(pending=pending):
                self._ask_age(pending)
            case Ambiguous(candidates=candidates, code=code):
                self._ask_which(code, candidates)
            case Blocked(item=item):
                self._say_blocked(item)
            case Expired(pending=pending, expires_on=expires_on):
                self._say_expired(pending, date.fromisoformat(expires_on))
            case Misread(code=code, expected_digit=digit):
                self._say_misread(code, digit)
            case Unknown(code=code):
                self._say_unknown(code)
            case ReceiptScanned(receipt_number=number, is_gift=is_gift):
                self._shell.receipt_scanned(number, is_gift=is_gift)

    # ---------------------------------------------------------------- questions

    def _ask_weight(self, pending: Pending) -> None:
        price = self._selling.price_of(pending.item)
        formatter, scale = self._shell.formatter, self._shell.services.scale
        panel = WeightPanel.of_item(pending.item, price, pending.unit_price_minor, formatter, scale)
        panel.accepted.connect(lambda milli: self._add_weighed(pending, milli, panel.taken_number))
        self._ask(panel)

    def _add_weighed(self, pending: Pending, weight_milli: int, number: int | None) -> None:
        self._weight_number = number
        self._add(_with(pending, quantity_milli=weight_milli))

    def _weight_is_used(self) -> None:
        """A weight is sold once, and only by a line that is in the basket."""
        number, self._weight_number = self._weight_number, None
        if number is not None:
            self._shell.services.scale.used(number)

    def _ask_price(self, pending: Pending) -> None:
        panel = PricePanel(
            pending.item.name,
            self._shell.formatter,
            self.tr("Add"),
            self.tr("It has no price of its own: type what it costs, VAT included."),
        )
        panel.accepted.connect(lambda minor: self._add(_with(pending, unit_price_minor=minor)))
        self._ask(panel)

    def _ask_age(self, pending: Pending) -> None:
        today = date.fromisoformat(self._shell.services.workplace.business_date)
        panel = AgeCheckPanel(pending.item, today, self._shell.formatter)
        panel.confirmed.connect(lambda: self._add(pending, age_confirmed=True))
        panel.refused.connect(lambda: self._refuse_age(pending))
        self._ask(panel)

    def _refuse_age(self, pending: Pending) -> None:
        if self._shell.attempt(lambda _approver: self._selling.refuse_age(pending)):
            words = self.tr("“{item}” was not sold\nThe refusal is on record.")
            self._shell.say(Tone.INFO, words.format(item=pending.item.name))

    def _ask_which(self, code: str, candidates: tuple[Pending, ...]) -> None:
        catalogue, formatter = self._shell.services.catalogue, self._shell.formatter
        price_of = self._selling.price_of
        rows = [
            item_choice(each.item, price_of(each.item), catalogue.stock(each.item.item_id), formatter)
            for each in candidates
        ]
        by_id = {each.item.item_id: each for each in candidates}
        panel = ChoosePanel(
            self.tr("Which one is it?"),
            rows,
            self.tr("Code {code} is used for several goods.").format(code=code),
            self.tr("Add"),
        )
        panel.chosen.connect(lambda item_id: self._add(by_id[item_id]))
        self._ask(panel)

    def _ask(self, panel: WeightPanel | PricePanel | AgeCheckPanel | ChoosePanel) -> None:
        self._shell.play(Sound.ATTENTION)
        self._shell.ask(panel)

    # ----------------------------------------------------------------- refusals

    def _say_blocked(self, item: Item) -> None:
        words = self.tr("“{item}” must not be sold\nPut it aside and tell the manager.")
        self._shell.say(Tone.BAD, words.format(item=item.name))

    def _say_expired(self, pending: Pending, expires_on: date) -> None:
        words = self.tr("Past its date: {day}. Put it aside\n“{item}” is not in the basket.")
        step = NextStep(self.tr("Sell it all the same"), lambda: self._add_expired(pending))
        text = words.format(day=self._shell.formatter.day(expires_on), item=pending.item.name)
        self._shell.say(Tone.BAD, text, [step])

    def _add_expired(self, pending: Pending) -> None:
        """Goes on where the approval is given, now or with another person's PIN."""
        self._shell.attempt(lambda approver: self._go_on(self._selling.add_expired(pending, approver)))

    def _say_misread(self, code: str, digit: str) -> None:
        if not digit:
            words = self.tr(
                "Misread: scan it again\nThe price or weight in {code} does not fit its own check."
            )
            self._shell.say(Tone.BAD, words.format(code=code))
            return
        words = self.tr(
            "Misread: scan it again\nThe last figure of {code} does not fit (it should be {digit})."
        )
        self._shell.say(Tone.BAD, words.format(code=code, digit=digit))

    def _say_unknown(self, code: str) -> None:
        steps = [NextStep(self.tr("Search"), self.search_wanted.emit)]
        open_priced = self._open_priced_item()
        if open_priced is not None:
            step = NextStep(
                self.tr("Sell as “{item}”").format(item=open_priced.name),
                lambda: self._add(Pending(open_priced, code)),
            )
            steps.append(step)
        words = self.tr("Unknown code {code}\nScan it again, or look for it by name.")
        self._shell.say(Tone.BAD, words.format(code=code), steps)

    def _open_priced_item(self) -> Item | None:
        """The first quick key whose price is typed: for goods that are not on file."""
        catalogue = self._shell.services.catalogue
        items = (catalogue.item(key.item_id) for key in catalogue.quick_keys())
        return next((item for item in items if item and item.price_minor is None and not item.blocked), None)


def _with(
    pending: Pending, *, quantity_milli: int | None = None, unit_price_minor: int | None = None
) -> Pending:
    return replace(
        pending,
        quantity_milli=pending.quantity_milli if quantity_milli is None else quantity_milli,
        unit_price_minor=pending.unit_price_minor if unit_price_minor is None else unit_price_minor,
    )
