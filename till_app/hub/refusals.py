"""A request that the hub says no to: code, words and HTTP status of the error answer."""

from till_app.wire.exchange import ErrorAnswer, JournalHead


class Refused(Exception):
    """Becomes an ErrorAnswer with `status`."""

    def __init__(
        self, status: int, code: str, message: str, acked_through: JournalHead | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.answer = ErrorAnswer(code, message, acked_through)
