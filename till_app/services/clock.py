"""The computer's clock."""

from datetime import UTC, datetime


class SystemClock:
    """Implements Clock; the shop's local date is the computer's."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def today(self) -> str:
        return datetime.now().astimezone().date().isoformat()
