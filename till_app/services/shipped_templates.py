"""Reads the templates that come with the till from their folder; one that is broken holds nothing up."""

import logging
from pathlib import Path

from till_app.domain.receipt_templates import Template, TemplateInvalid, templates_from_text

log = logging.getLogger(__name__)


def read_templates(folder: Path) -> tuple[Template, ...]:
    """Of every `*.json` there; what cannot be read is logged, and the usual template holds for it."""
    templates: list[Template] = []
    for path in sorted(folder.glob("*.json")):
        try:
            templates += templates_from_text(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            log.warning("the template %s cannot be read, the usual one holds: %s", path.name, error)
        except TemplateInvalid as error:
            log.warning("the template %s cannot be used, the usual one holds: %s", path.name, error)
    return tuple(templates)
