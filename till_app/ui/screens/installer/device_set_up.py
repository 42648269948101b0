"""Setting one device up: its form, its test, saving; what is not saved is asked about before it is left."""

from collections.abc import Callable

from PySide6.QtCore import Signal

from till_app.domain.catalogue import StaffMember
from till_app.domain.scan_meaning import scan_meaning
from till_app.domain.times import from_text
from till_app.services.device_places import (
    WEDGE,
    changes_between,
    digest_at,
    is_set_up,
    may_take,
    settings_at,
    valid_test,
    with_settings_at,
    without_device,
)
from till_app.services.device_ports import FoundDevice, TestReport
from till_app.services.device_settings import DeviceId, DeviceSettings
from till_app.services.device_testing import concluded
from till_app.services.set_up import SetUp
from till_app.ui.device_state_words import test_words
from till_app.ui.devices_words import base_of, device_name, how_it_is_set, test_caption
from till_app.ui.panels.device_test import DeviceTestPanel
from till_app.ui.panels.question import Answer, QuestionPanel
from till_app.ui.screens.installer.device_form import CLOUD_KEY_NAME, DeviceForm
from till_app.ui.screens.installer.parts import Page, ScrollColumn, tell_as_bug
from till_app.ui.screens.installer.second_screen_test import test_second_screen
from till_app.ui.screens.parts import words
from till_app.ui.shell import Shell, Tone
from till_app.ui.widgets.action_button import ActionButton, Variant


