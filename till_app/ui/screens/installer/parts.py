"""Pieces of the installer's pages: a page with its heading and buttons, and a column that scrolls."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QScroller,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from till_app.ui.screens.parts import Card, words
from till_app.ui.theme.theme import current_theme
from till_app.ui.widgets.action_button import ActionButton


class ScrollColumn(QScrollArea):
    """Widgets below each other; the keyboard's focus is always in sight."""

    def __init__(self, ground: str = "page") -> None:
        super().__init__()
        inside = QWidget()
        inside.setProperty("ground", ground)
        self.column = QVBoxLayout(inside)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(inside)
        QScroller.grabGesture(self.viewport(), QScroller.ScrollerGestureType.TouchGesture)
        current_theme().changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def _on_theme_changed(self) -> None:
        space = current_theme().tokens.space
        self.column.setSpacing(space.m)
        self.verticalScrollBar().setSingleStep(current_theme().tokens.height.touch)


class Page(QWidget):
    """A heading with room for buttons at its right, the content, and a row of buttons below."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setProperty("ground", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.title = words(title, "large")
        self.title.setWordWrap(True)
        self.head = QHBoxLayout()
        self.head.addWidget(self.title, 1)
        self.foot = QHBoxLayout()
        self._layout = QVBoxLayout(self)
        self._layout.addLayout(self.head)
        self.content = QVBoxLayout()
        self.content.setContentsMargins(0, 0, 0, 0)
        self._layout.addLayout(self.content, 1)
        self._layout.addLayout(self.foot)
        current_theme().changed.connect(self._on_page_theme)
        self._on_page_theme()

    def entered(self) -> None:
        """It is shown now: read everything again."""

    def stepped_back(self) -> bool:
        """Whether Back was for something inside the page."""
        return False

    def leave(self, then: Callable[[], object]) -> None:
        """Go on with `then` once nothing unsaved is left behind."""
        then()

    def add_to_head(self, button: ActionButton) -> ActionButton:
        button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.head.addWidget(button)
        return button

    def add_to_foot(self, button: ActionButton) -> ActionButton:
        self.foot.addWidget(button, 1)
        return button

    def _on_page_theme(self) -> None:
        space = current_theme().tokens.space
        self._layout.setContentsMargins(space.xl, space.l, space.xl, space.l)
        self._layout.setSpacing(space.m)
        self.content.setSpacing(space.m)
        self.head.setSpacing(space.s)
        self.foot.setSpacing(space.s)


def cards_on(page: Page, *cards: tuple[str, QWidget]) -> ScrollColumn:
    """A titled card for each of these, on the page."""
    scroll = ScrollColumn()
    for title, body in cards:
        scroll.column.addWidget(Card(title, body))
    page.content.addWidget(scroll, 1)
    return scroll


def tell_as_bug(error: Exception) -> None:
    """For an errand that nothing is expected to go wrong with."""
    raise error
