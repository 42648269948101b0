"""The hub's error family: the world failed, and whether trying again may help. Devices have their own."""


class HubError(Exception):
    """No valid answer from the hub. `code` is stable; the words are for a log or a detail line."""

    def __init__(self, code: str, message: str = "", retry_after_s: float | None = None) -> None:
        super().__init__(message or code)
        self.code = code
        self.retry_after_s = retry_after_s
        """How long the hub itself asks to wait, if it does."""


class HubUnreachable(HubError):
    """Nothing certain is known about the request: it may have arrived. The same bytes may be sent again."""


class HubRefused(HubError):
    """The hub understood and said no: sending the same again brings the same answer."""

    def __init__(
        self,
        code: str,
        message: str = "",
        acked_seq: int | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(code, message, retry_after_s)
        self.acked_seq = acked_seq
        """With `gap`: what the hub has."""
