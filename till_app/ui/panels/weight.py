"""Asks for the weight of loose goods: of the scale if there is one, or typed, with what it comes to."""

from PySide6.QtWidgets import QWidget

from till_app.domain.catalogue import Item
from till_app.domain.money import extended_price_minor
from till_app.domain.pricing import EffectivePrice
from till_app.services.device_ports import Scale
from till_app.services.device_status import LiveWeight, WeightState
from till_app.ui.formatting import Formatter
from till_app.ui.panels.number_panel import NumberPanel
from till_app.ui.presenting import price_words
from till_app.ui.weight_words import NOTHING, tone_of, weight_words, what_to_do
from till_app.ui.widgets.amount_entry import QuantityEntry
from till_app.ui.widgets.live_weight import LiveWeightCard, ShownWeight


class WeightPanel(NumberPanel):
    """`accepted` carries thousandths of a kilogram. What is typed wins over what lies on the scale."""

    def __init__(
        self,
        item_name: str,
        price_text: str,
        unit_price_minor: int | None,
        formatter: Formatter,
        scale: Scale | None = None,
        parent: QWidget | None = None,
    ) -> None:
        self._formatter = formatter
        self._price_text = price_text
        self._unit_price_minor = unit_price_minor
        self._scale = scale if scale is not None and scale.is_set_up else None
        self._live = LiveWeight(WeightState.SILENT)
        self.card: LiveWeightCard | None = None
        self.taken_number: int | None = None
        """Of the scale's weight that was accepted; None: it was typed."""
        if self._scale is not None:
            can_zero, can_tare = self._scale.can_zero, self._scale.can_tare
            self.card = LiveWeightCard(price_text, can_zero=can_zero, can_tare=can_tare)
            self.card.zero.clicked.connect(self._scale.zero)
            self.card.tare.clicked.connect(self._scale.tare)
        super().__init__(item_name, QuantityEntry("kg"), "", beside=self.card, parent=parent)
        self.accept_button.set_caption(self.tr("Add"))
        if self._scale is not None:
            self.weight_changed(self._scale.latest())

    @classmethod
    def of_item(
        cls,
        item: Item,
        price: EffectivePrice,
        unit_price_minor: int | None,
        formatter: Formatter,
        scale: Scale | None = None,
    ) -> "WeightPanel":
        """`unit_price_minor` replaces the price."""
        price_minor = price.price_minor if unit_price_minor is None else unit_price_minor
        return cls(item.name, price_words(item, price, formatter), price_minor, formatter, scale)

    def weight_changed(self, live: LiveWeight) -> None:
        """What lies on the scale is another weight now, or none."""
        if self.card is None or self._scale is None:
            return
        self._live = live
        shown = ShownWeight(
            weight_words(live, self._formatter),
            self._comes_to(live.weight_grams) if live.weight_grams else NOTHING,
            what_to_do(live, can_zero=self._scale.can_zero),
            tone_of(live),
        )
        self.card.show_weight(shown)
        self._offer()

    def submit(self) -> None:
        """Does nothing while nothing is typed and the scale has no weight to take."""
        if self.entry.value is not None:
            super().submit()
        elif self._live.can_be_taken:
            self.taken_number = self._live.number
            self.close_panel()
            self.accepted.emit(self._live.weight_grams)

    def _on_changed(self, value: int | None) -> None:
        super()._on_changed(value)
        if self.card is None:
            self.set_detail(self._detail_words(value))
        self._offer()

    def _detail_words(self, value: int | None) -> str:
        """Without a scale, whose card shows unit price and price."""
        if value and self._unit_price_minor is not None:
            return self.tr("{price} – comes to {amount}").format(
                price=self._price_text, amount=self._comes_to(value)
            )
        return self.tr("{price} – type the weight").format(price=self._price_text)

    def _offer(self) -> None:
        """The button says what Enter does."""
        typed_milli = self.entry.value
        self.accept_button.setEnabled(typed_milli is not None or self._live.can_be_taken)
        if self.card is None:
            caption = self.tr("Add")
        elif typed_milli is not None:
            caption = self.tr("Add · {amount}").format(amount=self._comes_to(typed_milli))
        elif self._live.can_be_taken:
            caption = self.tr("Take {weight}").format(weight=self._formatter.weight(self._live.weight_grams))
        else:
            caption = self.tr("Take")
        self.accept_button.set_caption(caption)

    def _comes_to(self, quantity_milli: int) -> str:
        if self._unit_price_minor is None:
            return ""
        return self._formatter.amount(extended_price_minor(self._unit_price_minor, quantity_milli))
