"""Asks for the weight of loose goods, showing what it comes to while it is typed."""

from PySide6.QtWidgets import QWidget

from till_app.domain.catalogue import Item
from till_app.domain.money import extended_price_minor
from till_app.domain.pricing import EffectivePrice
from till_app.ui.formatting import Formatter
from till_app.ui.panels.number_panel import NumberPanel
from till_app.ui.presenting import price_words
from till_app.ui.widgets.amount_entry import QuantityEntry


class WeightPanel(NumberPanel):
    """`accepted` carries thousandths of a kilogram."""

    def __init__(
        self,
        item_name: str,
        price_text: str,
        unit_price_minor: int | None,
        formatter: Formatter,
        parent: QWidget | None = None,
    ) -> None:
        self._formatter = formatter
        self._price_text = price_text
        self._unit_price_minor = unit_price_minor
        super().__init__(item_name, QuantityEntry("kg"), "", detail=price_text, parent=parent)
        self.accept_button.set_caption(self.tr("Add"))

    @classmethod
    def of_item(
        cls, item: Item, price: EffectivePrice, unit_price_minor: int | None, formatter: Formatter
    ) -> "WeightPanel":
        """`unit_price_minor` replaces the price."""
        price_minor = price.price_minor if unit_price_minor is None else unit_price_minor
        return cls(item.name, price_words(item, price, formatter), price_minor, formatter)

    def _on_changed(self, value: int | None) -> None:
        super()._on_changed(value)
        words = self.tr("{price} – type the weight").format(price=self._price_text)
        if value and self._unit_price_minor is not None:
            price_minor = extended_price_minor(self._unit_price_minor, value)
            words = self.tr("{price} – comes to {amount}").format(
                price=self._price_text, amount=self._formatter.amount(price_minor)
            )
        self.set_detail(words)
