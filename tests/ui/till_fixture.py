"""The whole window over a small real shop: real services, real SQLite files, keys as a person presses them.

Tests write `with open_till(tmp_path, qtbot) as till:` or `with open_selling_till(…)`.
"""

import hashlib
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QBuffer, QByteArray, QCoreApplication, QEvent, QIODevice, Qt
from PySide6.QtGui import QColor, QImage, QImageWriter, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.services.counter import (
    AISHA,
    CASHIER_PIN,
    CHEDDAR,
    MANAGER_PIN,
    MILK,
    RECALLED,
    SUNDRIES,
    SUPERVISOR_PIN,
    WINE,
    ShopCounter,
    an_item,
    open_counter,
)
from tests.ui.device_desk import a_set_up
from till_app.domain.catalogue import Department, QuickKey, StaffMember, StockLevel
from till_app.domain.currency import GBP
from till_app.domain.session import TillSession
from till_app.services.journal_export import ExportFailed, ExportReport, export_journal
from till_app.services.ports import CatalogueRecord
from till_app.services.session_check import SessionComparison
from till_app.services.set_up import SetUp
from till_app.services.sync_control import LinkFacts, Paired, PairingAsked, PairingResult
from till_app.store.ledger import SqliteLedger
from till_app.ui.bridge import Bridge
from till_app.ui.formatting import Formatter
from till_app.ui.main_window import MainWindow
from till_app.ui.screen_set import all_screens
from till_app.ui.screens.sell import SellScreen
from till_app.ui.screens.sign_on import PinHint, SignOnScreen
from till_app.ui.shell import ScreenName
from till_app.ui.widgets.action_button import ActionButton
from till_app.ui.widgets.overlay_panel import OverlayPanel

NOW = "2026-11-24T08:00:00.000000Z"
LOAF = an_item("loaf", "Sourdough loaf 800g", 320, department_id="bakery", barcodes=("5012345678900",))
CROISSANT = an_item("croissant", "Croissant", 180, department_id="bakery", plu="11")
BANANAS = an_item("bananas", "Bananas, loose", 18, department_id="produce", plu="4011")
EGGS = an_item("eggs", "Free-range eggs 6", 210, barcodes=("5000168001128",))
OATS = an_item("oats", "Porridge oats 1kg", 145, barcodes=("5000108022176",))
COFFEE = an_item("coffee", "Filter coffee", 260, vat_code="A", department_id="bakery", plu="12")
BAG = an_item("bag", "Carrier bag", 30, vat_code="A", plu="1")
QUICK_KEYS = (
    (LOAF, "Sourdough loaf", 12_000, "#e8d8b8"),
    (MILK, "Milk 2L", 48_000, "#d7e5f3"),
    (EGGS, "Free-range eggs 6", 31_000, "#efdcc8"),
    (BANANAS, "Bananas, loose", None, "#f4e8a8"),
    (BAG, "Carrier bag", 200_000, ""),
    (CHEDDAR, "Mature cheddar", None, "#f2dca0"),
    (COFFEE, "Filter coffee", None, "#ccb8a4"),
    (CROISSANT, "Croissant", 9_000, ""),
    (OATS, "Porridge oats 1kg", 0, "#e8dccb"),
    (WINE, "Red wine 75cl", 18_000, "#c8a2aa"),
    (SUNDRIES, "Sundries", None, ""),
    (RECALLED, "Recalled hummus", None, ""),
)
HINTS = (PinHint("aisha", CASHIER_PIN), PinHint("sam", SUPERVISOR_PIN), PinHint("morag", MANAGER_PIN))

Panel = TypeVar("Panel", bound=OverlayPanel)


@dataclass
class PrinterDesk:
    """Stands where the printer's worker does: notes what a person decided."""

    decided: list[tuple[str, str]] = field(default_factory=list)

    def resolve(self, job_id: str, *, printed: bool) -> None:
        self.decided.append((job_id, "printed" if printed else "again"))

    def skip(self, job_id: str) -> None:
        self.decided.append((job_id, "skipped"))

    def print_elsewhere(self, job_id: str) -> None:
        self.decided.append((job_id, "elsewhere"))

    def print_held(self, job_ids: Sequence[str] | None = None) -> None:
        self.decided += [(job_id, "print held") for job_id in job_ids or ["all"]]

    def skip_held(self) -> None:
        self.decided.append(("all", "skip held"))


