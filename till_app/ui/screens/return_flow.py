"""Goods that come back without a receipt: which they are, what they weigh or cost, whether it is meant."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject

from till_app.domain.catalogue import StaffMember
from till_app.domain.money import extended_price_minor
from till_app.domain.pricing import EffectivePrice
from till_app.services.scanning import Pending
from till_app.ui.panels.choose_item import ChoosePanel
from till_app.ui.panels.price import PricePanel
from till_app.ui.panels.question import Answer, QuestionPanel
from till_app.ui.panels.weight import WeightPanel
from till_app.ui.presenting import item_choice
from till_app.ui.shell import Shell
from till_app.ui.widgets.action_button import Variant


class ReturnFlow(QObject):
    """Each question is a panel; the goods are in the basket when `on_returned` is called."""

    def __init__(self, shell: Shell, on_returned: Callable[[], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shell = shell
        self._on_returned = on_returned
        self._weight_number: int | None = None
        """Of the scale's weight that the goods were given."""

    def take_back(self, candidates: tuple[Pending, ...]) -> None:
        """What a scanned code stands for."""
        self._weight_number = None
        if len(candidates) > 1:
            self._ask_which(candidates)
        else:
            self._go_on(candidates[0])

    def _go_on(self, pending: Pending) -> None:
        item = pending.item
        if (
            pending.fixed_price_minor is None
            and item.price_minor is None
            and pending.unit_price_minor is None
        ):
            self._ask_price(pending)
        elif pending.fixed_price_minor is None and item.is_weighed and pending.quantity_milli is None:
            self._ask_weight(pending)
        else:
            self._ask_whether(pending)

    def _ask_which(self, candidates: tuple[Pending, ...]) -> None:
        catalogue, formatter = self._shell.services.catalogue, self._shell.formatter
        price_of = self._shell.services.selling.price_of
        rows = [
            item_choice(each.item, price_of(each.item), catalogue.stock(each.item.item_id), formatter)
            for each in candidates
        ]
        by_id = {each.item.item_id: each for each in candidates}
        panel = ChoosePanel(
            self.tr("Which one comes back?"),
            rows,
            self.tr("Code {code} is used for several goods.").format(code=candidates[0].code),
            self.tr("This one"),
        )
        panel.chosen.connect(lambda item_id: self._go_on(by_id[item_id]))
        self._shell.ask(panel)

    def _ask_price(self, pending: Pending) -> None:
        panel = PricePanel(
            pending.item.name,
            self._shell.formatter,
            self.tr("Go on"),
            self.tr("It has no price of its own: type what is given back, VAT included."),
        )
        panel.accepted.connect(lambda minor: self._go_on(replace(pending, unit_price_minor=minor)))
        self._shell.ask(panel)

    def _ask_weight(self, pending: Pending) -> None:
        price = self._shell.services.selling.price_of(pending.item)
        formatter, scale = self._shell.formatter, self._shell.services.scale
        panel = WeightPanel.of_item(pending.item, price, pending.unit_price_minor, formatter, scale)
        panel.accepted.connect(lambda milli: self._go_on_weighed(pending, milli, panel.taken_number))
        self._shell.ask(panel)

    def _go_on_weighed(self, pending: Pending, weight_milli: int, number: int | None) -> None:
        self._weight_number = number
        self._go_on(replace(pending, quantity_milli=weight_milli))

    def _ask_whether(self, pending: Pending) -> None:
        title = self.tr("Take {item} back without a receipt?").format(item=pending.item.name)
        text = self.tr("{amount} at today's price. Use the receipt when there is one.")
        answers = (
            Answer("no", self.tr("Cancel"), "Esc"),
            Answer("yes", self.tr("Take it back"), "Return", Variant.PRIMARY),
        )
        price = self._shell.services.selling.price_of(pending.item)
        amount = self._shell.formatter.amount(_value_minor(pending, price))
        panel = QuestionPanel(title, text.format(amount=amount), answers)
        panel.answered.connect(lambda name: self._put_in(pending) if name == "yes" else None)
        self._shell.ask(panel)

    def _put_in(self, pending: Pending) -> None:
        def action(approver: StaffMember | None) -> None:
            self._shell.services.selling.add_return_without_receipt(pending, approver)
            number, self._weight_number = self._weight_number, None
            if number is not None:
                self._shell.services.scale.used(number)
            self._on_returned()

        self._shell.attempt(action)


def _value_minor(pending: Pending, price: EffectivePrice) -> int:
    if pending.fixed_price_minor is not None:
        return pending.fixed_price_minor
    price_minor = price.price_minor if pending.unit_price_minor is None else pending.unit_price_minor
    return extended_price_minor(price_minor or 0, pending.quantity_milli or 1000)
