"""Facts as a name and what holds, changed in place: a row that stays is never made anew."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from till_app.ui.theme.theme import current_theme


@dataclass(frozen=True, slots=True)
class Fact:
    """`tone` is one of the theme's label tones, such as `warn`."""

    name: str
    words: str
    tone: str = ""


class FactTable(QWidget):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts: tuple[Fact, ...] = ()
        self._labels: list[tuple[QLabel, QLabel]] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setColumnStretch(0, 2)
        self._grid.setColumnStretch(1, 3)
        current_theme().changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    @property
    def facts(self) -> tuple[Fact, ...]:
        return self._facts

    def show_facts(self, facts: Sequence[Fact]) -> None:
        while len(self._labels) < len(facts):
            self._add_row()
        for index, (name, words) in enumerate(self._labels):
            fact = facts[index] if index < len(facts) else None
            for label in (name, words):
                label.setVisible(fact is not None)
            if fact is not None:
                _set(name, fact.name, "muted")
                _set(words, fact.words, fact.tone)
        self._facts = tuple(facts)

    def _add_row(self) -> None:
        row = len(self._labels)
        name, words = QLabel(self), QLabel(self)
        for column, label in enumerate((name, words)):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(label, row, column)
        name.setProperty("type", "body")
        words.setProperty("type", "strong")
        self._labels.append((name, words))

    def _on_theme_changed(self) -> None:
        space = current_theme().tokens.space
        self._grid.setVerticalSpacing(space.s)
        self._grid.setHorizontalSpacing(space.m)


def _set(label: QLabel, text: str, tone: str) -> None:
    label.setText(text)
    if label.property("tone") != tone:
        label.setProperty("tone", tone)
        label.style().unpolish(label)
        label.style().polish(label)
