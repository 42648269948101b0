"""The window's screens: each made once, when first shown, and told what happens; which one, others say."""

from collections.abc import Callable, Mapping

from PySide6.QtWidgets import QStackedWidget, QWidget

from till_app.ui.shell import ScreenName, Shell

MakeScreen = Callable[[Shell], QWidget]


class ScreenStack(QStackedWidget):
    def __init__(self, shell: Shell, make_screens: Mapping[ScreenName, MakeScreen]) -> None:
        super().__init__()
        self._shell = shell
        self._make_screens = make_screens
        self._screens: dict[ScreenName, QWidget] = {}

    def named(self, name: ScreenName) -> QWidget:
        if name not in self._screens:
            widget = self._make_screens[name](self._shell)
            self._screens[name] = widget
            self.addWidget(widget)
        return self._screens[name]

    def tell(self, hook: str, *news: object) -> None:
        """Those that have it; one of them may go on to a screen that is made only then."""
        for screen in tuple(self._screens.values()):
            tell_if_heard(screen, hook, *news)


def tell_if_heard(listener: object, hook: str, *news: object) -> bool:
    """Whether it has that hook, which is called."""
    hear = getattr(listener, hook, None)
    if hear is None:
        return False
    hear(*news)
    return True
