"""Whether the drawer stands open, as looks at its switch tell: what each means, and when to look again."""

from collections.abc import Callable
from dataclasses import dataclass

from till_app.services.device_status import DrawerNews, DrawerOpening, OpeningReason

CLOSE_LOOK_S = 1.0
"""Between two looks while it is open or was just kicked."""
FAR_LOOK_S = 5.0
FOLLOWS_KICK_S = 10.0
"""It is seen open that long after a kick: the kick opened it."""
_FIRST_LOOK_S = 0.3
"""After a kick: so long the drawer takes to run out."""


@dataclass(frozen=True, slots=True)
class Seen:
    news: DrawerNews
    opening: DrawerOpening | None = None
    detail: str = ""


class DrawerWatch:
    """For the one thread that looks."""

    def __init__(self, warning_s: int, monotonic: Callable[[], float]) -> None:
        """`warning_s`: after so long open it is `left_open`; 0: never."""
        self._warning_s = warning_s
        self._monotonic = monotonic
        self.is_open: bool | None = None
        """None: not known yet."""
        self._opened_at = 0.0
        self._kicked_at = 0.0
        self._kicked_for: DrawerOpening | None = None
        self._opened_for: DrawerOpening | None = None
        self._is_warned = False
        self._is_looked_at_since = False
        self.look_at = 0.0

    def kicked(self, opening: DrawerOpening) -> None:
        self._kicked_at, self._kicked_for = self._monotonic(), opening
        self._is_looked_at_since = False
        self.look_at = self._kicked_at + _FIRST_LOOK_S

    def looked(self, is_open: bool | None) -> list[Seen]:
        """What follows; None: it could not be seen this time."""
        now = self._monotonic()
        # A long job may keep the first look waiting.
        follows_kick = not self._is_looked_at_since or now - self._kicked_at <= FOLLOWS_KICK_S
        seen: list[Seen] = []
        if is_open is not None:
            self._is_looked_at_since = True
            was_open, self.is_open = self.is_open, is_open
            if is_open and not was_open:
                seen.append(self._opened(now, follows_kick, was_known=was_open is not None))
            elif was_open and not is_open:
                seen.append(self._closed(now))
        if is_open and not self._is_warned and self._warns:
            open_s = round(now - self._opened_at)
            if open_s >= self._warning_s:
                self._is_warned = True
                seen.append(Seen(DrawerNews.LEFT_OPEN, self._opened_for, str(open_s)))
        is_close = self.is_open or (follows_kick and self._kicked_for is not None)
        self.look_at = now + (CLOSE_LOOK_S if is_close else FAR_LOOK_S)
        return seen

    @property
    def _warns(self) -> bool:
        """Counting takes as long as it takes."""
        is_counted = self._opened_for is not None and self._opened_for.reason is OpeningReason.COUNT
        return self._warning_s > 0 and not is_counted

    def _opened(self, now: float, follows_kick: bool, *, was_known: bool) -> Seen:
        self._opened_at, self._is_warned = now, False
        self._opened_for = self._kicked_for if follows_kick else None
        self._kicked_for = None
        is_asked_for = self._opened_for is not None or not was_known
        return Seen(DrawerNews.OPENED if is_asked_for else DrawerNews.OPENED_UNASKED, self._opened_for)

    def _closed(self, now: float) -> Seen:
        """The detail is for how many seconds it stood open, once that was too long."""
        detail = str(round(now - self._opened_at)) if self._is_warned else ""
        return Seen(DrawerNews.CLOSED, self._opened_for, detail)
