"""A large display of a number being keyed: an amount, a weight or quantity, a count."""

from collections.abc import Callable

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from till_app.domain.currency import Currency
from till_app.ui.formatting import MOST_TYPED_DIGITS, Formatter, parse_keyed_amount, parse_quantity
from till_app.ui.theme.theme import current_theme
from till_app.ui.widgets.num_pad import BACKSPACE, PadCorner, pad_key_of
from till_app.ui.widgets.painting import RIGHT, colour, draw_box, draw_text, fitted_font


class NumberEntry(QWidget):
    """Takes keys from a pad or the keyboard; what may be keyed is decided by `parse`."""

    changed = Signal(object)
    """The number keyed so far, an int in the entry's unit, or None when nothing is keyed."""
    submitted = Signal()

    def __init__(
        self,
        parse: Callable[[str], int | None],
        show: Callable[[str], str],
        placeholder: str,
        parent: QWidget | None = None,
    ) -> None:
        """`show` gives the words of a keyed text; `placeholder` stands, muted, while nothing is keyed."""
        super().__init__(parent)
        self._parse = parse
        self._show = show
        self._placeholder = placeholder
        self._text = ""
        self._is_suggestion = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._tell_readers()
        current_theme().changed.connect(self.updateGeometry)

    @property
    def value(self) -> int | None:
        """In the entry's unit; None while nothing that counts is keyed."""
        return self._parse(self._text) if self._text else None

    @property
    def shown_text(self) -> str:
        return self._show(self._text) if self._text else self._placeholder

    def press(self, key: str) -> None:
        """A key of the pad. A figure after a suggestion replaces it; a key that does not fit is ignored."""
        if key == PadCorner.CLEAR.value:
            self._set_text("")
        elif key == BACKSPACE:
            self._set_text("" if self._is_suggestion else self._text[:-1])
        else:
            keyed = key if self._is_suggestion else self._text + key
            if len(keyed) <= MOST_TYPED_DIGITS and self._can_become_number(keyed):
                self._set_text(keyed)

    def suggest(self, text: str) -> None:
        """Puts a text there as if keyed; the next figure replaces it."""
        self._set_text(text)
        self._is_suggestion = bool(text)
        self.update()

    def clear(self) -> None:
        self._set_text("")

    def _can_become_number(self, text: str) -> bool:
        return text == PadCorner.POINT.value or self._parse(text) is not None

    def _set_text(self, text: str) -> None:
        self._is_suggestion = False
        if text != self._text:
            self._text = text
            self._tell_readers()
            self.update()
            self.changed.emit(self.value)

    def _tell_readers(self) -> None:
        self.setAccessibleName(self.shown_text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.submitted.emit()
            return
        key = pad_key_of(event)
        if key is None or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
            return
        self.press(key)

    def sizeHint(self) -> QSize:
        tokens = current_theme().tokens
        return QSize(round(240 * tokens.scale), round(tokens.height.button * 1.1))

    def minimumSizeHint(self) -> QSize:
        return QSize(self.sizeHint().width() // 2, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = current_theme().tokens
        colours = tokens.colours
        painter = QPainter(self)
        border = colours.accent if self.hasFocus() else colours.line_strong
        width = 2 * tokens.scale if self.hasFocus() else tokens.hairline
        draw_box(painter, QRectF(self.rect()), tokens.radius.m, colours.surface, border, width)
        room = self.rect().adjusted(tokens.space.l, 0, -tokens.space.l, 0)
        if not self._text:
            draw_text(painter, room, self._placeholder, tokens.type.entry, colours.text_muted, RIGHT)
        else:
            self._paint_keyed(painter, room)
        painter.end()

    def _paint_keyed(self, painter: QPainter, room: QRect) -> None:
        tokens = current_theme().tokens
        text = self.shown_text
        painter.setFont(fitted_font(text, tokens.type.entry, room.width(), tokens.type.small.size_px))
        if self._is_suggestion:
            words = painter.fontMetrics().tightBoundingRect(text).width() + tokens.space.s
            height = painter.fontMetrics().ascent() + tokens.space.xs
            ground = QRectF(
                room.right() - words + tokens.space.xs, (self.height() - height) / 2, words, height
            )
            draw_box(painter, ground, tokens.radius.s, tokens.colours.accent_soft)
        painter.setPen(colour(tokens.colours.text))
        painter.drawText(room, int(RIGHT | Qt.TextFlag.TextSingleLine), text)


class AmountEntry(NumberEntry):
    """Figures alone count pennies: 1 2 5 0 is £12.50; a point is taken as read. `value` is in minor units."""

    def __init__(self, formatter: Formatter, parent: QWidget | None = None) -> None:
        currency: Currency = formatter.currency

        def show(text: str) -> str:
            if "." in text or "," in text:
                return currency.symbol + text
            return formatter.amount(parse_keyed_amount(text, currency) or 0)

        super().__init__(
            lambda text: parse_keyed_amount(text, currency), show, formatter.amount(0), parent=parent
        )

    def suggest_amount(self, amount_minor: int) -> None:
        """Fills in what is expected, such as the amount due; the first figure replaces it."""
        self.suggest(str(amount_minor))


class QuantityEntry(NumberEntry):
    """A quantity or weight with up to three decimals; `value` is in thousandths."""

    def __init__(self, unit_text: str = "", parent: QWidget | None = None) -> None:
        """`unit_text` follows the figures: `kg`."""
        unit = f"\u00a0{unit_text}" if unit_text else ""
        super().__init__(parse_quantity, lambda text: text + unit, f"0{unit}", parent=parent)
