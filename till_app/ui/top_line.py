"""What the top bar says of the shop, the till, whoever works at it, and the time."""

from PySide6.QtCore import QObject, QTimer, Signal

from till_app.domain.times import from_text
from till_app.ui.shell import ScreenName, Shell
from till_app.ui.widgets.top_bar import TopBar


class TopLine(QObject):
    minute_is_over = Signal()
    """The time that is shown is the one before."""

    def __init__(self, shell: Shell, top_bar: TopBar, parent: QObject) -> None:
        super().__init__(parent)
        self._services = shell.services
        self._formatter = shell.formatter
        self._top_bar = top_bar
        self._minute = QTimer(self)
        self._minute.setSingleShot(True)
        self._minute.timeout.connect(self.minute_is_over)

    def show_place(self) -> str:
        """Returns what the window is called there."""
        shop = self._services.catalogue.shop()
        identity = self._services.ledger.identity()
        self._top_bar.show_place(
            shop.name if shop else self.tr("No shop loaded yet"),
            identity.till_name if identity else self.tr("not paired"),
        )
        return shop.name if shop else self.tr("Till")

    def show_operator(self, screen: ScreenName | None) -> None:
        workplace = self._services.workplace
        name = workplace.operator.name if workplace.operator else ""
        if workplace.is_locked:
            name = self.tr("{name} (locked)").format(name=name)
        if screen is ScreenName.INSTALLER:
            by = self._services.commissioning.by
            name = " · ".join(part for part in (self.tr("Installer"), by.name if by else "") if part)
        self._top_bar.show_operator(name)

    def show_time(self) -> None:
        now = from_text(self._services.workplace.now_text())
        self._top_bar.show_time(self._formatter.time(now))
        self._minute.start((60 - now.second) * 1000)

    def stop(self) -> None:
        self._minute.stop()
