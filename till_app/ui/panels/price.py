"""Asks for a price: of goods that have none of their own, or another one for a line."""

from PySide6.QtWidgets import QWidget

from till_app.ui.formatting import Formatter
from till_app.ui.panels.number_panel import NumberPanel
from till_app.ui.widgets.amount_entry import AmountEntry
from till_app.ui.widgets.num_pad import PadCorner


class PricePanel(NumberPanel):
    """`accepted` carries minor units, VAT included."""

    def __init__(
        self,
        title: str,
        formatter: Formatter,
        accept_caption: str,
        detail: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            title,
            AmountEntry(formatter),
            accept_caption,
            detail=detail,
            corner=PadCorner.DOUBLE_ZERO,
            parent=parent,
        )
