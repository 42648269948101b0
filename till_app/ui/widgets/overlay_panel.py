"""A question over the page, inside the same window: the page dims, the keyboard stays in the question."""

from collections import deque

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from till_app.ui.theme.theme import current_theme
from till_app.ui.translation import in_reading_direction
from till_app.ui.widgets.action_button import ActionButton
from till_app.ui.widgets.key_hint import matches_key
from till_app.ui.widgets.painting import colour


class OverlayPanel(QFrame):
    """A title, whatever is asked, and the answers as buttons, pressed by touch or by the key they name."""

    closed = Signal()
    """For whatever reason: answered, dismissed, or taken away by the program."""
    dismissed = Signal()
    """Esc, or its button: nothing was answered."""

    def __init__(
        self,
        title: str,
        body: QWidget,
        *,
        detail: str = "",
        is_dismissable: bool = True,
        width: int = 420,
        parent: QWidget | None = None,
    ) -> None:
        """`width` in pixels at 100 %. The body gets the keyboard when the panel opens."""
        super().__init__(parent)
        self.body = body
        self.is_dismissable = is_dismissable
        self._width = width
        self.setProperty("ground", "card")
        self.setAccessibleName(title)
        heading = QLabel(in_reading_direction(title))
        heading.setProperty("type", "title")
        heading.setWordWrap(True)
        self._detail = QLabel(in_reading_direction(detail))
        self._detail.setProperty("tone", "muted")
        self._detail.setWordWrap(True)
        for label in (heading, self._detail):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._buttons = QHBoxLayout()
        self._layout = QVBoxLayout(self)
        self._layout.addWidget(heading)
        self._layout.addWidget(self._detail)
        # Not before it has a parent: it would open as a window and take the keyboard.
        self._detail.setVisible(bool(detail))
        self._layout.addWidget(body, 1)
        self._layout.addLayout(self._buttons)
        self._on_theme_changed()
        current_theme().changed.connect(self._on_theme_changed)

    def add_button(self, button: ActionButton) -> ActionButton:
        """Answers stand in a row, the strongest last."""
        self._buttons.addWidget(button)
        return button

    @property
    def detail(self) -> str:
        return self._detail.text()

    def set_detail(self, words: str) -> None:
        self._detail.setText(in_reading_direction(words))
        self._detail.setVisible(bool(words))

    def dismiss(self) -> None:
        if self.is_dismissable:
            self.dismissed.emit()
            self.close_panel()

    def close_panel(self) -> None:
        """Ends the question; the next one waiting, if any, opens."""
        self.closed.emit()

    def press_key(self, event: QKeyEvent) -> bool:
        """Presses the button that names this key."""
        key, modifiers = Qt.Key(event.key()), event.modifiers()
        for button in self.findChildren(ActionButton):
            if button.isVisible() and button.isEnabled() and matches_key(button.key, key, modifiers):
                button.click()
                return True
        return False

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        width = max(round(self._width * current_theme().tokens.scale), super().minimumSizeHint().width())
        height = (
            self._layout.totalHeightForWidth(width) if self._layout.hasHeightForWidth() else hint.height()
        )
        return QSize(width, max(height, hint.height()))

    def _on_theme_changed(self) -> None:
        space = current_theme().tokens.space
        self._layout.setContentsMargins(space.xl, space.xl, space.xl, space.xl)
        self._layout.setSpacing(space.m)
        self._buttons.setSpacing(space.s)


class OverlayHost(QWidget):
    """Covers a page and shows one panel at a time; further ones wait for their turn, none is lost."""

    opened = Signal()
    closed = Signal()
    """The last panel is gone: the page has the keyboard again."""

    def __init__(self, page: QWidget) -> None:
        super().__init__(page)
        self._page = page
        self._panel: OverlayPanel | None = None
        self._waiting: deque[OverlayPanel] = deque()
        self._focus_before: QWidget | None = None
        self._scroll = QScrollArea(self)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.viewport().setAutoFillBackground(False)
        self.hide()
        page.installEventFilter(self)
        current_theme().changed.connect(self._place)

    @property
    def panel(self) -> OverlayPanel | None:
        """The open one."""
        return self._panel

    @property
    def is_open(self) -> bool:
        return self._panel is not None

    def open_panel(self, panel: OverlayPanel) -> None:
        """Opens now, or when those before it are closed."""
        if self._panel is not None:
            self._waiting.append(panel)
            panel.hide()
            return
        if not self.isVisible():
            self._focus_before = self._page.window().focusWidget()
        self._panel = panel
        panel.closed.connect(self._on_panel_closed)
        panel.installEventFilter(self)
        self._scroll.setWidget(panel)
        # The scroll area fills what it holds, corners too; the panel's own corners are round.
        panel.setAutoFillBackground(False)
        panel.show()
        self._place()
        self.show()
        self.raise_()
        self._first_focus(panel).setFocus(Qt.FocusReason.PopupFocusReason)
        self.opened.emit()

    def _on_panel_closed(self) -> None:
        panel = self._panel
        if panel is None:
            return
        self._panel = None
        panel.closed.disconnect(self._on_panel_closed)
        self._scroll.takeWidget()
        panel.hide()
        panel.deleteLater()
        if self._waiting:
            self.open_panel(self._waiting.popleft())
            return
        self.hide()
        if self._focus_before is not None and self._focus_before.isVisible():
            self._focus_before.setFocus(Qt.FocusReason.PopupFocusReason)
        self._focus_before = None
        self.closed.emit()

    def _first_focus(self, panel: OverlayPanel) -> QWidget:
        candidates = [panel.body, *panel.body.findChildren(QWidget), *panel.findChildren(QAbstractButton)]
        return next((widget for widget in candidates if _takes_focus(widget)), panel)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes round inside the panel."""
        if self._panel is None:
            return False
        start = self._page.window().focusWidget() or self._panel
        widget = start.nextInFocusChain() if forward else start.previousInFocusChain()
        while widget is not None and widget is not start:
            if self._panel.isAncestorOf(widget) and _takes_focus(widget):
                widget.setFocus(Qt.FocusReason.TabFocusReason)
                break
            widget = widget.nextInFocusChain() if forward else widget.previousInFocusChain()
        return True

    def event(self, event: QEvent) -> bool:
        # A key that the panel's widgets leave alone must not start a shortcut of the page below.
        if event.type() is QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._panel is None:
            event.ignore()
        elif self._panel.press_key(event):
            event.accept()
        elif event.key() == Qt.Key.Key_Escape:
            self._panel.dismiss()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._page and event.type() is QEvent.Type.Resize:
            self._place()
        elif watched is self._panel and event.type() is QEvent.Type.LayoutRequest:
            # A message that appears inside the panel may need more room, once its layout has settled.
            QTimer.singleShot(0, self, self._place)
        return False

    def _place(self) -> None:
        """The panel in the middle, as large as it asks, and scrolling when the page is too small for it."""
        self.setGeometry(self._page.rect())
        if self._panel is None:
            return
        margin = current_theme().tokens.space.s
        wanted = self._panel.sizeHint()
        width = min(wanted.width(), self.width() - 2 * margin)
        height = min(wanted.height(), self.height() - 2 * margin)
        self._scroll.setGeometry((self.width() - width) // 2, (self.height() - height) // 2, width, height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour(current_theme().tokens.colours.scrim))
        painter.end()


def _takes_focus(widget: QWidget) -> bool:
    return (
        bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and widget.isEnabled() and not widget.isHidden()
    )
