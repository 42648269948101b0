"""Beside the tenders: what the basket comes to, what is paid of it, and the ways back."""

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from till_app.domain.basket import Basket
from till_app.domain.tender import TenderKind, TenderLine
from till_app.ui.formatting import Formatter
from till_app.ui.presenting import items_words
from till_app.ui.screens.parts import FigureTable, words
from till_app.ui.theme.theme import current_theme
from till_app.ui.widgets.action_button import ActionButton


class TenderSummary(QFrame):
    def __init__(self, formatter: Formatter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._formatter = formatter
        self.setProperty("ground", "surface")
        self._heading = words("", "strong")
        self._figures = FigureTable()
        self._taxes = words("", "body", "muted")
        self.undo = ActionButton(self.tr("Take the last payment back"), "F9", icon="undo-2")
        self.back = ActionButton(self.tr("Back to the basket"), "Esc")
        self._layout = QVBoxLayout(self)
        for widget in (self._heading, self._figures, self._taxes, self.back, self.undo):
            self._layout.addWidget(widget)
        self._layout.addStretch(1)
        self._on_theme_changed()
        current_theme().changed.connect(self._on_theme_changed)

    def show_basket(self, basket: Basket | None, tenders: tuple[TenderLine, ...]) -> None:
        self.undo.setVisible(bool(tenders))
        if basket is None:
            return
        formatter, totals = self._formatter, basket.totals()
        self._heading.setText(items_words(totals.item_count))
        self._figures.show_rows(
            [
                (self.tr("Goods"), formatter.amount(totals.before_discount_minor), ""),
                (self.tr("Savings"), formatter.amount(-totals.savings_minor), "good"),
                (self.tr("Total"), formatter.amount(totals.total_minor), ""),
                *[
                    (self._paid_words(tender), formatter.amount(-tender.amount_minor), "")
                    for tender in tenders
                ],
            ]
        )
        self._taxes.setText(
            "\n".join(
                self.tr("VAT {code} {rate}  {tax} in {gross}").format(
                    code=tax.vat_code,
                    rate=formatter.percent(tax.rate_bp),
                    tax=formatter.amount(tax.tax_minor),
                    gross=formatter.amount(tax.gross_minor),
                )
                for tax in totals.tax_lines
            )
        )

    def _paid_words(self, tender: TenderLine) -> str:
        is_cash = tender.kind is TenderKind.CASH
        if tender.amount_minor < 0:
            return self.tr("Given back · cash") if is_cash else self.tr("Given back · card")
        return self.tr("Paid · cash") if is_cash else self.tr("Paid · card")

    def _on_theme_changed(self) -> None:
        space = current_theme().tokens.space
        self._layout.setContentsMargins(space.l, space.xl, space.l, space.l)
        self._layout.setSpacing(space.m)
