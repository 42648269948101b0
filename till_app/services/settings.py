"""The shop's settings as they hold now; read when the hub changes them, not at each question."""

import logging
from collections.abc import Iterable
from dataclasses import replace

from till_app.domain.in_store import UK_LAYOUTS, InStoreLayout
from till_app.domain.receipt_templates import DocumentKind, Template, usual_template
from till_app.domain.shop_settings import ShopSettings, problem_with, settings_from
from till_app.services.ports import Catalogue

log = logging.getLogger(__name__)


class LiveSettings:
    """GUI thread only."""

    def __init__(self, catalogue: Catalogue, *, combine_lines: bool | None = None) -> None:
        """`combine_lines`: whatever the hub says."""
        self._catalogue = catalogue
        self._combine_lines = combine_lines
        self.current = ShopSettings()
        self._till_layouts: tuple[InStoreLayout, ...] = ()
        self._shipped: dict[DocumentKind, Template] = {}
        self.read_again()

    @property
    def label_layouts(self) -> tuple[InStoreLayout, ...]:
        """This till's own, else those that the hub gives all tills, else the usual British ones."""
        return self._till_layouts or self.current.label_layouts or UK_LAYOUTS

    def use_label_layouts(self, layouts: tuple[InStoreLayout, ...]) -> None:
        """From the next scan on; none: those of the hub."""
        self._till_layouts = layouts

    def template(self, kind: DocumentKind) -> Template:
        """The hub's, else the one that came with the till, else the usual one."""
        of_hub = next((each for each in self.current.receipt_template if each.kind is kind), None)
        return of_hub or self._shipped.get(kind) or usual_template(kind)

    def use_templates(self, templates: Iterable[Template]) -> None:
        """Those that came with the till."""
        self._shipped = {template.kind: template for template in templates}

    def read_again(self) -> None:
        given = self._catalogue.settings()
        settings, bad = settings_from(given)
        for name in bad:
            why = ", ".join(problem_with(each) for each in given if each.name == name)
            log.warning("the hub's setting %s has a value that is none: its default holds. %s", name, why)
        if self._combine_lines is not None:
            settings = replace(settings, combine_lines=self._combine_lines)
        self.current = settings
