"""The devices of this till as a file for the next one, and taking such a file over after a look at it."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from till_app.services.device_places import places_of, settings_at
from till_app.services.device_settings import DeviceSettings
from till_app.services.set_up import SetUp
from till_app.ui.devices_words import device_name, how_it_is_set, joined
from till_app.ui.panels.question import Answer, QuestionPanel
from till_app.ui.shell import Shell, Tone
from till_app.ui.widgets.action_button import ActionButton, Variant

PROFILE_NAME = "till-devices.json"


class DeviceProfile(QObject):
    taken = Signal()
    """A profile is in use now."""

    def __init__(self, shell: Shell, set_up: SetUp, owner: QWidget) -> None:
        super().__init__(owner)
        self._shell = shell
        self._set_up = set_up
        self._owner = owner

    def ask_where_to_export(self) -> None:
        dialog = QFileDialog(self._owner, self.tr("Where to put the profile"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(PROFILE_NAME)
        self._open(dialog, self.export_to)

    def ask_what_to_import(self) -> None:
        dialog = QFileDialog(self._owner, self.tr("Which profile"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter("*.json")
        self._open(dialog, self.import_from)

    def _open(self, dialog: QFileDialog, chosen: Callable[[Path], None]) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: chosen(Path(path)))
        dialog.open()

    def export_to(self, path: Path) -> None:
        devices = self._set_up.devices
        told = self.tr("The profile is in a file\n{path}. No password is in it.").format(path=path)
        self._shell.errands.send(
            self._owner,
            lambda: devices.export_profile(path),
            lambda _none: self._shell.say(Tone.GOOD, told),
            self._on_file_failed,
        )

    def import_from(self, path: Path) -> None:
        devices = self._set_up.devices

        def work() -> tuple[DeviceSettings, Sequence[str]]:
            settings = devices.import_profile(path)
            return settings, devices.missing_ports(settings)

        self._shell.errands.send(
            self._owner, work, lambda read: self._ask_to_take(*read), self._on_file_failed
        )

    def _ask_to_take(self, settings: DeviceSettings, missing: Sequence[str]) -> None:
        lines = self._changes(self._set_up.devices.settings(), settings)
        if not lines:
            self._shell.say(Tone.INFO, self.tr("Nothing to change: this till is set up so already"))
            return
        if missing:
            lines += ["", self.tr("Not at this till: {ports}").format(ports=", ".join(missing))]
        lines += ["", self.tr("Every device is to be tested here.")]
        panel = QuestionPanel(
            self.tr("Take this profile over?"),
            "\n".join(lines),
            (Answer("take", self.tr("Take it over"), "F2", Variant.PRIMARY),),
            width=560,
        )
        panel.add_button(ActionButton(self.tr("Back"), "Esc")).clicked.connect(panel.dismiss)
        panel.answered.connect(lambda _answer: self._take(settings))
        self._shell.ask(panel)

    def _changes(self, before: DeviceSettings, after: DeviceSettings) -> list[str]:
        """A line for each device that would be set otherwise; tests come with no profile."""
        lines = [
            joined(f"{device_name(place)}: {kind}", where)
            for place in dict.fromkeys((*places_of(before), *places_of(after)))
            if settings_at(before, place) != settings_at(after, place)
            for kind, where in (how_it_is_set(after, place),)
        ]
        if before.label_layouts != after.label_layouts:
            lines.append(self.tr("The table of the shop's own labels"))
        return lines

    def _take(self, settings: DeviceSettings) -> None:
        devices = self._set_up.devices
        self._shell.errands.send(
            self._owner, lambda: devices.use(settings), lambda _none: self._on_taken(), self._on_file_failed
        )

    def _on_taken(self) -> None:
        self._shell.say(Tone.GOOD, self.tr("The profile is in use\nNow test each device."))
        self.taken.emit()

    def _on_file_failed(self, error: Exception) -> None:
        match error:
            case ValueError():
                self._shell.say(Tone.BAD, self.tr("That profile cannot be used\n{why}").format(why=error))
            case OSError():
                why = error.strerror or str(error)
                self._shell.say(Tone.BAD, self.tr("That file cannot be used\n{why}").format(why=why))
            case _:
                raise error
