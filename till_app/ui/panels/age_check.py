"""Asks the operator to check the customer's age before goods that need it go into the basket."""

from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from till_app.domain.age import latest_birth_date
from till_app.domain.catalogue import Item
from till_app.ui.formatting import Formatter
from till_app.ui.widgets.action_button import ActionButton, Variant
from till_app.ui.widgets.overlay_panel import OverlayPanel


class AgeCheckPanel(OverlayPanel):
    """Neither answer is on Enter: a check is not to be passed by a stray key. Esc leaves the goods out."""

    confirmed = Signal()
    refused = Signal()

    def __init__(self, item: Item, today: date, formatter: Formatter, parent: QWidget | None = None) -> None:
        body = QWidget()
        body.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        super().__init__(
            self.tr("Challenge 25: check ID"),
            body,
            detail=self.tr("{item} is sold from {age} years of age.").format(
                item=item.name, age=item.minimum_age
            ),
            width=480,
            parent=parent,
        )
        question = _label(self.tr("Is the customer {age} or over?").format(age=item.minimum_age), "large")
        born = formatter.day(latest_birth_date(today, item.minimum_age))
        hint = _label(self.tr("Born on or before {day}.").format(day=born), "title")
        advice = _label(
            self.tr("Does the customer look under 25? Ask for a passport, driving licence or PASS card."),
            "body",
        )
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        for label in (question, hint, advice):
            column.addWidget(label)
        self.refuse_button = self.add_button(ActionButton(self.tr("Refuse the sale"), "F4", Variant.DANGER))
        self.confirm_button = self.add_button(
            ActionButton(self.tr("Yes, {age} or over").format(age=item.minimum_age), "F1", Variant.PRIMARY)
        )
        self.refuse_button.clicked.connect(self._on_refused)
        self.confirm_button.clicked.connect(self._on_confirmed)

    def _on_refused(self) -> None:
        self.close_panel()
        self.refused.emit()

    def _on_confirmed(self) -> None:
        self.close_panel()
        self.confirmed.emit()


def _label(text: str, style: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("type", style)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
