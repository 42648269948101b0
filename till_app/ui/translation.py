"""The words of the till in the operator's language: installing translations, and asking for one."""

import unicodedata

from PySide6.QtCore import QCoreApplication, QLocale, Qt, QTranslator
from PySide6.QtGui import QGuiApplication

from till_app.ui.theme.resource_files import resource_path

TRANSLATIONS_FOLDER = "translations"
_TO_THE_RIGHT, _TO_THE_LEFT = "\u200e", "\u200f"
"""Invisible marks that say in which direction a text begins."""


def install_translations(app: QCoreApplication, locale: QLocale) -> list[QTranslator]:
    """Installs `till_<locale>.qm` when there is one; the sources are English, which needs none.

    The translators belong to the application; the list says what was found.
    """
    translator = QTranslator(app)
    if translator.load(locale, "till", "_", str(resource_path(TRANSLATIONS_FOLDER)), ".qm"):
        app.installTranslator(translator)
        return [translator]
    translator.deleteLater()
    return []


def tr(context: str, text: str, count: int = -1) -> str:
    """The translation of `text` for code that is no QObject; `%n` becomes `count`, in the right plural."""
    return QCoreApplication.translate(context, text, "", count)


def in_reading_direction(text: str) -> str:
    """A sentence of the till's whose first word is a name in another script: read as the till's words are."""
    is_leftward = QGuiApplication.layoutDirection() is Qt.LayoutDirection.RightToLeft
    kinds = (unicodedata.bidirectional(character) for character in text)
    first = next((kind for kind in kinds if kind in ("L", "R", "AL")), "")
    if not first or (first != "L") is is_leftward:
        return text
    return (_TO_THE_LEFT if is_leftward else _TO_THE_RIGHT) + text