@dataclass
class HubDesk:
    """Stands where the link to the hub does: notes what was asked, and answers what a test wants."""

    ledger: SqliteLedger
    folder: Path
    is_paired: bool = True
    sells: bool = True
    asked: list[str] = field(default_factory=list)
    pairings: list[PairingAsked] = field(default_factory=list)
    answers: list[PairingResult] = field(default_factory=list)
    """To `pair`, in turn."""
    comparisons: dict[str, SessionComparison | Exception] = field(default_factory=dict)
    """By session id."""
    export_fails: bool = False
    held: threading.Event = field(default_factory=threading.Event)
    """Unset, the hub lets its callers wait."""

    def __post_init__(self) -> None:
        self.held.set()

    def facts(self) -> LinkFacts:
        return LinkFacts(
            self.is_paired,
            "https://hub.example:8765" if self.is_paired else "",
            "1.4.0",
            False,
            self.folder / "pairing.json",
        )

    def can_sell(self) -> bool:
        return self.sells

    def send_now(self) -> None:
        self.asked.append("send now")

    def check_everything(self) -> None:
        self.asked.append("check everything")

    def accept_removal(self) -> None:
        self.asked.append("removal accepted")

    def full_address(self, typed: str) -> str:
        return typed if "://" in typed else f"https://{typed}"

    def is_readable_for_all(self, hub_url: str) -> bool:
        return hub_url.startswith("http://") and "127.0.0.1" not in hub_url

    def suggested_export(self) -> Path:
        return self.folder / "till-2-unsent.jsonl"

    def export_unsent(self, path: Path) -> ExportReport:
        self.held.wait()
        if self.export_fails:
            raise ExportFailed(f"{path} could not be written: No space left on device")
        identity = self.ledger.identity()
        assert identity is not None
        return export_journal(self.ledger, identity, "hub", path, unsent_only=True)

    def compare(self, session: TillSession) -> SessionComparison:
        self.asked.append("compare")
        self.held.wait()
        result = self.comparisons[session.session_id]
        if isinstance(result, Exception):
            raise result
        return result

    def closed_sessions(self, limit: int) -> Sequence[TillSession]:
        return self.ledger.closed_sessions(limit)

    def pair(self, asked: PairingAsked) -> PairingResult:
        self.held.wait()
        self.pairings.append(asked)
        answer = self.answers.pop(0)
        self.is_paired = self.is_paired or isinstance(answer, Paired)
        return answer


@dataclass(frozen=True)
class TillWindow:
    """A window, what is behind it, and the hands of the operator."""

    window: MainWindow
    counter: ShopCounter
    bridge: Bridge
    printer: PrinterDesk
    hub: HubDesk

    def is_on(self, screen: ScreenName) -> bool:
        return self.window.current is screen

    @property
    def sell(self) -> SellScreen:
        screen = self.window.screen_named(ScreenName.SELL)
        assert isinstance(screen, SellScreen)
        return screen

    @property
    def sign_on_screen(self) -> SignOnScreen:
        screen = self.window.screen_named(ScreenName.SIGN_ON)
        assert isinstance(screen, SignOnScreen)
        return screen

    @property
    def message(self) -> str:
        """Title and detail of the message on the screen; empty without one."""
        message = self.window.messages.message
        return "\n".join(part for part in (message.title, message.detail) if part) if message else ""

    @property
    def rows(self) -> list[tuple[str, str, str]]:
        """Quantity, name and amount of each basket row as shown."""
        return [(row.quantity_text, row.name, row.amount_text) for row in self.sell.basket.view.rows]

    def scan(self, text: str) -> None:
        """As a serial scanner reports it."""
        self.bridge.scanned.emit(text)

    def scan_by_wedge(self, text: str) -> None:
        """As a keyboard scanner types it: keys 10 ms apart by their time stamps, and Return."""
        handle = self.window.windowHandle()
        keys = [(ord(character.upper()), character) for character in text] + [(Qt.Key.Key_Return.value, "\r")]
        for at_ms, (key, character) in enumerate(keys):
            for kind in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, character)
                event.setTimestamp(5_000 + 10 * at_ms)
                event.ignore()
                QCoreApplication.sendEvent(handle, event)

    def type_keys(self, text: str) -> None:
        """Into whatever has the keyboard."""
        QTest.keyClicks(self.focus, text)

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.focus, key, modifiers)

    @property
    def focus(self) -> QWidget:
        return QApplication.focusWidget() or self.window.focusWidget() or self.window

    def panel(self, kind: type[Panel]) -> Panel:
        """The panel that is open, which must be of this kind."""
        panel = self.window.overlay.panel
        assert isinstance(panel, kind), f"{type(panel).__name__} is open"
        return panel

    def step(self, caption: str) -> ActionButton:
        """The button of a message's next step."""
        return next(button for button in self.window.messages.buttons if button.caption == caption)

    def sign_on(self, member: StaffMember = AISHA, pin: str = CASHIER_PIN) -> None:
        """On the sign-on screen, by touching the name and typing the PIN."""
        self.sign_on_screen.button_of(member.staff_code).click()
        self.type_keys(pin)
        self.press(Qt.Key.Key_Return)


