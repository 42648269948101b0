"""The words of the till in the operator's language: installing translations, and asking for one."""

from PySide6.QtCore import QCoreApplication, QLocale, QTranslator

from till_app.ui.theme.resource_files import resource_path

TRANSLATIONS_FOLDER = "translations"


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
