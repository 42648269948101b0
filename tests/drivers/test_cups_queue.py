"""A raw queue of CUPS over real sockets: what the spooler says decides what became of a job."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.document import ReceiptDocument, TextLine
from hardware.errors import (
    DeviceClosed,
    DeviceError,
    DeviceNotPermitted,
    DeviceRefused,
    DeviceTimeout,
    DeviceUnavailable,
    QueueNotRaw,
    QueueStopped,
)
from hardware.printers.escpos_encoder import PrinterProfile
from hardware.printers.label_printer import LabelPrinter
from hardware.printers.labels import Label
from hardware.printers.receipt_printer import (
    NotSent,
    Patience,
    Printed,
    PrintOutcome,
    ReceiptPrinter,
    Unconfirmed,
)
from hardware.printers.zpl import ZplLanguage
from hardware.simulated.ipp_printer import QueueMode, SimulatedIppPrinter
from hardware.transports.base import ConfirmingTransport, JobEnd
from hardware.transports.cups_queue import CupsQueueTransport
from hardware.transports.ipp_client import IppServer
from hardware.transports.ipp_message import (
    Attribute,
    Group,
    GroupTag,
    IppMessage,
    MessageInvalid,
    ValueTag,
    decode,
    encode,
)
from hardware.transports.ipp_queues import JobState, PrinterState, PrintQueue, print_queues

FAR_BELOW_A_HANG_S = 5.0


def open_queue(server: SimulatedIppPrinter, queue: str = "receipts") -> CupsQueueTransport:
    return CupsQueueTransport(queue, server.host, server.port, connect_s=0.2, poll_s=0.01)


def test_a_write_is_a_job_that_the_spooler_confirms() -> None:
    with SimulatedIppPrinter() as server:
        transport = open_queue(server)
        assert isinstance(transport, ConfirmingTransport)
        assert transport.trouble() == ""
        transport.write(b"\x1b@receipt\n", 1.0)
        assert transport.sent_bytes == 10
        assert transport.settle(1.0) is JobEnd.COMPLETED
        assert server.documents == [b"\x1b@receipt\n"]
        assert not transport.can_read
        assert transport.read(64, 0) == b""


@pytest.mark.parametrize(
    ("mode", "trouble"),
    [
        (QueueMode.STOPPED, "queue_stopped"),
        (QueueMode.REJECTING, "queue_stopped"),
        (QueueMode.PAPER_OUT, "paper_out"),
    ],
)
def test_a_queue_that_passes_nothing_on_says_so_and_takes_nothing(mode: QueueMode, trouble: str) -> None:
    with SimulatedIppPrinter(mode) as server:
        transport = open_queue(server)
        assert transport.trouble() == trouble
        with pytest.raises(QueueStopped):
            transport.write(b"receipt", 1.0)
        assert transport.sent_bytes == 0
        assert transport.settle(1.0) is JobEnd.WITHDRAWN
        assert server.job_states == []


def test_a_queue_that_works_again_is_seen() -> None:
    with SimulatedIppPrinter(QueueMode.STOPPED) as server:
        transport = open_queue(server)
        server.mode = QueueMode.IDLE
        assert transport.trouble() == ""
        transport.write(b"receipt", 1.0)
        assert transport.settle(1.0) is JobEnd.COMPLETED


@pytest.mark.parametrize(
    ("mode", "end", "state"),
    [
        (QueueMode.ABORTS, JobEnd.UNKNOWN, JobState.ABORTED),
        (QueueMode.NEVER_COMPLETES, JobEnd.UNKNOWN, JobState.CANCELED),
        (QueueMode.WAITS, JobEnd.WITHDRAWN, JobState.CANCELED),
        (QueueMode.STOPS, JobEnd.WITHDRAWN, JobState.CANCELED),
    ],
)
def test_a_job_that_is_not_done_is_taken_back_and_prints_no_more(
    mode: QueueMode, end: JobEnd, state: JobState
) -> None:
    with SimulatedIppPrinter(mode) as server:
        transport = open_queue(server)
        transport.write(b"receipt", 1.0)
        assert transport.settle(0.2) is end
        assert server.job_states == [state]
        assert server.documents == []


def test_a_server_that_is_away_for_a_moment_is_asked_again() -> None:
    with SimulatedIppPrinter(drops_job_questions=2) as server:
        transport = open_queue(server)
        transport.write(b"receipt", 1.0)
        assert transport.settle(2.0) is JobEnd.COMPLETED


def test_a_document_that_arrived_in_part_is_withdrawn_so_nothing_left() -> None:
    with SimulatedIppPrinter(drops_document_after=1000) as server:
        transport = open_queue(server)
        with pytest.raises(DeviceClosed):
            transport.write(b"x" * 4_000_000, 2.0)
        assert transport.sent_bytes == 0
        assert server.job_states == [JobState.CANCELED]


def test_when_a_document_is_not_taken_in_time_the_job_is_withdrawn() -> None:
    with SimulatedIppPrinter(QueueMode.STALLS_IN_DOCUMENT) as server:
        transport = open_queue(server)
        began = time.monotonic()
        with pytest.raises(DeviceTimeout):
            transport.write(b"receipt", 0.2)
        assert time.monotonic() - began < FAR_BELOW_A_HANG_S
        assert transport.sent_bytes == 0
        assert server.job_states == [JobState.CANCELED]


def test_what_left_counts_as_sent_when_the_job_cannot_be_taken_back() -> None:
    with SimulatedIppPrinter(QueueMode.DIES_IN_DOCUMENT) as server:
        transport = open_queue(server)
        with pytest.raises(DeviceClosed):
            transport.write(b"x" * 4_000_000, 0.5)
        assert 1000 <= transport.sent_bytes <= 4_000_000
        with pytest.raises(DeviceTimeout):
            transport.settle(0.1)


def test_a_queue_that_is_not_raw_is_told_and_keeps_no_job() -> None:
    with SimulatedIppPrinter(QueueMode.NOT_RAW) as server:
        transport = open_queue(server)
        with pytest.raises(QueueNotRaw):
            transport.write(b"receipt", 1.0)
        assert transport.sent_bytes == 0
        assert server.job_states == [JobState.CANCELED]


def test_what_cannot_be_opened_says_why() -> None:
    with SimulatedIppPrinter() as server, pytest.raises(DeviceUnavailable, match="no queue lables"):
        open_queue(server, "lables")
    with SimulatedIppPrinter(QueueMode.FORBIDDEN) as server, pytest.raises(DeviceNotPermitted):
        open_queue(server)
    with pytest.raises(DeviceRefused):
        open_queue(server)


def test_opening_a_server_that_never_answers_ends_in_time() -> None:
    with SimulatedIppPrinter(QueueMode.STALL) as server:
        began = time.monotonic()
        with pytest.raises(DeviceTimeout):
            open_queue(server)
        assert time.monotonic() - began < FAR_BELOW_A_HANG_S


@pytest.mark.parametrize(
    ("trust_silence", "outcome"), [(False, Unconfirmed("no_way_back")), (True, Printed())]
)
def test_what_a_queue_passed_on_is_on_paper_only_for_who_trusts_it(
    trust_silence: bool, outcome: PrintOutcome
) -> None:
    with SimulatedIppPrinter() as server:
        receipts = ReceiptPrinter(lambda: open_queue(server), PrinterProfile(), trust_silence=trust_silence)
        labels = LabelPrinter(lambda: open_queue(server), ZplLanguage(), trust_silence=trust_silence)
        assert receipts.print_document(ReceiptDocument((TextLine("1 x Tea"),))) == outcome
        assert labels.print_label(Label("Tea", "£1.20")) == outcome


@pytest.mark.parametrize(
    ("mode", "outcome"),
    [
        (QueueMode.IDLE, Unconfirmed("no_way_back")),
        (QueueMode.STOPPED, NotSent("queue_stopped")),
        (QueueMode.PAPER_OUT, NotSent("paper_out")),
        (QueueMode.WAITS, NotSent("no_reply")),
        (QueueMode.NEVER_COMPLETES, Unconfirmed("no_reply")),
        (QueueMode.ABORTS, Unconfirmed("no_reply")),
    ],
)
def test_a_receipt_printer_behind_a_queue_knows_what_became_of_a_receipt(
    mode: QueueMode, outcome: PrintOutcome
) -> None:
    with SimulatedIppPrinter(mode) as server:
        patience = Patience(status_s=0.2, shortest_write_s=0.5, shortest_print_s=0.4, print_line_s=0)
        printer = ReceiptPrinter(lambda: open_queue(server), PrinterProfile(), patience=patience)
        assert printer.print_document(ReceiptDocument((TextLine("1 x Tea"),))) == outcome


def test_the_server_of_this_machine_is_reached_by_its_own_socket(tmp_path: Path) -> None:
    path = str(tmp_path / "cups.sock")
    here = IppServer(local_sockets=(str(tmp_path / "elsewhere.sock"), path))
    with SimulatedIppPrinter(socket_path=path):
        assert [queue.name for queue in print_queues(here, 1.0)] == ["receipts"]
    with pytest.raises(DeviceUnavailable, match="does not run"):
        print_queues(here, 1.0)


def test_the_queues_of_a_server_are_listed_without_passwords() -> None:
    with SimulatedIppPrinter() as server:
        assert print_queues(IppServer(server.host, server.port), 1.0) == [
            PrintQueue("receipts", "Receipts at the counter", "socket://192.168.1.40:9100", PrinterState.IDLE)
        ]


# -------------------------------------------------------------------------------------------- messages


def test_a_message_is_written_as_rfc_8010_has_it() -> None:
    """Get-Printer-Attributes as in the RFC's appendix A.1, shortened."""
    message = IppMessage(
        0x000B,
        (
            Group(
                GroupTag.OPERATION,
                (
                    Attribute(ValueTag.CHARSET, "attributes-charset", ("us-ascii",)),
                    Attribute(ValueTag.KEYWORD, "requested-attributes", ("media", "copies")),
                    Attribute(ValueTag.INTEGER, "limit", (-2,)),
                ),
            ),
        ),
        request_id=0x01020304,
    )
    assert encode(message) == (
        b"\x01\x01\x00\x0b\x01\x02\x03\x04"
        b"\x01"
        b"\x47\x00\x12attributes-charset\x00\x08us-ascii"
        b"\x44\x00\x14requested-attributes\x00\x05media"
        b"\x44\x00\x00\x00\x06copies"
        b"\x21\x00\x05limit\x00\x04\xff\xff\xff\xfe"
        b"\x03"
    )


