"""One cash drawer on whatever thread opens it: its kicks, its watch, and the events that come of both."""

from collections.abc import Callable

from till_app.devices.drawer_kicks import DrawerKicks, KickEnd, OpenDrawer
from till_app.devices.drawer_watch import DrawerWatch
from till_app.devices.health_record import HealthRecord
from till_app.services.device_settings import DrawerSettings
from till_app.services.device_status import DeviceHealth, DrawerEvent, DrawerNews, DrawerOpening

_NEVER = float("inf")


class DrawerDesk:
    """`ask` from any thread; the rest from the one thread that opens it, from which `on_drawer` is called."""

    def __init__(
        self,
        settings: DrawerSettings,
        on_drawer: Callable[[DrawerEvent], None],
        monotonic: Callable[[], float],
        now_text: Callable[[], str],
        health: HealthRecord,
    ) -> None:
        self._on_drawer = on_drawer
        self._now_text = now_text
        self._health = health
        self._open_when_pin_high = settings.open_when_pin_high
        self._kicks = DrawerKicks(monotonic)
        self._watch = DrawerWatch(settings.left_open_warning_s, monotonic)

    def ask(self, opening: DrawerOpening, asked_at: float | None = None) -> None:
        self._kicks.ask(opening, asked_at)

    @property
    def kick_at(self) -> float:
        """When a kick is due, by the monotonic clock; infinity for never, as below."""
        due_at = self._kicks.due_at
        return _NEVER if due_at is None else due_at

    @property
    def look_at(self) -> float:
        return _NEVER if self._open_when_pin_high is None else self._watch.look_at

    @property
    def kick_waits_s(self) -> float:
        return self._kicks.oldest_waits_s

    @property
    def is_open(self) -> bool | None:
        return self._watch.is_open

    def kick(self, open_drawer: OpenDrawer) -> None:
        self._tell(self._kicks.send(open_drawer))

    def looked(self, pin_high: bool | None) -> None:
        """None: the printer could not be asked."""
        if self._open_when_pin_high is None:
            return
        is_open = None if pin_high is None else pin_high is self._open_when_pin_high
        if is_open is not None:
            self._health.heard(facts={"drawer": "open" if is_open else "closed"})
        for seen in self._watch.looked(is_open):
            self._on_drawer(DrawerEvent(seen.news, self._now_text(), seen.opening, seen.detail))

    def health(self) -> DeviceHealth:
        return self._health.health

    def give_up(self) -> None:
        """The till stops."""
        self._tell(self._kicks.give_up())

    def _tell(self, ends: list[KickEnd]) -> None:
        for end in ends:
            if end.news is DrawerNews.KICKED:
                self._watch.kicked(end.opening)
                self._health.heard()
            else:
                self._health.failed(end.detail or end.news.value)
            self._on_drawer(DrawerEvent(end.news, self._now_text(), end.opening, end.detail))
