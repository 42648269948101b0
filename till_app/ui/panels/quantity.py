"""Asks for the quantity of a line in whole pieces."""

from PySide6.QtWidgets import QWidget

from till_app.domain.basket_line import BasketLine
from till_app.ui.formatting import Formatter
from till_app.ui.panels.number_panel import NumberPanel
from till_app.ui.widgets.amount_entry import QuantityEntry
from till_app.ui.widgets.num_pad import PadCorner


class QuantityPanel(NumberPanel):
    """`accepted` carries thousandths: 3 pieces are 3000."""

    def __init__(self, line: BasketLine, formatter: Formatter, parent: QWidget | None = None) -> None:
        entry = QuantityEntry()
        entry.suggest(formatter.quantity(line.quantity_milli))
        super().__init__(line.name, entry, "", corner=PadCorner.CLEAR, parent=parent)
        self.set_detail(self.tr("{amount} each").format(amount=formatter.amount(line.unit_price_minor)))
        self.accept_button.set_caption(self.tr("Set quantity"))
