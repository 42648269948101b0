"""What every screen may ask of the window around it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from PySide6.QtWidgets import QWidget

from till_app.domain.catalogue import StaffMember
from till_app.services.status import SyncStatus
from till_app.services.sync_control import SyncControl
from till_app.services.till import TillServices
from till_app.ui.bridge import Errands
from till_app.ui.formatting import Formatter
from till_app.ui.sound import Sound


class ScreenName(StrEnum):
    SIGN_ON = "sign_on"
    OPEN_DAY = "open_day"
    SELL = "sell"
    TENDER = "tender"
    CARD_PAYMENT = "card_payment"
    SALE_DONE = "sale_done"
    RETURNS = "returns"
    END_OF_DAY = "end_of_day"
    STOCK = "stock"
    SYNC_CENTRE = "sync_centre"
    PAIRING = "pairing"
    INSTALLER = "installer"


class Tone(StrEnum):
    GOOD = "good"
    INFO = "info"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class NextStep:
    """A button beside a message: what to do about it."""

    caption: str
    action: Callable[[], object]


class Shell(Protocol):
    """Implemented by the main window."""

    @property
    def services(self) -> TillServices: ...

    @property
    def formatter(self) -> Formatter: ...

    @property
    def control(self) -> SyncControl:
        """Of the link to the hub."""
        ...

    @property
    def sync_status(self) -> SyncStatus:
        """As last reported."""
        ...

    @property
    def errands(self) -> Errands: ...

    def go(self, screen: ScreenName) -> None:
        """Show a screen; its `entered()` is called."""
        ...

    def look_at(self, screen: ScreenName) -> None:
        """Show a screen beside what is under way."""
        ...

    def look_back(self) -> None:
        """From `look_at` to what was under way, as it was left."""
        ...

    def open_installer(self) -> None:
        """For whoever may set devices up; somebody who may not needs another's PIN."""
        ...

    def place_changed(self) -> None:
        """The till's name or its shop are others now."""
        ...

    def say(self, tone: Tone, text: str, steps: Sequence[NextStep] = ()) -> None:
        """A message on the screen, with the sound of its tone; it replaces the one before."""
        ...

    def play(self, sound: Sound) -> None:
        """A sound by itself, such as that of a good scan."""
        ...

    def lock(self) -> None:
        """Ask for the operator's PIN before anything else is done; the basket stays."""
        ...

    def ask(self, panel: QWidget) -> None:
        """Show a panel over the screen, dimming it; scans are refused meanwhile. Esc closes it."""
        ...

    def close_panel(self) -> None: ...

    def attempt(self, action: Callable[[StaffMember | None], object]) -> bool:
        """Do something that the rules or the disk may refuse.

        A refusal is said in words. When it needs approval, a panel asks for the PIN of somebody who may, and
        the action runs again with that person. True when it went through at once.
        """
        ...

    def scan(self, text: str) -> None:
        """Hand a scan to the screen that is shown, as if it had just been made."""
        ...

    def receipt_scanned(self, receipt_number: str, *, is_gift: bool = False) -> None:
        """Bring that sale back on the returns screen."""
        ...

    def delivered(self, document: bytes, words: str) -> None:
        """A document was handed to the printer: say so, or show it on a till that has none."""
        ...

    def show_receipt(self, document: bytes) -> None:
        """A `hardware.document` as JSON, as it would print, on a panel."""
        ...


class Screen(Protocol):
    """A page of the window, a QWidget."""

    def entered(self) -> None:
        """It is shown now: read everything again and put the focus where typing begins."""
        ...

    def scanned(self, text: str) -> None:
        """A scan arrived while this screen is shown and no panel is over it."""
        ...
