"""A printer's status, judged by receiptio: what it asked is asked again, what it concluded is compared."""

import socket

import pytest

from hardware.errors import NotReadyReason
from hardware.printers.status import PrinterCondition, Question, condition
from hardware.simulated.escpos_text import to_text
from hardware.simulated.printer import SimulatedPrinter
from hardware.simulated.printer_engine import PrinterEngine
from tests.drivers.judged_by_receiptio import (
    ASK_DRAWER,
    ASK_PRINTER,
    MODES,
    PRINT,
    Session,
    listen,
    receiptio_folder,
    recorded,
    session_names,
    set_up,
)

VERDICTS = {
    None: "success",
    NotReadyReason.PAPER_OUT: "paperempty",
    NotReadyReason.COVER_OPEN: "coveropen",
    NotReadyReason.PRINTER_ERROR: "error",
    NotReadyReason.OFFLINE: "offline",
}
"""receiptio's word for each thing that keeps a printer from printing."""
QUICK = [name for name in session_names() if name != ("offline", PRINT)]
"""For a printer that is silent receiptio waits 12 seconds."""


def prepared(state: str) -> PrinterEngine:
    engine = PrinterEngine()
    set_up(state, engine)
    return engine


def answers_again(printer: SimulatedPrinter, session: Session) -> list[bytes]:
    """To each of receiptio's questions as many bytes as it once got; the last: whatever else came."""
    with socket.create_connection((printer.host, printer.port), timeout=5) as client:
        answers = []
        for asked, answered in session.exchanges:
            client.sendall(asked)
            answers.append(received(client, len(answered)))
        client.shutdown(socket.SHUT_WR)
        return [*answers, received(client, 1)]


def received(client: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count and (more := client.recv(count - len(data))):
        data += more
    return data


def condition_told(state: str) -> PrinterCondition:
    """From the answers that receiptio judged: to `DLE EOT 1` and `DLE EOT 2`."""
    about_drawer, about_printer = (recorded()[state, what].exchanges[0] for what in (ASK_DRAWER, ASK_PRINTER))
    assert about_drawer[0].startswith(Question.PRINTER.command)
    assert about_printer[0].startswith(Question.OFFLINE_CAUSE.command)
    return condition({Question.PRINTER: about_drawer[1][0], Question.OFFLINE_CAUSE: about_printer[1][0]})


def test_every_state_has_been_judged() -> None:
    assert list(recorded()) == session_names()


@pytest.mark.parametrize(("state", "what"), session_names())
def test_the_simulated_printer_answers_byte_for_byte_what_receiptio_has_judged(state: str, what: str) -> None:
    session = recorded()[state, what]
    with SimulatedPrinter(engine=prepared(state)) as printer:
        answers = answers_again(printer, session)
    assert answers == [*(answered for _, answered in session.exchanges), b""]


@pytest.mark.parametrize(
    ("state", "verdict"),
    [
        ("ok", "success"),
        ("near_end", "success"),
        ("paper_out", "paperempty"),
        ("cover_open", "coveropen"),
        ("offline", "offline"),
        ("cutter_jam", "error"),
        ("unrecoverable", "error"),
        ("overheated", "error"),
        ("paper_runs_out", "paperempty"),
        ("cutter_jams", "error"),
    ],
)
def test_receiptio_takes_the_simulated_printer_for_what_it_is(state: str, verdict: str) -> None:
    assert recorded()[state, PRINT].verdict == verdict


@pytest.mark.parametrize("state", MODES)
def test_the_driver_concludes_from_the_same_answers_what_receiptio_concludes(state: str) -> None:
    not_ready = condition_told(state).not_ready
    assert VERDICTS[not_ready] == recorded()[state, PRINT].verdict
    told_cause = not_ready not in (None, NotReadyReason.OFFLINE)
    assert recorded()[state, ASK_PRINTER].verdict == (VERDICTS[not_ready] if told_cause else "online")


def test_the_driver_and_receiptio_see_the_same_drawer_open_and_closed() -> None:
    for state, verdict, is_high in (("ok", "drawerclosed", False), ("drawer_open", "draweropen", True)):
        session = recorded()[state, ASK_DRAWER]
        assert session.verdict == verdict
        assert condition({Question.PRINTER: session.exchanges[0][1][0]}).drawer_pin_high is is_high


@pytest.mark.parametrize("state", ["paper_runs_out", "cutter_jams"])
def test_a_fault_during_a_print_is_the_same_to_the_driver_that_asks_after_it(state: str) -> None:
    engine = prepared(state)
    with SimulatedPrinter(engine=engine) as printer:
        answers_again(printer, recorded()[state, PRINT])
        with socket.create_connection((printer.host, printer.port), timeout=5) as client:
            told = {}
            for question in Question:
                client.sendall(question.command)
                told[question] = received(client, 1)[0]
    assert VERDICTS[condition(told).not_ready] == recorded()[state, PRINT].verdict


def test_what_receiptio_prints_is_on_the_paper_once() -> None:
    with SimulatedPrinter() as printer:
        answers_again(printer, recorded()["ok", PRINT])
        [job] = printer.wait_for_jobs(1)
    text = to_text(job)
    assert text.count("Corner Shop") == 1
    assert text.index("Corner Shop") < text.index("Tea") < text.index("TOTAL")


def test_receiptio_still_judges_so() -> None:
    folder = receiptio_folder()
    if folder is None:
        pytest.skip("receiptio is not here: the answers were compared with those that it once judged")
    for state, what in QUICK:
        assert listen(folder, state, what) == recorded()[state, what]
