"""Qt calls leave the counts of None, True and False alone: a binding that steals them aborts the process."""

import sys
from collections.abc import Callable

import pytest
from PySide6.QtCore import QObject, QStringListModel, Qt, Signal
from PySide6.QtWidgets import QApplication, QLabel, QListView

from till_app.ui.widgets.basket_view import BasketRow, BasketView

CALLS = 2000
STRAY = 40
"""What the test itself and the loop may hold at the end; the fault costs one reference for every call."""


class _Sender(QObject):
    sent = Signal(object)
    queued = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.received = 0
        self.sent.connect(self.on_sent)
        self.queued.connect(self.on_sent, Qt.ConnectionType.QueuedConnection)

    def on_sent(self, _value: object) -> None:
        self.received += 1


def _set_text(app: QApplication) -> Callable[[int], object]:
    label = QLabel()
    return lambda number: label.setText(str(number))


def _emit(app: QApplication) -> Callable[[int], object]:
    sender = _Sender()

    def emit(number: int) -> None:
        sender.sent.emit(number)

    return emit


def _queued_emit(app: QApplication) -> Callable[[int], object]:
    sender = _Sender()

    def emit_and_deliver(number: int) -> None:
        sender.queued.emit(number)
        if number % 100 == 99:
            app.processEvents()

    return emit_and_deliver


def _model_change(app: QApplication) -> Callable[[int], object]:
    model = QStringListModel(["a"])
    view = QListView()
    view.setModel(model)

    def change(number: int) -> None:
        model.setData(model.index(0), str(number))
        view.model()

    return change


def _repaint(app: QApplication) -> Callable[[int], object]:
    view = BasketView()
    view.resize(200, 60)
    view.show()

    def show_and_paint(number: int) -> None:
        view.show_rows([BasketRow(str(number), "Milk", "", "", "£1.65")], 0)
        view.viewport().repaint()

    return show_and_paint


@pytest.mark.parametrize("kind", [_set_text, _emit, _queued_emit, _model_change, _repaint])
def test_two_thousand_calls_steal_no_reference(
    qapp: QApplication, kind: Callable[[QApplication], Callable[[int], object]]
) -> None:
    """From Python 3.12 on these objects are immortal: surviving is the test then."""
    call = kind(qapp)
    call(0)
    before = [sys.getrefcount(thing) for thing in (None, True, False)]
    for number in range(CALLS):
        call(number)
    after = [sys.getrefcount(thing) for thing in (None, True, False)]
    changes = [now - then for then, now in zip(before, after, strict=True)]
    assert all(abs(change) < STRAY for change in changes), f"None, True, False changed by {changes}"
