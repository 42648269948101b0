"""That the hub answers."""

import msgspec
from litestar import get


class Health(msgspec.Struct, frozen=True):
    status: str


@get("/health", sync_to_thread=False)
def health() -> Health:
    """That the hub answers."""
    return Health("ok")
