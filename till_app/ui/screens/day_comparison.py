"""Closed days compared with the hub one after the other, each row told as soon as it is known."""

from PySide6.QtCore import QObject

from till_app.domain.session import TillSession
from till_app.services.errors import HubError
from till_app.services.ports import LedgerUnavailable
from till_app.services.session_check import SessionComparison
from till_app.ui.shell import Shell
from till_app.ui.sync_words import day_row
from till_app.ui.widgets.note_list import NoteList

DAYS_SHOWN = 14


class DayComparison(QObject):
    """Asks the hub beside the window; a hub that cannot be asked is asked no further."""

    def __init__(self, shell: Shell, days: NoteList, parent: QObject) -> None:
        super().__init__(parent)
        self._shell = shell
        self._list = days
        self._days: tuple[TillSession, ...] = ()
        self._results: dict[str, SessionComparison | Exception] = {}
        self._asked: TillSession | None = None
        days.set_empty_text(self.tr("No day has been closed on this till yet"))

    @property
    def is_under_way(self) -> bool:
        return self._asked is not None

    def begin(self) -> None:
        """From the latest day on; does nothing while it is under way."""
        if self._asked is not None:
            return
        self._days = tuple(self._shell.control.closed_sessions(DAYS_SHOWN))
        self._results = {}
        self._go_on()

    def _go_on(self) -> None:
        following = next((day for day in self._days if day.session_id not in self._results), None)
        can_ask = self._shell.control.facts().is_paired
        if following is None or not can_ask:
            self._asked = None
            self._show()
            return
        self._asked = following
        self._show()
        self._shell.errands.send(
            self, lambda: self._shell.control.compare(following), self._on_compared, self._on_failed
        )

    def _on_compared(self, comparison: SessionComparison) -> None:
        self._results[comparison.session.session_id] = comparison
        self._go_on()

    def _on_failed(self, error: Exception) -> None:
        asked, self._asked = self._asked, None
        if not isinstance(error, HubError | LookupError | LedgerUnavailable | ValueError):
            raise error
        if asked is not None:
            self._results[asked.session_id] = error
        if isinstance(error, HubError | ValueError):
            self._show()
        else:
            self._go_on()

    def _show(self) -> None:
        self._list.show_rows(
            [
                day_row(day, self._results.get(day.session_id), self._shell.formatter, self._doing(day))
                for day in self._days
            ]
        )

    def _doing(self, day: TillSession) -> str:
        if day is self._asked:
            return self.tr("comparing …")
        return self.tr("waits") if self.is_under_way else self.tr("not compared")
