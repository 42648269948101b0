"""The last closed day compared with the hub as soon as everything was sent; silent when both sides agree."""

from PySide6.QtCore import QObject

from till_app.domain.session import TillSession
from till_app.services.errors import HubError
from till_app.services.ports import LedgerUnavailable
from till_app.services.session_check import SessionComparison
from till_app.services.status import LinkState, SyncStatus
from till_app.ui.bridge import Bridge
from till_app.ui.shell import Shell, Tone


class LastDayCheck(QObject):
    """Once for each closed day; a hub that cannot be asked is asked at its next sign of life."""

    def __init__(self, shell: Shell, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._shell = shell
        self.compared_id = ""
        """Of the day that was compared last."""
        self.is_asking = False
        bridge.sync_changed.connect(self._on_sync)

    def _on_sync(self, status: SyncStatus) -> None:
        if status.state is not LinkState.ONLINE or status.waiting_entries or self.is_asking:
            return
        for day in self._shell.control.closed_sessions(1):
            if day.session_id != self.compared_id:
                self._ask(day)

    def _ask(self, day: TillSession) -> None:
        self.is_asking = True
        self._shell.errands.send(
            self, lambda: self._shell.control.compare(day), self._on_compared, self._on_failed
        )

    def _on_compared(self, comparison: SessionComparison) -> None:
        self.is_asking = False
        self.compared_id = comparison.session.session_id
        if comparison.is_equal:
            return
        words = self.tr("The last closed day is not the same at the hub\n{finding}. See the hub's state.")
        self._shell.say(Tone.WARNING, words.format(finding="; ".join(comparison.findings)))

    def _on_failed(self, error: Exception) -> None:
        self.is_asking = False
        if not isinstance(error, HubError | LookupError | LedgerUnavailable | ValueError):
            raise error
