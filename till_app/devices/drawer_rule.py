"""When a sale opens the drawer, by the shop's rule."""

from collections.abc import Sequence

from till_app.services.device_settings import DrawerSettings

CHANGE_DUE = "change_due"


def opening_cause(settings: DrawerSettings, tender_kinds: Sequence[str], change_due_minor: int) -> str:
    """The tender that opens it, else `change_due`; empty: it stays shut."""
    for kind in tender_kinds:
        if kind in settings.opens_for:
            return kind
    return CHANGE_DUE if settings.opens_when_change_due and change_due_minor > 0 else ""
