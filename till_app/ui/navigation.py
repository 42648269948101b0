"""Which screen may be shown now, and the way back from one that is only looked at; it shows none itself."""

from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from till_app.services.sync_control import SyncControl
from till_app.services.till import TillServices
from till_app.ui.shell import ScreenName

_ASIDE = frozenset((ScreenName.SYNC_CENTRE, ScreenName.PAIRING, ScreenName.INSTALLER))
"""Shown whoever is signed on, beside what is under way."""
_PASSED_THROUGH = frozenset((ScreenName.SYNC_CENTRE, ScreenName.PAIRING))
"""Those of _ASIDE that nobody comes back to on the way back."""
_OPEN_WITHOUT_SESSION = frozenset((ScreenName.SIGN_ON, ScreenName.OPEN_DAY, ScreenName.END_OF_DAY))


@dataclass(frozen=True, slots=True)
class Left:
    """A screen as it was left."""

    screen: ScreenName
    focus: QWidget | None


class Navigation:
    """Told of every screen that is shown."""

    def __init__(self, services: TillServices, control: SyncControl) -> None:
        self._services = services
        self._control = control
        self.current: ScreenName | None = None
        self._after_unlock: ScreenName | None = None
        self._left: list[Left] = []
        """What is under way beside a screen of _ASIDE, and the installer's screen if it led there."""

    def is_aside(self, screen: ScreenName) -> bool:
        return screen in _ASIDE

    def reachable(self, wanted: ScreenName) -> ScreenName:
        """That screen, or the one that comes before it. After an unlock, once, the payment under way."""
        workplace = self._services.workplace
        if wanted in _ASIDE:
            return wanted
        if workplace.operator is None or workplace.is_locked:
            return ScreenName.SIGN_ON
        if self._services.card_payments.pending is not None and wanted is not ScreenName.SIGN_ON:
            return ScreenName.CARD_PAYMENT
        if workplace.session is None and wanted not in _OPEN_WITHOUT_SESSION:
            return ScreenName.OPEN_DAY
        resumed, self._after_unlock = self._after_unlock, None
        is_paying = resumed in (ScreenName.TENDER, ScreenName.CARD_PAYMENT)
        if wanted is ScreenName.SELL and resumed and is_paying and self._services.selling.is_open:
            return resumed
        return wanted

    def leave_for(self, screen: ScreenName, focus: QWidget | None) -> None:
        """The present screen is left to look at another one, which may be on the way back to it."""
        on_the_way = [left.screen for left in self._left]
        if screen in on_the_way:
            del self._left[on_the_way.index(screen) :]
        elif self.current is not None and self.current not in (screen, *_PASSED_THROUGH):
            self._left.append(Left(self.current, focus))

    def take_last_left(self) -> Left | None:
        return self._left.pop() if self._left else None

    def way_on(self) -> ScreenName:
        """From a screen that nothing leads back from."""
        is_unpaired = self.current is ScreenName.INSTALLER and not self._control.can_sell()
        return ScreenName.PAIRING if is_unpaired else ScreenName.SELL

    def shown(self, screen: ScreenName) -> None:
        self.current = screen
        if screen not in _ASIDE:
            self._left.clear()

    def locked(self) -> None:
        self._after_unlock = self._left[0].screen if self._left else self.current
