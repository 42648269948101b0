"""The till's buttons: a caption with its key below, and the one large button of a screen."""

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from till_app.ui.theme.icons import icon_pixmap
from till_app.ui.theme.theme import current_theme
from till_app.ui.theme.tokens import Tokens, TypeStyle
from till_app.ui.widgets.key_hint import draw_key_cap, key_cap_width, key_name, key_sequence
from till_app.ui.widgets.painting import (
    CENTRE,
    draw_box,
    draw_focus_ring,
    draw_text,
    first_fitting,
    fitted_font,
    metrics_for,
)


class Variant(StrEnum):
    """How much a button asks for: at most one primary on a screen."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    DANGER = "danger"
    GHOST = "ghost"
    CHOSEN = "chosen"
    """One of several alternatives, the one that holds now."""


@dataclass(frozen=True, slots=True)
class ButtonInks:
    fill: str | None
    border: str | None
    caption: str
    hint: str


class ActionButton(QAbstractButton):
    """A caption, and below it the key that does the same; `key` is a QKeySequence in portable form."""

    def __init__(
        self,
        caption: str,
        key: str = "",
        variant: Variant = Variant.SECONDARY,
        *,
        note: str = "",
        icon: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """`note` stands beside the key: `terminal ready`; `icon` is a Lucide name."""
        super().__init__(parent)
        self._key = key
        self._note = note
        self._icon_name = icon
        self._variant = variant
        self.setText(caption)
        self._shortcut: QShortcut | None = None
        if key:
            self._shortcut = QShortcut(key_sequence(key), self)
            self._shortcut.setAutoRepeat(False)
            # click() at once: the built-in shortcut of a button presses it for 100 ms first.
            self._shortcut.activated.connect(self.click)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.MinimumExpanding, QSizePolicy.Policy.Fixed)
        self._name_for_readers()
        theme = current_theme()
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    @property
    def key(self) -> str:
        return self._key

    @property
    def caption(self) -> str:
        return self.text()

    @property
    def variant(self) -> Variant:
        return self._variant

    def set_caption(self, caption: str) -> None:
        if caption != self.text():
            self.setText(caption)
            self._name_for_readers()
            self.updateGeometry()

    def set_note(self, note: str) -> None:
        if note != self._note:
            self._note = note
            self._name_for_readers()
            self.update()

    def set_variant(self, variant: Variant) -> None:
        if variant is not self._variant:
            self._variant = variant
            self.update()

    def _name_for_readers(self) -> None:
        hint = self._hint()
        self.setAccessibleName(f"{self.text()}, {hint}" if hint else self.text())
        # "&" in a caption is a letter: Qt would have made an Alt shortcut of it.
        self.setShortcut(QKeySequence())

    def _hint(self) -> str:
        return " · ".join(part for part in (key_name(self._key), self._note) if part)

    def _on_theme_changed(self) -> None:
        self.setMinimumHeight(self._tokens().height.touch)
        self.updateGeometry()
        self.update()

    @staticmethod
    def _tokens() -> Tokens:
        return current_theme().tokens

    def sizeHint(self) -> QSize:
        tokens = self._tokens()
        caption = metrics_for(tokens.type.strong).horizontalAdvance(self.text())
        hint = metrics_for(tokens.type.caption).horizontalAdvance(self._hint())
        icon = tokens.height.icon + tokens.space.s if self._icon_name else 0
        height = tokens.height.button if self._hint() else tokens.height.touch
        return QSize(max(caption + icon, hint) + 2 * tokens.space.m, height)

    def minimumSizeHint(self) -> QSize:
        tokens = self._tokens()
        caption = metrics_for(tokens.type.caption).horizontalAdvance(self.text())
        return QSize(max(tokens.height.touch, caption + tokens.space.m), tokens.height.touch)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.click()
            return
        super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._tokens()
        painter = QPainter(self)
        inks = self._inks(tokens)
        box = QRectF(self.rect())
        width = 2.0 * tokens.scale if self._variant is Variant.CHOSEN else tokens.hairline
        draw_box(painter, box, tokens.radius.m, inks.fill, inks.border, width)
        if self.hasFocus():
            draw_focus_ring(painter, box, tokens.radius.m, tokens)
        self._paint_words(painter, tokens, inks)
        painter.end()

    def _paint_words(self, painter: QPainter, tokens: Tokens, inks: ButtonInks) -> None:
        room = self.rect().adjusted(tokens.space.xs, 0, -tokens.space.xs, 0)
        types = tokens.type
        styles = self._caption_styles(tokens)
        icon_room = tokens.height.icon + tokens.space.s if self._icon_name else 0
        style = first_fitting(self.text(), room.width() - icon_room, styles)
        hint = self._hint()
        caption_height = metrics_for(style).height()
        hint_height = metrics_for(types.caption).height() if hint else 0
        top = room.top() + (room.height() - caption_height - hint_height) // 2
        line = QRect(room.left(), top, room.width(), caption_height)
        if self._icon_name:
            line = self._paint_icon(painter, line, style, inks, tokens)
        draw_text(painter, line, self.text(), style, inks.caption, CENTRE)
        if hint:
            below = QRect(room.left(), top + caption_height, room.width(), hint_height)
            hint_style = first_fitting(hint, room.width(), (types.caption,))
            draw_text(painter, below, hint, hint_style, inks.hint, CENTRE)

    def _paint_icon(
        self, painter: QPainter, line: QRect, style: TypeStyle, inks: ButtonInks, tokens: Tokens
    ) -> QRect:
        """Draws the icon before the centred caption, or alone; returns the room left for the caption."""
        size = tokens.height.icon
        words = min(metrics_for(style).horizontalAdvance(self.text()), line.width() - size - tokens.space.s)
        gap = tokens.space.s if self.text() else 0
        left = line.left() + (line.width() - words - gap - size) // 2
        pixmap = icon_pixmap(self._icon_name, inks.caption, size, self.devicePixelRatioF())
        painter.drawPixmap(left, line.top() + (line.height() - size) // 2, pixmap)
        return QRect(left + size + gap, line.top(), words + 1, line.height())

    def _caption_styles(self, tokens: Tokens) -> tuple[TypeStyle, ...]:
        return (tokens.type.strong, tokens.type.small_strong, tokens.type.caption)

    def _inks(self, tokens: Tokens) -> ButtonInks:
        colours = tokens.colours
        if not self.isEnabled():
            border = None if self._variant is Variant.GHOST else colours.line
            return ButtonInks(colours.sunken, border, colours.text_disabled, colours.text_disabled)
        pressed = self.isDown()
        if self._variant is Variant.PRIMARY:
            fill = colours.primary_pressed if pressed else colours.primary
            return ButtonInks(fill, None, colours.on_primary, colours.on_primary)
        if self._variant is Variant.DANGER:
            fill = colours.bad_pressed if pressed else colours.bad
            return ButtonInks(fill, None, colours.on_bad, colours.on_bad)
        if self._variant is Variant.CHOSEN:
            return ButtonInks(colours.good_soft, colours.primary, colours.text, colours.on_good_soft)
        if self._variant is Variant.GHOST:
            return ButtonInks(
                colours.surface_pressed if pressed else None, None, colours.text, colours.text_muted
            )
        fill = colours.surface_pressed if pressed else colours.surface
        return ButtonInks(fill, colours.line, colours.text, colours.text_muted)


class PayButton(ActionButton):
    """The one strong action of a screen: large words, its key as a keycap beside them."""

    def __init__(
        self,
        caption: str,
        key: str = "",
        *,
        variant: Variant = Variant.PRIMARY,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(caption, key, variant, parent=parent)

    def sizeHint(self) -> QSize:
        tokens = self._tokens()
        caption = metrics_for(tokens.type.large).horizontalAdvance(self.text())
        cap = key_cap_width(self.key, tokens) + tokens.space.m if self.key else 0
        return QSize(caption + cap + 2 * tokens.space.xl, tokens.height.pay)

    def _paint_words(self, painter: QPainter, tokens: Tokens, inks: ButtonInks) -> None:
        room = self.rect().adjusted(tokens.space.m, 0, -tokens.space.m, 0)
        cap_width = key_cap_width(self.key, tokens) if self.key else 0
        gap = tokens.space.m if self.key else 0
        font = fitted_font(
            self.text(), tokens.type.large, room.width() - cap_width - gap, tokens.type.strong.size_px
        )
        style = TypeStyle(font.pixelSize(), tokens.type.large.weight)
        words = min(metrics_for(style).horizontalAdvance(self.text()), room.width() - cap_width - gap)
        left = room.left() + (room.width() - words - gap - cap_width) // 2
        draw_text(
            painter, QRect(left, room.top(), words + 1, room.height()), self.text(), style, inks.caption
        )
        if self.key:
            cap_height = metrics_for(tokens.type.small).height() + tokens.space.xs
            top = room.top() + (room.height() - cap_height) / 2
            cap = QRectF(left + words + gap, top, cap_width, cap_height)
            draw_key_cap(painter, cap, self.key, inks.hint, tokens)