attributes = st.one_of(
    st.builds(
        lambda name, values: Attribute(ValueTag.INTEGER, name, tuple(values)),
        st.text(min_size=1),
        st.lists(st.integers(-(2**31), 2**31 - 1), min_size=1, max_size=4),
    ),
    st.builds(
        lambda name, values: Attribute(ValueTag.TEXT, name, tuple(values)),
        st.text(min_size=1),
        st.lists(st.text(), min_size=1, max_size=4),
    ),
    st.builds(lambda name: Attribute(ValueTag.NO_VALUE, name, (None,)), st.text(min_size=1)),
)
messages = st.builds(
    IppMessage,
    st.integers(0, 0xFFFF),
    st.lists(
        st.builds(lambda found: Group(GroupTag.JOB, tuple(found)), st.lists(attributes, max_size=4)),
        max_size=4,
    ).map(tuple),
    st.integers(0, 2**32 - 1),
)


@given(messages, st.binary())
def test_a_message_is_read_as_it_was_written(message: IppMessage, document: bytes) -> None:
    assert decode(encode(message) + document) == (message, document)


@given(messages, st.data())
def test_a_message_cut_short_is_never_taken_for_a_whole_one(message: IppMessage, data: st.DataObject) -> None:
    whole = encode(message)
    cut = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(MessageInvalid):
        decode(whole[:cut])


@given(st.binary())
def test_any_bytes_are_read_or_refused(junk: bytes) -> None:
    try:
        decode(junk)
    except MessageInvalid:
        pass
    except DeviceError:
        pytest.fail("a codec knows no devices")
