"""A message inside the page: what happened, in words, and the next steps as buttons. It never blocks."""

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from till_app.ui.theme.icons import icon_pixmap
from till_app.ui.theme.theme import current_theme
from till_app.ui.theme.tokens import Colours
from till_app.ui.translation import in_reading_direction
from till_app.ui.widgets.action_button import ActionButton, Variant
from till_app.ui.widgets.painting import draw_box


class BannerTone(StrEnum):
    GOOD = "good"
    INFO = "info"
    WARN = "warn"
    BAD = "bad"


_ICONS = {
    BannerTone.GOOD: "circle-check",
    BannerTone.INFO: "info",
    BannerTone.WARN: "triangle-alert",
    BannerTone.BAD: "circle-x",
}

GOOD_NEWS_LASTS_MS = 4000
_WORDS_WIDTH = 380


@dataclass(frozen=True, slots=True)
class BannerAction:
    """A next step; `key` comes back by the signal, `shortcut` is a key in portable form."""

    key: str
    caption: str
    shortcut: str = ""


@dataclass(frozen=True, slots=True)
class BannerMessage:
    """`title` says what happened, `detail` what it means and what to do."""

    tone: BannerTone
    title: str
    detail: str = ""
    actions: tuple[BannerAction, ...] = ()


class Banner(QWidget):
    """Shows one message at a time; good news leaves by itself, everything else stays until answered."""

    action_chosen = Signal(str)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._message: BannerMessage | None = None
        self._icon = QLabel()
        self._title = QLabel()
        self._title.setProperty("type", "strong")
        self._detail = QLabel()
        self._detail.setProperty("type", "small")
        for label in (self._title, self._detail):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._title)
        words.addWidget(self._detail)
        self._actions = QHBoxLayout()
        self._buttons: list[ActionButton] = []
        self._close = ActionButton("", variant=Variant.GHOST, icon="x")
        self._close.setAccessibleName(self.tr("Close the message"))
        self._close.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._close.clicked.connect(self.close_message)
        self._layout = QHBoxLayout(self)
        self._layout.addWidget(self._icon)
        self._middle = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._middle.addLayout(words, 1)
        self._middle.addLayout(self._actions)
        self._layout.addLayout(self._middle, 1)
        self._layout.addWidget(self._close)
        self._leave = QTimer(self)
        self._leave.setSingleShot(True)
        self._leave.setInterval(GOOD_NEWS_LASTS_MS)
        self._leave.timeout.connect(self.close_message)
        # Not Fixed: that would hold it at the height of unwrapped words.
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.hide()
        theme = current_theme()
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    @property
    def message(self) -> BannerMessage | None:
        return self._message

    @property
    def buttons(self) -> list[ActionButton]:
        """The next steps, in the order of the message."""
        return list(self._buttons)

    def show_message(self, message: BannerMessage) -> None:
        """Replaces whatever is shown."""
        self._message = message
        self._title.setText(in_reading_direction(message.title))
        self._detail.setText(in_reading_direction(message.detail))
        self._detail.setVisible(bool(message.detail))
        for button in self._buttons:
            self._actions.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons = []
        for action in message.actions:
            button = ActionButton(action.caption, action.shortcut, parent=self)
            button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            button.clicked.connect(lambda _checked=False, key=action.key: self.action_chosen.emit(key))
            self._actions.addWidget(button)
            self._buttons.append(button)
        self._on_theme_changed()
        self.show()
        self.setAccessibleName(". ".join(part for part in (message.title, message.detail) if part))
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))
        if message.tone is BannerTone.GOOD and not message.actions:
            self._leave.start()
        else:
            self._leave.stop()

    def close_message(self) -> None:
        if self._message is not None:
            self._message = None
            self._leave.stop()
            self.hide()
            self.closed.emit()

    @property
    def is_leaving_by_itself(self) -> bool:
        return self._leave.isActive()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_actions()

    def _place_actions(self) -> None:
        """Below the words when they would leave them no room beside."""
        tokens = current_theme().tokens
        buttons = sum(button.sizeHint().width() for button in self._buttons)
        is_narrow = self.width() - buttons < round(_WORDS_WIDTH * tokens.scale)
        direction = QBoxLayout.Direction.TopToBottom if is_narrow else QBoxLayout.Direction.LeftToRight
        self._middle.setDirection(direction)
        alignment = Qt.AlignmentFlag.AlignLeft if is_narrow else Qt.AlignmentFlag.AlignVCenter
        self._middle.setAlignment(self._actions, alignment)

    def _inks(self) -> tuple[str, str]:
        colours: Colours = current_theme().tokens.colours
        tone = self._message.tone if self._message else BannerTone.INFO
        return {
            BannerTone.GOOD: (colours.good_soft, colours.on_good_soft),
            BannerTone.INFO: (colours.accent_soft, colours.on_accent_soft),
            BannerTone.WARN: (colours.warn_soft, colours.on_warn_soft),
            BannerTone.BAD: (colours.bad_soft, colours.on_bad_soft),
        }[tone]

    def _on_theme_changed(self) -> None:
        tokens = current_theme().tokens
        space = tokens.space
        self._layout.setContentsMargins(space.l, space.s, space.s, space.s)
        self._layout.setSpacing(space.m)
        self._actions.setSpacing(space.s)
        self._middle.setSpacing(space.s)
        self._place_actions()
        size = round(tokens.height.icon * 1.2)
        icon_size = QSize(size, size)
        self._icon.setFixedSize(icon_size)
        if self._message is not None:
            name = _ICONS[self._message.tone]
            self._icon.setPixmap(icon_pixmap(name, self._inks()[1], size, self.devicePixelRatioF()))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = current_theme().tokens
        fill, ink = self._inks()
        painter = QPainter(self)
        box = QRectF(self.rect())
        draw_box(painter, box, tokens.radius.m, fill)
        painter.setClipRect(QRectF(0, 0, tokens.space.xs, box.height()))
        draw_box(painter, box, tokens.radius.m, ink)
        painter.end()
