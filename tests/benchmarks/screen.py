"""From a scan to its painted line: the whole till beside the least that looks up, saves and paints a row."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QRect, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QWidget

from tests.benchmarks.bare_sqlite import bare_sqlite
from tests.benchmarks.measure import Effort, Result, compare, timed_ms
from tests.services.counter import open_counter
from tests.ui.device_desk import a_set_up
from tests.ui.till_fixture import EGGS, LOAF, OATS, HubDesk, PrinterDesk, fill_shop
from till_app.domain.currency import GBP
from till_app.services.till import TillServices
from till_app.store.sqlite_engine import Synchronous
from till_app.ui.bridge import Bridge
from till_app.ui.formatting import Formatter
from till_app.ui.main_window import MainWindow
from till_app.ui.screen_set import all_screens
from till_app.ui.screens.sell import SellScreen
from till_app.ui.shell import ScreenName
from till_app.ui.theme.theme import apply_theme

WINDOW = QSize(1366, 768)
LINES, MOST_LINES = 15, 25
"""A basket is about twenty lines long: it begins with the first and is voided at the second."""
GAP_MS = 10
"""Between the keys of a scanner, in their time stamps; nobody waits for it."""
GOODS = (LOAF, EGGS, OATS)
LINE_BYTES = 500
"""Of a saved basket line."""


class PaintWatch(QObject):
    """Says whether a widget was painted since it was last asked about."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.was_painted = False
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint:
            self.was_painted = True
        return False

    def paint(self) -> None:
        """Lets the window go on until the widget is painted and handed to the screen."""
        while not self.was_painted:
            QApplication.processEvents()


class ScannedTill:
    """A window in the middle of a sale, and the scanner on its keyboard."""

    def __init__(self, services: TillServices, window: MainWindow) -> None:
        self.window = window
        self._selling = services.selling
        sell = window.screen_named(ScreenName.SELL)
        assert isinstance(sell, SellScreen)
        self.basket = sell.basket
        self.viewport = self.basket.view.viewport()
        self._watch = PaintWatch(self.viewport)
        self._now_ms = 1_000_000
        self._scans = 0

    def next_scan_ms(self) -> float:
        """Thirteen figures and Return, until the line is on the screen."""
        if not 0 < len(self.basket.view.rows) < MOST_LINES:
            self._begin_basket()
        keys = self._keys_of(self._next_code() + "\r")
        handle = self.window.windowHandle()
        before = len(self.basket.view.rows)
        self._watch.was_painted = False

        def scan() -> None:
            for key in keys:
                QCoreApplication.sendEvent(handle, key)
            self._watch.paint()

        cost_ms = timed_ms(scan)
        assert len(self.basket.view.rows) == before + 1, "the scan made no line"
        QApplication.processEvents()
        return cost_ms

    def _begin_basket(self) -> None:
        if self._selling.is_open:
            self._selling.void_basket()
        for _ in range(LINES):
            self._selling.scan(self._next_code())
        self.basket.refresh()
        QApplication.processEvents()

    def _next_code(self) -> str:
        self._scans += 1
        return GOODS[self._scans % len(GOODS)].barcodes[0]

    def _keys_of(self, text: str) -> list[QKeyEvent]:
        """What the window system hands over for each key: may it be a shortcut, down, up."""
        self._now_ms += 1_000
        events = []
        for character in text:
            self._now_ms += GAP_MS
            key = Qt.Key.Key_Return.value if character == "\r" else ord(character)
            for kind in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, character)
                event.setTimestamp(self._now_ms)
                event.ignore()
                events.append(event)
        return events


@contextmanager
def scanned_till(folder: Path) -> Iterator[ScannedTill]:
    """Signed on, on the sell screen of an open day; every scan a line of its own."""
    with open_counter(folder, combine_lines=False) as counter:
        fill_shop(counter)
        counter.begin_day()
        bridge = Bridge()
        hub = HubDesk(counter.ledger, counter.folder)
        window = MainWindow(
            counter.services,
            Formatter(GBP),
            bridge,
            all_screens(a_set_up(counter)),
            PrinterDesk(),
            counter.ledger,
            hub,
        )
        window.sounds.set_muted(True)
        window.resize(WINDOW)
        window.show()
        window.activateWindow()
        window.go(ScreenName.SELL)
        try:
            while QApplication.focusWindow() is not window.windowHandle():
                QApplication.processEvents()
            yield ScannedTill(counter.services, window)
        finally:
            window.close()
            window.deleteLater()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


