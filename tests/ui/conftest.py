"""Widgets are tested with the real theme, and windows are really shown (off screen)."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from till_app.ui.theme.theme import Theme, apply_theme

ShowWidget = Callable[[QWidget, int, int], QWidget]


@pytest.fixture(autouse=True)
def theme(qapp: QApplication) -> Iterator[Theme]:
    """The light theme at 100 %, also after a test that changed it."""
    yield apply_theme(qapp)
    apply_theme(qapp)


@pytest.fixture
def show(qtbot: QtBot) -> ShowWidget:
    """Shows a widget as a window of a size, with the keyboard."""

    def show_widget(widget: QWidget, width: int = 640, height: int = 480) -> QWidget:
        qtbot.addWidget(widget)
        widget.resize(width, height)
        with qtbot.waitActive(widget):
            widget.show()
            widget.activateWindow()
        return widget

    return show_widget
