"""An offline-first point-of-sale till and the back-office hub that it merges its data with."""

__version__ = "0.1.0"