class BareDatabase:
    """A row looked up and a row saved for good, with nothing around it."""

    def __init__(self, path: Path) -> None:
        self._connection = bare_sqlite(path, Synchronous.FULL)
        for statement in (
            "CREATE TABLE item (code TEXT PRIMARY KEY, name TEXT, price_minor INTEGER)",
            "CREATE TABLE line (id INTEGER PRIMARY KEY, body BLOB)",
        ):
            self._connection.execute(statement)
        goods = [(item.barcodes[0], item.name, item.price_minor) for item in GOODS]
        self._connection.executemany("INSERT INTO item VALUES (?, ?, ?)", goods)

    def close(self) -> None:
        self._connection.close()

    def sold(self, code: str) -> tuple[str, str, str]:
        """The row to paint, when it is on the disk."""
        row = self._connection.execute(
            "SELECT name, price_minor FROM item WHERE code = ?", (code,)
        ).fetchone()
        self._connection.execute("INSERT INTO line (body) VALUES (?)", (b"x" * LINE_BYTES,))
        return row[0], code, f"£{row[1] / 100:.2f}"


class BareList(QAbstractScrollArea):
    """The least that shows lines: it paints a Python list, all of it again when a row is added."""

    def __init__(self, parent: QWidget, database: BareDatabase) -> None:
        super().__init__(parent)
        self._database = database
        self._scans = 0
        self._rows: list[tuple[str, str, str]] = []
        self._watch = PaintWatch(self.viewport())
        self._row_height = 2 * self.fontMetrics().height() + 8

    def next_row_ms(self) -> float:
        if not 0 < len(self._rows) < MOST_LINES:
            self._rows = [self._next_row() for _ in range(LINES)]
            self.viewport().update()
            QApplication.processEvents()
        self._watch.was_painted = False

        def add() -> None:
            self._rows.append(self._next_row())
            self._scroll_to_end()
            self.viewport().update()
            self._watch.paint()

        cost_ms = timed_ms(add)
        QApplication.processEvents()
        return cost_ms

    def _next_row(self) -> tuple[str, str, str]:
        self._scans += 1
        return self._database.sold(GOODS[self._scans % len(GOODS)].barcodes[0])

    def _scroll_to_end(self) -> None:
        beyond = max(0, len(self._rows) * self._row_height - self.viewport().height())
        self.verticalScrollBar().setRange(0, beyond)
        self.verticalScrollBar().setValue(beyond)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), Qt.GlobalColor.white)
        painter.setPen(Qt.GlobalColor.black)
        width, height = self.viewport().width(), self._row_height
        top = -self.verticalScrollBar().value()
        for name, code, amount in self._rows:
            if -height < top < self.viewport().height():
                row = QRect(8, top, width - 16, height)
                painter.drawText(row, Qt.AlignmentFlag.AlignLeft, "1")
                painter.drawText(row.adjusted(40, 0, 0, 0), Qt.AlignmentFlag.AlignLeft, name)
                painter.drawText(row.adjusted(40, height // 2, 0, 0), Qt.AlignmentFlag.AlignLeft, code)
                painter.drawText(row, Qt.AlignmentFlag.AlignRight, amount)
            top += height
        painter.end()


@contextmanager
def bare_list(folder: Path) -> Iterator[BareList]:
    """In a window of the same size as the till's."""
    database = BareDatabase(folder / "bare.sqlite")
    window = QWidget()
    window.resize(WINDOW)
    shown = BareList(window, database)
    window.show()
    QApplication.processEvents()
    try:
        yield shown
    finally:
        database.close()
        window.close()
        window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


GOAL = 4.0
"""Python's share: of some five milliseconds two are spent on the row and the commit that the limit has too;
the rest is 42 key events, two statements through SQLAlchemy, pricing, totals and a second row repainted. A
faster disk makes the limit smaller than it makes us, and so the ratio larger."""


def scan_to_painted_line(effort: Effort) -> Result:
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    apply_theme(app)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        bare = stack.enter_context(bare_list(Path(folder)))
        till = stack.enter_context(scanned_till(Path(folder)))
        bare.resize(till.basket.view.size())
        QApplication.processEvents()
        return compare(
            till.next_scan_ms,
            bare.next_row_ms,
            rounds=effort.rounds,
            per_round=effort.pick(200, 60, 2),
            goal=GOAL,
            unit="ms",
            note=f"13 keys and Return to the line in a basket of {LINES} to {MOST_LINES};"
            " limit: one bare look-up, one row committed (WAL, FULL), a bare list of that size painted",
        )
