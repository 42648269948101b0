"""What panels that find something have in common: a field to type in, and below it the rows that fit."""

from abc import abstractmethod
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from till_app.ui.theme.theme import current_theme
from till_app.ui.widgets.action_button import ActionButton, Variant
from till_app.ui.widgets.choice_list import ChoiceList, ChoiceRow
from till_app.ui.widgets.overlay_panel import OverlayPanel

_PAUSE_MS = 60
_ROWS_SEEN = 5
_MOVING = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class FindPanel(OverlayPanel):
    """Typing searches, up and down move, Enter takes the highlighted one. The subclass searches."""

    def __init__(self, title: str, placeholder: str, spoken_name: str, parent: QWidget | None = None) -> None:
        body = QWidget()
        super().__init__(title, body, width=560, parent=parent)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self.show_found)
        self.field = QLineEdit()
        self.field.setPlaceholderText(placeholder)
        self.field.setAccessibleName(spoken_name)
        self.field.textEdited.connect(lambda _text: self._pause.start())
        self.field.returnPressed.connect(self.accept)
        self.field.installEventFilter(self)
        self.list = ChoiceList()
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.choice_made.connect(self.choose)
        tokens = current_theme().tokens
        self.list.setFixedHeight(_ROWS_SEEN * round(tokens.height.touch * 1.05))
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.space.m)
        column.addWidget(self.field)
        column.addWidget(self.list)
        body.setFocusProxy(self.field)
        self.add_button(ActionButton(self.tr("Back"), "Esc")).clicked.connect(self.dismiss)
        self.take = ActionButton("", "Return", Variant.PRIMARY)
        self.take.clicked.connect(self.accept)

    @abstractmethod
    def rows_for(self, text: str) -> Sequence[ChoiceRow]:
        """What fits the text; `choose` is given the key of one of the rows found last."""

    @abstractmethod
    def empty_words(self, text: str) -> str:
        """Stands where rows would be when nothing fits, or nothing is typed."""

    @abstractmethod
    def choose(self, key: str) -> None: ...

    def add_take(self, caption: str) -> None:
        """The button that takes the highlighted one; after all other buttons."""
        self.take.set_caption(caption)
        self.add_button(self.take)

    def show_found(self) -> None:
        """What fits what stands in the field now."""
        self._pause.stop()
        text = self.field.text().strip()
        self.show_rows(self.rows_for(text) if text else (), self.empty_words(text))

    def show_rows(self, rows: Sequence[ChoiceRow], empty_words: str) -> None:
        self.list.set_empty_text(empty_words)
        self.list.show_rows(rows, 0 if rows else None)
        self.take.setEnabled(bool(rows))

    def accept(self) -> None:
        """Takes the highlighted one, of those that fit what stands in the field now."""
        if self._pause.isActive():
            self.show_found()
        row = self.list.current_row
        if row is not None:
            self.choose(row.key)

    def hideEvent(self, event: QHideEvent) -> None:
        """A search that was still to come is not made once nobody looks."""
        self._pause.stop()
        super().hideEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            key = Qt.Key(event.key())
            if key in _MOVING and self.list.move_by_key(key):
                return True
        return super().eventFilter(watched, event)
