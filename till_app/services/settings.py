"""The shop's settings as they hold now; read when the hub changes them, not at each question."""

import logging
from dataclasses import replace

from till_app.domain.shop_settings import ShopSettings, settings_from
from till_app.services.ports import Catalogue

log = logging.getLogger(__name__)


class LiveSettings:
    """GUI thread only."""

    def __init__(self, catalogue: Catalogue, *, combine_lines: bool | None = None) -> None:
        """`combine_lines`: whatever the hub says."""
        self._catalogue = catalogue
        self._combine_lines = combine_lines
        self.current = ShopSettings()
        self.read_again()

    def read_again(self) -> None:
        settings, bad = settings_from(self._catalogue.settings())
        for name in bad:
            log.warning("the hub's setting %s has a value that is none: its default holds", name)
        if self._combine_lines is not None:
            settings = replace(settings, combine_lines=self._combine_lines)
        self.current = settings
