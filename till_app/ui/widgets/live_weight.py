"""What lies on the scale now: a card with weight, unit price and price together, and a small chip."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from till_app.ui.theme.icons import icon_pixmap
from till_app.ui.theme.theme import current_theme
from till_app.ui.widgets.action_button import ActionButton
from till_app.ui.widgets.fitted_label import FittedLabel
from till_app.ui.widgets.painting import RIGHT, draw_box, draw_text, metrics_for


class WeightTone(StrEnum):
    QUIET = "quiet"
    """Nothing that could be sold."""
    READY = "ready"
    LOOK = "look"
    """Somebody must do something about the scale."""


@dataclass(frozen=True, slots=True)
class ShownWeight:
    """All in words; the price is empty while no weight is known."""

    weight_text: str
    price_text: str
    state_text: str
    tone: WeightTone


class LiveWeightCard(QFrame):
    """Nothing moves in it when the weight changes."""

    def __init__(self, unit_price_text: str, *, can_zero: bool, can_tare: bool) -> None:
        super().__init__()
        self.setProperty("ground", "card")
        self._weight = FittedLabel("", "display", align=RIGHT)
        self._unit_price = _label(unit_price_text, "title", "muted")
        self._price = FittedLabel("", "display", align=RIGHT)
        self._state = _label("", "body", "muted")
        self._state.setWordWrap(True)
        self._state.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.zero = ActionButton(self.tr("Zero"), "F6")
        self.tare = ActionButton(self.tr("Tare"), "F7")
        self._buttons = QHBoxLayout()
        for button, is_known in ((self.zero, can_zero), (self.tare, can_tare)):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self._buttons.addWidget(button)
            if not is_known:  # what is shown before it has a parent opens as a window and takes the keyboard
                button.hide()
        self._layout = QVBoxLayout(self)
        prices = QHBoxLayout()
        prices.addWidget(self._unit_price)
        prices.addWidget(self._price, 1)
        self._layout.addWidget(self._state)
        self._layout.addStretch(1)
        self._layout.addWidget(self._weight)
        self._layout.addLayout(prices)
        self._layout.addStretch(1)
        self._layout.addLayout(self._buttons)
        theme = current_theme()
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    @property
    def weight_text(self) -> str:
        return self._weight.text

    @property
    def price_text(self) -> str:
        return self._price.text

    @property
    def unit_price_text(self) -> str:
        return self._unit_price.text()

    @property
    def state_text(self) -> str:
        return self._state.text()

    def show_weight(self, shown: ShownWeight) -> None:
        is_quiet = shown.tone is not WeightTone.READY
        self._weight.set_ink("text_muted" if is_quiet else "text")
        self._weight.set_text(shown.weight_text)
        self._price.set_ink("text_muted" if is_quiet else "text")
        self._price.set_text(shown.price_text)
        self._state.setText(shown.state_text)
        tone = {WeightTone.LOOK: "warn", WeightTone.READY: "good"}.get(shown.tone, "muted")
        if self._state.property("tone") != tone:
            self._state.setProperty("tone", tone)
            self._state.style().polish(self._state)

    def _on_theme_changed(self) -> None:
        tokens = current_theme().tokens
        space = tokens.space
        self._layout.setContentsMargins(space.l, space.m, space.l, space.l)
        self._layout.setSpacing(space.s)
        self._buttons.setSpacing(space.s)
        # Two lines, so that one that is longer moves nothing.
        self._state.setMinimumHeight(2 * metrics_for(tokens.type.body).lineSpacing())


class WeightChip(QWidget):
    """Beside the search field, always as wide as its widest weight: nothing jumps while goods come and go."""

    def __init__(self, possible_texts: Sequence[str]) -> None:
        """`possible_texts`: all that it may come to show, or as wide as that."""
        super().__init__()
        self._possible_texts = possible_texts
        self._text = ""
        self._tone = WeightTone.QUIET
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme = current_theme()
        theme.changed.connect(self.updateGeometry)

    @property
    def text(self) -> str:
        return self._text

    @property
    def tone(self) -> WeightTone:
        return self._tone

    def show_weight(self, text: str, tone: WeightTone) -> None:
        if (text, tone) != (self._text, self._tone):
            self._text, self._tone = text, tone
            self.setAccessibleName(self.tr("Scale: {weight}").format(weight=text))
            self.update()

    def sizeHint(self) -> QSize:
        tokens = current_theme().tokens
        metrics = metrics_for(tokens.type.strong)
        words = max(map(metrics.horizontalAdvance, self._possible_texts))
        width = words + tokens.height.icon + tokens.space.s + 2 * tokens.space.m
        return QSize(width, tokens.height.field)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = current_theme().tokens
        colours = tokens.colours
        painter = QPainter(self)
        draw_box(
            painter, QRectF(self.rect()), tokens.radius.m, colours.surface, colours.line, tokens.hairline
        )
        inks = {
            WeightTone.READY: colours.text,
            WeightTone.LOOK: colours.on_warn_soft,
            WeightTone.QUIET: colours.text_muted,
        }
        ink = inks[self._tone]
        size = tokens.height.icon
        icon = icon_pixmap("scale", ink, size, self.devicePixelRatioF())
        painter.drawPixmap(tokens.space.m, (self.height() - size) // 2, icon)
        left = tokens.space.m + size + tokens.space.s
        room = QRect(left, 0, self.width() - left - tokens.space.m, self.height())
        draw_text(painter, room, self._text, tokens.type.strong, ink, RIGHT)
        painter.end()


def _label(text: str, style: str, tone: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("type", style)
    label.setProperty("tone", tone)
    return label
