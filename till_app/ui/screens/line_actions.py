"""What the keys do to the current line and the basket: quantity, price, discount, void."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from till_app.domain.basket_line import BasketLine
from till_app.domain.catalogue import StaffMember, Unit
from till_app.services.selling import Selling
from till_app.ui.panels.discount import DiscountAsked, DiscountPanel
from till_app.ui.panels.price import PricePanel
from till_app.ui.panels.quantity import QuantityPanel
from till_app.ui.panels.question import Answer, QuestionPanel
from till_app.ui.panels.weight import WeightPanel
from till_app.ui.presenting import items_words
from till_app.ui.shell import Shell, Tone
from till_app.ui.widgets.action_button import Variant

ONE_MILLI = 1000


class LineActions(QObject):
    """`refresh` shows the basket again and highlights the line of an id."""

    def __init__(
        self,
        shell: Shell,
        current_line: Callable[[], BasketLine | None],
        refresh: Callable[[str | None], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._shell = shell
        self._current_line = current_line
        self._refresh = refresh

    @property
    def _selling(self) -> Selling:
        return self._shell.services.selling

    # ----------------------------------------------------------------- quantity

    def one_more(self) -> None:
        self._step(ONE_MILLI)

    def one_less(self) -> None:
        self._step(-ONE_MILLI)

    def _step(self, step_milli: int) -> None:
        line = self._line()
        if line is None:
            return
        if line.unit is Unit.KILOGRAM:
            self._ask_weight(line)
            return
        self._set_quantity(line, line.quantity_milli + step_milli)

    def ask_quantity(self) -> None:
        line = self._line()
        if line is None:
            return
        if line.unit is Unit.KILOGRAM:
            self._ask_weight(line)
            return
        panel = QuantityPanel(line, self._shell.formatter)
        panel.accepted.connect(lambda milli: self._set_quantity(line, milli))
        self._shell.ask(panel)

    def _ask_weight(self, line: BasketLine) -> None:
        formatter = self._shell.formatter
        price_text = self.tr("{amount} /kg").format(amount=formatter.amount(line.unit_price_minor))
        scale = self._shell.services.scale
        panel = WeightPanel(line.name, price_text, line.unit_price_minor, formatter, scale)
        panel.accepted.connect(lambda milli: self._set_weight(line, milli, panel.taken_number))
        self._shell.ask(panel)

    def _set_weight(self, line: BasketLine, weight_milli: int, number: int | None) -> None:
        if self._set_quantity(line, weight_milli) and number is not None:
            self._shell.services.scale.used(number)

    def _set_quantity(self, line: BasketLine, quantity_milli: int) -> bool:
        return self._change(line, lambda _approver: self._selling.set_quantity(line.line_id, quantity_milli))

    # -------------------------------------------------------- price and discount

    def ask_price(self) -> None:
        line = self._line()
        if line is None:
            return
        formatter = self._shell.formatter
        now = self.tr("It costs {amount} now.").format(amount=formatter.amount(line.unit_price_minor))
        panel = PricePanel(line.name, formatter, self.tr("Change price"), now)
        panel.accepted.connect(
            lambda minor: self._change(
                line, lambda approver: self._selling.set_unit_price(line.line_id, minor, approver)
            )
        )
        self._shell.ask(panel)

    def ask_discount(self) -> None:
        if not self._selling.lines:
            self._say_nothing_to_change()
            return
        line = self._current_line()
        panel = DiscountPanel(line.name if line else None, self._shell.formatter)
        panel.accepted.connect(lambda asked: self._discount(line, asked))
        self._shell.ask(panel)

    def _discount(self, line: BasketLine | None, asked: DiscountAsked) -> None:
        self._change(line, self._discount_action(line, asked))

    def _discount_action(
        self, line: BasketLine | None, asked: DiscountAsked
    ) -> Callable[[StaffMember | None], object]:
        selling = self._selling
        match asked:
            case DiscountAsked(of_whole_basket=True, rate_bp=int(rate_bp)):
                return lambda approver: selling.discount_basket_percent(rate_bp, approver)
            case DiscountAsked(of_whole_basket=True, amount_minor=int(minor)):
                return lambda approver: selling.discount_basket(minor, approver)
            case DiscountAsked(rate_bp=int(rate_bp)) if line is not None:
                return lambda approver: selling.discount_line_percent(line.line_id, rate_bp, approver)
            case DiscountAsked(amount_minor=int(minor)) if line is not None:
                return lambda approver: selling.discount_line(line.line_id, minor, approver)
            case _:
                return lambda approver: None

    # --------------------------------------------------------------------- void

    def void_line(self) -> None:
        line = self._line()
        if line is None:
            return
        if self._change(None, lambda _approver: self._selling.void_line(line.line_id)):
            self._shell.say(Tone.INFO, self.tr("Voided: {item}").format(item=line.name))

    def ask_void_basket(self) -> None:
        basket = self._selling.basket
        if basket is None:
            self._say_nothing_to_change()
            return
        totals = basket.totals()
        what = self.tr("{items}, {amount}. It stays on record as voided.").format(
            items=items_words(totals.item_count), amount=self._shell.formatter.amount(totals.total_minor)
        )
        panel = QuestionPanel(
            self.tr("Void the whole basket?"),
            what,
            [
                Answer("keep", self.tr("Keep it"), "Esc"),
                Answer("void", self.tr("Void basket"), "F5", Variant.DANGER),
            ],
        )
        panel.answered.connect(self._on_void_answer)
        self._shell.ask(panel)

    def _on_void_answer(self, answer: str) -> None:
        if answer == "void" and self._change(None, self._selling.void_basket):
            self._shell.say(Tone.GOOD, self.tr("The basket was voided"))

    # ------------------------------------------------------------------- inside

    def _line(self) -> BasketLine | None:
        line = self._current_line()
        if line is None:
            self._say_nothing_to_change()
        return line

    def _say_nothing_to_change(self) -> None:
        self._shell.say(Tone.WARNING, self.tr("The basket is empty\nScan the first item."))

    def _change(self, line: BasketLine | None, action: Callable[[StaffMember | None], object]) -> bool:
        """Shows the basket again whenever the action went through, also later, with an approver."""

        def and_show(approver: StaffMember | None) -> None:
            action(approver)
            self._refresh(line.line_id if line else None)

        return self._shell.attempt(and_show)
