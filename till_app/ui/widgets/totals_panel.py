"""What the basket comes to: items and savings, the VAT in it, and the total in large figures."""

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from till_app.ui.theme.theme import current_theme
from till_app.ui.widgets.fitted_label import FittedLabel
from till_app.ui.widgets.painting import RIGHT


@dataclass(frozen=True, slots=True)
class Totals:
    """All in words."""

    items_text: str
    savings_text: str
    vat_text: str
    total_text: str


class TotalsPanel(QWidget):
    """Total, savings and VAT are always there, so that nothing jumps when a saving appears."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items = _label("body", "muted")
        self._savings = _label("strong", "good")
        self._vat = _label("body", "muted")
        vat_words = _label("body", "muted", self.tr("Includes VAT"))
        for amount in (self._savings, self._vat):
            amount.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._total = FittedLabel("", "display", align=RIGHT, lead=self.tr("Total"))
        small_print = QGridLayout()
        small_print.setSpacing(0)
        small_print.addWidget(self._items, 0, 0)
        small_print.addWidget(self._savings, 0, 1)
        small_print.addWidget(vat_words, 1, 0)
        small_print.addWidget(self._vat, 1, 1)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addLayout(small_print)
        self._layout.addWidget(self._total)
        theme = current_theme()
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def show_totals(self, totals: Totals) -> None:
        self._items.setText(self.tr("{items} · Savings").format(items=totals.items_text))
        self._savings.setText(totals.savings_text)
        self._vat.setText(totals.vat_text)
        self._total.set_text(totals.total_text)
        self.setAccessibleName(self._total.accessibleName())

    @property
    def savings_text(self) -> str:
        return self._savings.text()

    @property
    def vat_text(self) -> str:
        return self._vat.text()

    @property
    def total_text(self) -> str:
        return self._total.text

    def _on_theme_changed(self) -> None:
        self._layout.setSpacing(current_theme().tokens.space.xs)


def _label(style: str, tone: str, text: str = "") -> QLabel:
    label = QLabel(text)
    label.setProperty("type", style)
    label.setProperty("tone", tone)
    return label
