"""The whole window with a simulated card terminal behind its real worker."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from PySide6.QtCore import QCoreApplication, Qt
from pytestqt.qtbot import QtBot

from hardware.terminals.simulated import SimulatedTerminal
from tests.services.card_counter import CardCounter, open_card_counter
from tests.ui.till_fixture import TillWindow, fill_shop, window_over
from till_app.services.device_settings import TerminalSettings
from till_app.services.device_status import DeviceHealth
from till_app.ui.bridge import Bridge
from till_app.ui.screens.card_payment import CardPaymentScreen
from till_app.ui.shell import ScreenName

MILK = "5000128104517"
_PATIENCE_MS = 20_000


@dataclass(frozen=True)
class CardTill:
    till: TillWindow
    cards: CardCounter
    terminal: SimulatedTerminal
    qtbot: QtBot

    @property
    def screen(self) -> CardPaymentScreen:
        return cast(CardPaymentScreen, self.till.window.screen_named(ScreenName.CARD_PAYMENT))

    def pay_by_card(self, *codes: str) -> None:
        """Scan, Space, F2, Return."""
        for code in codes or (MILK, MILK):
            self.till.scan(code)
        self.till.press(Qt.Key.Key_Space)
        self.till.press(Qt.Key.Key_F2)
        self.till.press(Qt.Key.Key_Return)

    def wait_for(self, screen: ScreenName) -> None:
        self.qtbot.waitUntil(lambda: self.till.is_on(screen), timeout=_PATIENCE_MS)

    def wait_for_page(self, page: object) -> None:
        self.qtbot.waitUntil(
            lambda: self.till.is_on(ScreenName.CARD_PAYMENT) and self.screen.page is page,
            timeout=_PATIENCE_MS,
        )

    @property
    def is_known(self) -> bool:
        return self.cards.cards.pending is None


@contextmanager
def open_card_till(
    folder: Path,
    qtbot: QtBot,
    terminal: SimulatedTerminal,
    size: tuple[int, int] = (1366, 768),
    *,
    kind: str = "simulated",
) -> Iterator[CardTill]:
    """Signed on as Aisha on the sell screen, or where an open payment brings her."""
    bridges: list[Bridge] = []

    def on_payment(news: object) -> None:
        bridges[0].report_payment(news)

    def on_health(health: DeviceHealth) -> None:
        bridges[0].report_device(health)

    with (
        open_card_counter(
            folder,
            terminal,
            settings=TerminalSettings(kind="keyed" if kind == "keyed" else "simulated"),
            on_payment=on_payment,
            stop_within_s=0.5,
            on_health=on_health,
            is_started=False,
            prepare=fill_shop,
        ) as cards,
        window_over(cards.counter, qtbot, size) as till,
    ):
        bridges.append(till.bridge)
        till.window.go(ScreenName.SELL)
        cards.worker.start()
        yield CardTill(till, cards, terminal, qtbot)
        cards.worker.stop()
        QCoreApplication.processEvents()  # its last word is heard while the ledger is open