@contextmanager
def open_till(folder: Path, qtbot: QtBot, size: tuple[int, int] = (1366, 768)) -> Iterator[TillWindow]:
    """On the sign-on screen, with the day not yet open."""
    with open_counter(folder) as counter:
        fill_shop(counter)
        with window_over(counter, qtbot, size) as till:
            yield till


@contextmanager
def open_selling_till(
    folder: Path, qtbot: QtBot, size: tuple[int, int] = (1366, 768)
) -> Iterator[TillWindow]:
    """Signed on as Aisha, a cashier, on the sell screen of an open day with a float of £100."""
    with open_counter(folder) as counter:
        fill_shop(counter)
        counter.sign_on()
        if counter.services.workplace.session is None:
            counter.services.cash_control.open_session(10_000)
        with window_over(counter, qtbot, size) as till:
            till.window.go(ScreenName.SELL)
            yield till


@contextmanager
def window_over(
    counter: ShopCounter, qtbot: QtBot, size: tuple[int, int], set_up: SetUp | None = None
) -> Iterator[TillWindow]:
    bridge, printer = Bridge(), PrinterDesk()
    hub = HubDesk(counter.ledger, counter.folder)
    window = MainWindow(
        counter.services,
        Formatter(GBP),
        bridge,
        all_screens(set_up or a_set_up(counter), HINTS),
        printer,
        counter.ledger,
        hub,
    )
    window.sounds.set_muted(True)
    window.resize(*size)
    try:
        with qtbot.waitActive(window, timeout=20_000):
            window.show()
            window.activateWindow()
        window.go(ScreenName.SIGN_ON)
        yield TillWindow(window, counter, bridge, printer, hub)
    finally:
        window.close()
        # At once: its timers would read from databases that are closed by then, and fail another test.
        window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def fill_shop(counter: ShopCounter) -> None:
    """What a small shop has on its quick keys, with pictures and stock."""
    records: list[CatalogueRecord] = [
        Department("bakery", "Bakery", 2),
        Department("produce", "Fruit & veg", 3),
        Department("cards", "Cards & gifts", 4),
    ]
    pictures = [plain_picture(ground) for *_rest, ground in QUICK_KEYS if ground]
    for position, (item, label, stock_milli, ground) in enumerate(QUICK_KEYS, 1):
        picture = sha256_of(plain_picture(ground)) if ground else None
        records.append(replace(item, picture=picture))
        records.append(QuickKey(f"key-{item.item_code}", "Quick keys", 1, position, item.item_id, label))
        if stock_milli is not None:
            records.append(StockLevel(item.item_id, stock_milli, NOW))
    records.append(QuickKey("key-bag-2", "Bags", 2, 1, BAG.item_id, "Carrier bag"))
    counter.catalogue.apply(records, "epoch:2")
    for content in pictures:
        counter.catalogue.add_picture(sha256_of(content), content)


def plain_picture(ground: str, width: int = 120, height: int = 90) -> bytes:
    """A PNG in one colour."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(ground))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(buffer.data().data())


def sha256_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
