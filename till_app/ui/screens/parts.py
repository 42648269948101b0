"""Small pieces that several screens are put together from."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QLayout, QVBoxLayout, QWidget

from till_app.ui.theme.theme import current_theme


def messages_over(screen: QWidget, page: QWidget) -> QVBoxLayout:
    """The screen's layout: the page, and messages over the free room at its head. Nothing moves under a
    finger when one comes or goes."""
    grid = QGridLayout(screen)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.addWidget(page, 0, 0)
    over = QWidget()
    place = QVBoxLayout(over)
    place.setContentsMargins(0, 0, 0, 0)
    grid.addWidget(over, 0, 0, Qt.AlignmentFlag.AlignTop)
    return place


def words(text: str = "", style: str = "body", tone: str = "") -> QLabel:
    """A label in a type style and tone of the theme."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("type", style)
    if tone:
        label.setProperty("tone", tone)
    return label


def rule() -> QFrame:
    line = QFrame()
    line.setProperty("ground", "rule")
    return line


class FigureTable(QWidget):
    """Rows of a name at the left and a figure at the right; as many as it is given."""

    def __init__(self, style: str = "body", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = style
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setColumnStretch(0, 1)
        self._grid.setVerticalSpacing(current_theme().tokens.space.s)
        self._shown: list[tuple[str, str, str]] = []

    @property
    def rows(self) -> tuple[tuple[str, str, str], ...]:
        return tuple(self._shown)

    def show_rows(self, rows: list[tuple[str, str, str]]) -> None:
        """`(name, figure, tone)` each; an empty name and figure draw a rule."""
        if rows == self._shown:
            return
        self._shown = rows
        _clear(self._grid)
        for number, (name, figure, tone) in enumerate(rows):
            if not name and not figure:
                self._grid.addWidget(rule(), number, 0, 1, 2)
                continue
            name_label = words(name, self._style, tone)
            name_label.setWordWrap(True)
            figure_label = words(figure, "strong", tone)
            figure_label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self._grid.addWidget(name_label, number, 0)
            self._grid.addWidget(figure_label, number, 1)


class Card(QFrame):
    """A titled card around one widget."""

    def __init__(self, title: str, body: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("ground", "card")
        space = current_theme().tokens.space
        layout = QVBoxLayout(self)
        layout.setContentsMargins(space.l, space.m, space.l, space.m)
        layout.setSpacing(space.s)
        layout.addWidget(words(title.upper(), "small_strong", "muted"))
        layout.addWidget(body)
        layout.addStretch(1)


def _clear(layout: QLayout) -> None:
    while (entry := layout.takeAt(0)) is not None:
        widget = entry.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
