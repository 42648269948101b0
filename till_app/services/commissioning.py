"""Setting a till up: who may, what goes on record, and the sheet that says what was tested and what not."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from hardware.document import Align, Blank, Cut, Element, ReceiptDocument, Row, Rule, Size, TextLine, to_json
from till_app.domain.catalogue import StaffMember
from till_app.domain.errors import DomainError
from till_app.domain.permissions import Permission, may
from till_app.domain.times import from_text
from till_app.services.device_settings import TestRecord
from till_app.services.document_parts import Translate
from till_app.services.ports import Formatting, JobKind, Ledger, Printing, PrintJob
from till_app.services.workplace import Workplace
from till_app.wire.bodies import Kind, SettingsChangedBody


@dataclass(frozen=True, slots=True)
class SheetDevice:
    """One device as the sheet says it, in words."""

    name: str
    lines: tuple[str, ...]
    """How it is set."""
    test: TestRecord | None
    """The last one that counts."""
    is_set_up: bool = True


class Commissioning:
    """GUI thread only, but for `record_change`."""

    def __init__(
        self,
        workplace: Workplace,
        ledger: Ledger,
        printing: Printing,
        formatting: Formatting,
        translate: Translate,
        has_staff: Callable[[], bool],
    ) -> None:
        self._workplace = workplace
        self._ledger = ledger
        self._printing = printing
        self._format = formatting
        self._tr = translate
        self._has_staff = has_staff
        self._by: StaffMember | None = None

    @property
    def by(self) -> StaffMember | None:
        """Who sets the till up; None on a till that has no staff yet."""
        return self._by

    def begin(self, approver: StaffMember | None) -> None:
        """Once for a visit to the installer's screens. A till without staff is set up by whoever is there.

        Raises DomainError `approval_needed`.
        """
        operator = None if self._workplace.is_locked else self._workplace.operator
        for person in (operator, approver):
            if person is not None and may(person.role, Permission.SET_UP_DEVICES):
                self._by = person
                return
        self._by = None
        if self._has_staff():
            raise DomainError("approval_needed", permission=Permission.SET_UP_DEVICES)

    def end(self) -> None:
        self._by = None

    def record_change(self, what: str, changes: Mapping[str, str]) -> None:
        """On any thread: it only reads who works here. A till that is not paired yet has no journal to keep.

        Raises LedgerUnavailable.
        """
        if self._ledger.identity() is None or not changes:
            return
        by = self._by or self._workplace.operator
        body = SettingsChangedBody(what, by.staff_id if by else "", dict(changes))
        with self._ledger.write() as write:
            write.record(self._workplace.fact(Kind.SETTINGS_CHANGED, body))
            write.commit()

    # -------------------------------------------------------------------- sheet

    def print_sheet(self, devices: Sequence[SheetDevice]) -> PrintJob:
        """Raises LedgerUnavailable."""
        return self._print(self._tr("Commissioning sheet"), self.sheet(devices))

    def print_scanner_sheet(self, sheet: ReceiptDocument) -> PrintJob:
        """Raises LedgerUnavailable."""
        return self._print(self._tr("Scanner set-up"), to_json(sheet.with_text(self._tr)))

    def _print(self, title: str, document: bytes) -> PrintJob:
        now = self._workplace.now_text()
        job = PrintJob(self._workplace.new_id(), JobKind.SHEET, title, document, now)
        with self._ledger.write() as write:
            write.add_print_job(job)
            write.commit()
        self._printing.wake()
        return job

    def sheet(self, devices: Sequence[SheetDevice]) -> bytes:
        """A `hardware.document` as JSON."""
        identity = self._ledger.identity()
        elements: list[Element] = [
            TextLine(self._tr("COMMISSIONING"), Align.CENTER, bold=True, size=Size.TALL),
            Rule(),
            Row(self._tr("Shop"), self._shop_name()),
            Row(self._tr("Till"), f"{identity.till_name} ({identity.till_code})" if identity else "–"),
            Row(self._tr("Date"), self._format.date_and_time(from_text(self._workplace.now_text()))),
            Row(self._tr("By"), self._by.name if self._by else "–"),
            Rule(),
        ]
        for device in devices:
            elements += self._device(device)
        elements += [
            Rule(),
            TextLine(self._tr("Signed:")),
            Blank(3),
            Rule("_"),
            Cut(),
        ]
        return to_json(ReceiptDocument(tuple(elements)))

    def _device(self, device: SheetDevice) -> list[Element]:
        if not device.is_set_up:
            return [Row(device.name, self._tr("not set up"), bold=True)]
        return [
            TextLine(device.name, bold=True),
            *[TextLine(line) for line in device.lines if line],
            TextLine(self._test_words(device.test)),
            Blank(),
        ]

    def _test_words(self, test: TestRecord | None) -> str:
        if test is None:
            return self._tr("NOT TESTED")
        words = self._tr("tested {when} by {who}") if test.passed else self._tr("TEST FAILED {when}, {who}")
        when = self._format.date_and_time(from_text(test.at))
        told = words.format(when=when, who=test.operator_name or "–")
        return f"{told}: {test.words}" if test.words else told

    def _shop_name(self) -> str:
        try:
            return self._workplace.shop.name
        except DomainError:
            return "–"
