"""X and Z reports: reading the session, and closing it for good."""

from collections.abc import Mapping

from till_app.domain.catalogue import StaffMember
from till_app.domain.errors import DomainError
from till_app.domain.permissions import Permission
from till_app.domain.reports import SessionReport, ZReport, counted_minor, fold
from till_app.services.bodies import report_body, z_report_body
from till_app.services.health import Health
from till_app.services.open_payments import OpenPayments
from till_app.services.ports import JobKind, Ledger, Printing, PrintJob, SyncWaker
from till_app.services.report_printouts import ReportWriter
from till_app.services.selling import Selling
from till_app.services.workplace import Workplace
from till_app.wire.bodies import Kind


class Reporting:
    """GUI thread only."""

    def __init__(
        self,
        workplace: Workplace,
        selling: Selling,
        ledger: Ledger,
        reports: ReportWriter,
        printing: Printing,
        sync: SyncWaker,
        health: Health,
        open_payments: OpenPayments,
    ) -> None:
        self._health = health
        self._open_payments = open_payments
        self._workplace = workplace
        self._selling = selling
        self._ledger = ledger
        self._reports = reports
        self._printing = printing
        self._sync = sync
        self._last_document: bytes | None = None

    @property
    def last_document(self) -> bytes | None:
        """Of the X or Z made last, for a till that has no printer."""
        return self._last_document

    def read(self) -> SessionReport:
        """The figures so far, for the screen; nothing is recorded."""
        return fold(self._ledger.session_facts(self._workplace.require_session()))

    def x_report(self, approver: StaffMember | None = None) -> SessionReport:
        """Print the figures so far and record that they were read. Raises DomainError `approval_needed`."""
        self._workplace.authorise(Permission.X_REPORT, approver)
        operator = self._workplace.require_operator()
        report = self.read()
        now = self._workplace.now_text()
        with self._ledger.write() as write:
            write.record(
                self._workplace.fact(Kind.X_REPORT, report_body(report, operator.staff_id)),
            )
            document = self._reports.x_report(report, now, operator.name)
            write.add_print_job(self._job(self._reports.x_title(report), document, now))
            write.commit()
        self._last_document = document
        self._printing.wake()
        self._sync.wake()
        return report

    def close_day(
        self, count_by_denomination: Mapping[int, int], approver: StaffMember | None = None
    ) -> ZReport:
        """Close the session with a count of its drawer (pieces by denomination in minor units).

        Never refused for a difference: over and short are recorded. Raises DomainError `approval_needed`,
        `basket_open`, `payment_open`, `count_negative`.
        """
        approved_by = self._workplace.authorise(Permission.CLOSE_DAY, approver)
        operator = self._workplace.require_operator()
        session = self._workplace.require_session()
        if self._selling.is_open:
            raise DomainError("basket_open")
        self._open_payments.require_none()
        declared_minor = counted_minor(count_by_denomination)
        report = self.read()
        proof = self._ledger.session_proof(session)
        first_seq = self._ledger.session_first_seq(session)
        now = self._workplace.now_text()
        with self._ledger.write() as write:
            head = write.journal_head()
            z = ZReport(
                z_number=write.next_z_number(),
                report=report,
                closed_at=now,
                closed_by=operator.staff_id,
                closed_by_name=operator.name,
                count_by_denomination=dict(count_by_denomination),
                declared_minor=declared_minor,
                grand_total_minor=write.grand_total_minor(),
                journal_first_seq=first_seq,
                journal_last_seq=head.seq,
                chain_head=head.hash,
                unsent_count=write.unsent_entries(),
                sales_at_hub=proof.sales_at_hub,
                chain_broken_at=proof.broken_at,
            )
            write.close_session(session.session_id, now, z.z_number)
            write.record(self._workplace.fact(Kind.Z_REPORT, z_report_body(z, approved_by)))
            self._health.record(write)
            document = self._reports.z_report(z)
            write.add_print_job(self._job(self._reports.z_title(z), document, now))
            write.commit()
        self._last_document = document
        self._workplace.session_changed()
        self._printing.wake()
        self._sync.wake()
        return z

    def _job(self, title: str, document: bytes, now: str) -> PrintJob:
        return PrintJob(self._workplace.new_id(), JobKind.REPORT, title, document, now)