class DeviceSetUpPage(Page):
    """Holds a copy of the settings; the till goes on with its own until this one is saved."""

    left = Signal()
    saved = Signal()

    def __init__(self, shell: Shell, set_up: SetUp) -> None:
        super().__init__("")
        self._shell = shell
        self._set_up = set_up
        self._before = self._settings = DeviceSettings()
        self.form: DeviceForm | None = None
        self._is_saving = False
        self._leaves_after_test = False
        self._tested = words("", "body")
        self._tested.setWordWrap(True)
        self._scroll = ScrollColumn()
        self._scroll.column.addStretch(1)
        self.content.addWidget(self._tested)
        self.content.addWidget(self._scroll, 1)
        self.sheet = self.add_to_foot(ActionButton(self.tr("Set-up sheet"), "F9"))
        self.sheet.clicked.connect(self.print_scanner_sheet)
        self.remove = self.add_to_foot(ActionButton(self.tr("Remove it"), "F8"))
        self.remove.clicked.connect(self.ask_to_remove)
        self.test = self.add_to_foot(ActionButton("", "F5"))
        self.test.clicked.connect(self.begin_test)
        self.save = self.add_to_foot(ActionButton("", "F2"))
        self.save.clicked.connect(self.save_now)

    # ---------------------------------------------------------------- what is set

    @property
    def device(self) -> str:
        return self.form.device if self.form is not None else ""

    @property
    def is_dirty(self) -> bool:
        return self.form is not None and bool(changes_between(self._before, self._settings))

    def open(self, device: str, settings: DeviceSettings | None = None) -> None:
        """`settings`: with what was just found in that place; else those in use."""
        self._leaves_after_test = False
        self._before = self._set_up.devices.settings()
        self._settings = settings if settings is not None else self._before
        if self.form is not None:
            self.form.hide()
            self.form.deleteLater()
        self.form = DeviceForm(device, settings_at(self._settings, device))
        self.form.edited.connect(self._on_edited)
        self._scroll.column.insertWidget(0, self.form)
        self.title.setText(device_name(device))
        self.test.set_caption(test_caption(device))
        self.sheet.setVisible(base_of(device) == DeviceId.SCANNER)
        self.form.show()
        self._show()
        self.form.focus_on("address" if not is_set_up(self._settings, device) else "")
        self._look_for_addresses(self.form)

    def _look_for_addresses(self, form: DeviceForm) -> None:
        """What this machine has is offered as it is found; nothing waits for it."""
        devices = self._set_up.devices
        found: list[FoundDevice] = []

        def heard(device: FoundDevice) -> None:
            if self.form is form and device.address and may_take(device.suits, form.device):
                found.append(device)
                form.offer(found)

        if form.has_address:
            self._shell.errands.send_and_hear(form, devices.find, heard, lambda _none: None, tell_as_bug)

    def print_scanner_sheet(self) -> None:
        """On the receipt printer that is in use."""

        def print_it(_approver: StaffMember | None) -> None:
            commissioning = self._shell.services.commissioning
            job = commissioning.print_scanner_sheet(self._set_up.devices.scanner_sheet())
            self._shell.delivered(job.document, self.tr("The sheet is printing"))

        self._shell.attempt(print_it)

    def _on_edited(self) -> None:
        form = self.form
        if form is not None:
            self._settings = with_settings_at(self._settings, form.device, form.place)
            self._show()

    def _show(self) -> None:
        text, tone = test_words(self._settings, self.device, self._shell.formatter)
        test = valid_test(self._settings, self.device)
        is_there = is_set_up(self._settings, self.device)
        has_passed = test is not None and test.passed
        if not is_there:
            text, tone = how_it_is_set(self._settings, self.device)[0], "muted"
        elif test is None:
            text = self.tr("Not tested as it is set now. Test it before you save it.")
        self._tested.setText(text)
        if self._tested.property("tone") != tone:
            self._tested.setProperty("tone", tone)
            self._tested.style().unpolish(self._tested)
            self._tested.style().polish(self._tested)
        needs_test = is_there and not has_passed
        self.save.set_caption(self.tr("Save untested") if needs_test else self.tr("Save"))
        self.save.set_variant(Variant.SECONDARY if needs_test else Variant.PRIMARY)
        self.save.setEnabled(self.is_dirty and not self._is_saving)
        self.test.set_variant(Variant.PRIMARY if needs_test else Variant.SECONDARY)
        self.test.setEnabled(is_there)
        self.remove.setVisible(is_set_up(self._before, self.device))

    # ---------------------------------------------------------------------- test

    def test_and_leave(self) -> None:
        """For whoever came here only for the test."""
        self._leaves_after_test = True
        self.begin_test()

    def begin_test(self) -> None:
        settings, device, key = self._settings, self.device, self._typed_key
        devices, secrets = self._set_up.devices, self._set_up.secrets
        if device == WEDGE:
            panel = DeviceTestPanel(device, self._shell.errands, None, self._read_scan)
        elif device == DeviceId.SECOND_SCREEN:
            report = test_second_screen(settings.second_screen, self.window())
            panel = DeviceTestPanel(device, self._shell.errands, lambda: report)
        else:

            def test() -> TestReport:
                if key:
                    secrets.keep(CLOUD_KEY_NAME, key)
                return devices.test(device, settings)

            panel = DeviceTestPanel(device, self._shell.errands, test)
        panel.concluded.connect(lambda report, passed: self._on_concluded(settings, report, passed))
        panel.closed.connect(devices.give_up)
        panel.closed.connect(self._on_test_left)
        self._shell.ask(panel)

    def _on_test_left(self) -> None:
        if self._leaves_after_test and not self.is_dirty and not self._is_saving:
            self.left.emit()

    def _on_concluded(self, tested: DeviceSettings, report: TestReport, passed: bool) -> None:
        """Settings that were in use when they were tested keep the record at once."""
        device = report.device
        if device != self.device or digest_at(self._settings, device) != digest_at(tested, device):
            return
        was_dirty = self.is_dirty
        by = self._shell.services.commissioning.by
        facts = report.facts
        seen = facts.get("raw") or facts.get("weight") or ""
        self._settings = concluded(
            self._settings,
            report,
            passed=passed,
            at=self._shell.services.workplace.now_text(),
            operator_name=by.name if by else "",
            words=seen if passed else report.code,
        )
        self._show()
        if not was_dirty:
            self._save(self._settings, self._on_test_left)
        elif passed:
            self.save.setFocus()

    def _read_scan(self, text: str) -> dict[str, str]:
        services = self._shell.services
        this_year = from_text(services.workplace.now_text()).year
        return scan_meaning(text, this_year, services.settings.label_layouts)

    @property
    def _typed_key(self) -> str:
        return self.form.typed_key if self.form is not None else ""

    # ---------------------------------------------------------------------- save

    def save_now(self) -> None:
        self._save(self._settings, self.left.emit)

    def _save(self, settings: DeviceSettings, then: Callable[[], object]) -> None:
        key, devices, secrets = self._typed_key, self._set_up.devices, self._set_up.secrets

        def work() -> None:
            if key:
                secrets.keep(CLOUD_KEY_NAME, key)
            devices.use(settings)

        self._is_saving = True
        self._show()
        self._shell.errands.send(self, work, lambda _none: self._on_saved(settings, then), self._on_failed)

    def _on_saved(self, settings: DeviceSettings, then: Callable[[], object]) -> None:
        self._is_saving = False
        self._before = self._set_up.devices.settings()
        if self._settings == settings:
            self._settings = self._before
        self._show()
        self.saved.emit()
        then()

    def _on_failed(self, error: Exception) -> None:
        self._is_saving = False
        self._show()
        match error:
            case ValueError():
                key = getattr(error, "key", "")
                why = str(error).removeprefix(f"{key}: ")
                field = self.form.focus_on(key.rpartition(".")[2]) if self.form is not None else None
                if field is not None:
                    why = f"{field.name}: {why}"
                self._shell.say(Tone.BAD, self.tr("That cannot be saved\n{why}").format(why=why))
            case OSError():
                reason = error.strerror or str(error)
                text = self.tr("The settings could not be written; the old ones go on\n{why}")
                self._shell.say(Tone.BAD, text.format(why=reason))
            case _:
                raise error

    # ------------------------------------------------------------- leaving, removing

    def stepped_back(self) -> bool:
        self.leave(self.left.emit)
        return True

    def leave(self, then: Callable[[], object]) -> None:
        """Goes on with `then`, once what is not saved is saved or given up."""
        if not self.is_dirty:
            then()
            return
        panel = QuestionPanel(
            self.tr("Save the changes?"),
            self.tr("{device} was changed and is not saved.").format(device=device_name(self.device)),
            (
                Answer("discard", self.tr("Do not save"), "F8", Variant.DANGER),
                Answer("save", self.save.caption, "F2", Variant.PRIMARY),
            ),
        )

        def on_answer(answer: str) -> None:
            if answer == "save":
                self._save(self._settings, then)
            else:
                self._settings = self._before
                then()

        panel.answered.connect(on_answer)
        self._shell.ask(panel)

    def ask_to_remove(self) -> None:
        name = device_name(self.device)
        panel = QuestionPanel(
            self.tr("Remove it?"),
            self.tr("{device} is used no more until it is set up again.").format(device=name),
            (Answer("remove", self.tr("Remove it"), "F8", Variant.DANGER),),
        )
        panel.add_button(ActionButton(self.tr("Back"), "Esc")).clicked.connect(panel.dismiss)
        panel.answered.connect(lambda _answer: self._remove())
        self._shell.ask(panel)

    def _remove(self) -> None:
        self._save(without_device(self._before, self.device), self.left.emit)
