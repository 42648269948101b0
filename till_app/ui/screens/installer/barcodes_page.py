"""The installer's page of the shop's own labels: the editable table, saved with the devices' settings."""

from collections.abc import Callable

import msgspec

from till_app.services.device_settings import LabelLayout
from till_app.services.set_up import SetUp
from till_app.ui.panels.label_layouts import LabelLayoutsPage
from till_app.ui.panels.question import Answer, QuestionPanel
from till_app.ui.screens.installer.parts import Page
from till_app.ui.shell import Shell, Tone
from till_app.ui.widgets.action_button import Variant


class BarcodesPage(Page):
    def __init__(self, shell: Shell, set_up: SetUp) -> None:
        super().__init__("")
        self.title.setText(self.tr("Barcodes"))
        self._shell = shell
        self._set_up = set_up
        self.table = LabelLayoutsPage(shell, set_up.devices.settings().label_layouts, self._save)
        self.content.addWidget(self.table, 1)

    def entered(self) -> None:
        """What is edited stays; else the settings may be others now."""
        layouts = self._set_up.devices.settings().label_layouts
        if not self.table.is_dirty and self.table.rows != layouts:
            self.content.removeWidget(self.table)
            self.table.hide()
            self.table.deleteLater()
            self.table = LabelLayoutsPage(self._shell, layouts, self._save)
            self.content.addWidget(self.table, 1)

    def scanned(self, text: str) -> None:
        self.table.scanned(text)

    def leave(self, then: Callable[[], object]) -> None:
        if not self.table.is_dirty or not self.table.rows:
            then()
            return
        panel = QuestionPanel(
            self.tr("Leave without saving?"),
            self.tr("The labels were changed and are not saved."),
            (
                Answer("stay", self.tr("Stay here"), "F2", Variant.PRIMARY),
                Answer("leave", self.tr("Do not save"), "F8", Variant.DANGER),
            ),
        )
        panel.answered.connect(lambda answer: self._discard(then) if answer == "leave" else None)
        self._shell.ask(panel)

    def _discard(self, then: Callable[[], object]) -> None:
        self.table.save_failed(self.table.rows)
        self.entered()
        then()

    def _save(self, rows: tuple[LabelLayout, ...]) -> None:
        devices = self._set_up.devices
        before = devices.settings()
        settings = msgspec.structs.replace(before, label_layouts=rows)
        self._shell.errands.send(
            self,
            lambda: devices.use(settings),
            lambda _none: None,
            lambda error: self._on_failed(before.label_layouts, error),
        )

    def _on_failed(self, saved: tuple[LabelLayout, ...], error: Exception) -> None:
        if not isinstance(error, ValueError | OSError):
            raise error
        self.table.save_failed(saved)
        self._shell.say(Tone.BAD, self.tr("The labels are not saved\n{reason}").format(reason=error))
