"""Libraries that only some devices need: imported when one is used, and missing without harm."""

import importlib
import logging
from typing import Any

log = logging.getLogger(__name__)


def load_library(module: str) -> Any | None:
    """The module; None when it, or the system library under it, is not installed. They ship no types."""
    try:
        return importlib.import_module(module)
    except (ImportError, OSError) as error:
        log.debug("%s cannot be used: %s", module, error)
        return None
