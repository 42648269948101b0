"""A device's session is written down byte for byte, and played back strictly to the driver that made it."""

import re
import socket
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.__main__ import main
from hardware.addresses import parse_address
from hardware.bench.recording import load, replayed
from hardware.bench.sessions import DRIVERS
from hardware.errors import AddressInvalid, DeviceClosed
from hardware.scales.opening import open_scale
from hardware.simulated.scales import Pan, SimulatedScale
from hardware.transcripts.peer import ReplayPeer
from hardware.transcripts.recorder import Recorder
from hardware.transcripts.script import Difference, ReplayScript
from hardware.transcripts.transcript import (
    Event,
    EventKind,
    Transcript,
    TranscriptInvalid,
    read_transcript,
    to_text,
)
from hardware.transports.base import JobEnd
from tests.drivers.bench_console import ListeningConsole, TypedConsole

FOLDER = Path(__file__).parent / "transcripts"
RECORDED = sorted(FOLDER.glob("*.txt"))

ASKED, ANSWERED = b"W", b"\x0200.412\r"
WEIGHING = (
    Event(0, EventKind.OPEN),
    Event(1, EventKind.TO_DEVICE, ASKED),
    Event(2, EventKind.FROM_DEVICE, ANSWERED),
    Event(3, EventKind.CLOSE),
)


def port_of(line: str) -> int:
    """The port of the address in a line of words."""
    found = re.search(r"tcp://127\.0\.0\.1:(\d+)", line)
    assert found is not None
    return int(found[1])


@pytest.mark.parametrize("file", RECORDED, ids=lambda file: file.stem)
def test_each_recorded_device_is_understood_as_when_it_was_recorded(file: Path) -> None:
    transcript = load(file)
    done = replayed(transcript, transcript.driver)
    assert done.differences == ()
    assert done.results == transcript.results
    assert len(done.results) == len(transcript.steps) > 0


def test_there_is_a_recorded_device_for_every_driver() -> None:
    assert {load(file).driver for file in RECORDED} == set(DRIVERS)


def test_the_recorded_devices_say_that_they_were_simulated() -> None:
    assert {load(file).device for file in RECORDED} == {"simulated"}


# ---------------------------------------------------------------- text

events = st.lists(
    st.one_of(
        st.builds(
            Event,
            st.integers(0, 999_999_999),
            st.sampled_from([EventKind.TO_DEVICE, EventKind.FROM_DEVICE]),
            st.binary(min_size=1, max_size=40),
        ),
        st.builds(
            Event,
            st.integers(0, 999_999_999),
            st.sampled_from([EventKind.OPEN, EventKind.LOST, EventKind.CLOSE]),
        ),
    ),
    max_size=8,
)
words = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1, max_size=20)


@given(events, st.lists(words, max_size=3), words)
def test_what_is_written_is_read_again(recorded: list[Event], steps: list[str], device: str) -> None:
    transcript = Transcript(
        driver="scale:cas",
        device=device,
        way="serial",
        settings=(("baud", "9600"), ("answer_s", "2")),
        recorded_on="2026-11-24",
        steps=tuple(steps),
        results=tuple(steps),
        events=tuple(recorded),
    )
    assert read_transcript(to_text(transcript)) == transcript


def test_an_event_is_a_line_that_a_person_can_read() -> None:
    text = to_text(Transcript("scale:toledo_8217", "simulated", "tcp", events=WEIGHING))
    assert "0.002 < 02 30 30 2e 34 31 32 0d                          |.00.412.|\n" in text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "line 1: this file is no transcript"),
        ("%PDF-1.7\n", "line 1: this file is no transcript"),
        ("driver: cas\n", "line 2: the heading names no driver"),
        ("driver: cas\nprice: 3\n", "line 3: “price: 3” does not belong"),
        ("driver: cas\n\n0.1 > 05\n", "line 4: “0.1 > 05” is no event"),
        ("driver: cas\n\n0.100 > 5\n", "line 4: the bytes cannot be read"),
        ("driver: cas\n\n0.100 >\n", "line 4: “>” has no bytes"),
        ("driver: cas\n\n0.100 open 05\n", "line 4: “open” has bytes"),
    ],
)
def test_what_is_no_transcript_is_refused_with_its_line(text: str, words: str) -> None:
    head = "# Transcript of a device: python -m hardware replay FILE\n" if text.startswith("driver") else ""
    if "names no driver" in words:
        text = "device: x\n"
    with pytest.raises(TranscriptInvalid, match=words):
        read_transcript(head + text if head else text)


# ---------------------------------------------------------------- recording


def test_a_recorded_transport_passes_everything_on_and_notes_it() -> None:
    recorder = Recorder(now_s=iter(range(100)).__next__)
    with SimulatedScale("toledo_8217", "tcp", pan=Pan(412)) as peer:
        transport = recorder.recording(parse_address(peer.address).open)()
        transport.write(ASKED, 1.0)
        received = b""
        while not received.endswith(b"\r"):
            received += transport.read(100, 1.0)
        assert transport.sent_bytes == len(ASKED)
        peer.unplug()
        with pytest.raises(DeviceClosed):
            transport.read(100, 1.0)
        transport.close()
    assert received == ANSWERED
    kinds = [event.kind for event in recorder.events]
    assert kinds[:2] == [EventKind.OPEN, EventKind.TO_DEVICE]
    assert kinds[-2:] == [EventKind.LOST, EventKind.CLOSE]
    heard = b"".join(event.data for event in recorder.events if event.kind is EventKind.FROM_DEVICE)
    assert heard == ANSWERED
    assert [event.at_ms for event in recorder.events] == sorted(event.at_ms for event in recorder.events)


def test_a_queue_of_the_system_is_not_recorded() -> None:
    class Queue:
        can_read = False
        bytes_per_s = 1.0
        sent_bytes = 0
        is_closed = False

        def write(self, data: bytes, deadline_s: float) -> None: ...

        def read(self, count: int, deadline_s: float) -> bytes:
            return b""

        def close(self) -> None:
            self.is_closed = True

        def trouble(self) -> str:
            return ""

        def settle(self, deadline_s: float) -> JobEnd:
            return JobEnd.COMPLETED

    queue = Queue()
    with pytest.raises(AddressInvalid, match="only the device behind it"):
        Recorder().recording(lambda: queue)()
    assert queue.is_closed


# ---------------------------------------------------------------- replay


def test_the_device_answers_when_all_of_the_question_has_come_however_it_is_cut() -> None:
    for cut in range(1, 8):
        script = ReplayScript(
            (Event(0, EventKind.TO_DEVICE, b"question"), Event(1, EventKind.FROM_DEVICE, b"yes"))
        )
        assert script.opened() == []
        assert script.heard(b"question"[:cut]) == []
        assert [event.data for event in script.heard(b"question"[cut:])] == [b"yes"]
        assert script.is_over
        assert not script.differences


def test_another_byte_is_a_difference_and_ends_the_talk() -> None:
    script = ReplayScript(WEIGHING)
    script.opened()
    assert script.heard(b"V") == []
    assert script.differences == (Difference(2, 0, b"W", b"V"),)
    assert str(script.differences[0]) == "event 2: expected 57 |W|, got 56 |V|"
    assert script.heard(b"W") == []


def test_a_byte_too_many_is_a_difference() -> None:
    script = ReplayScript(WEIGHING)
    script.opened()
    assert [event.data for event in script.heard(b"WW")] == [ANSWERED]
    assert script.differences == (Difference(4, 0, b"", b"W"),)


def test_what_the_driver_never_sent_is_a_difference() -> None:
    script = ReplayScript(WEIGHING)
    script.opened()
    script.closed()
    assert [str(difference) for difference in script.differences] == ["event 2: expected 57 |W|, got nothing"]
    never_opened = ReplayScript(WEIGHING)
    never_opened.finished()
    assert never_opened.differences == (Difference(2, 0, b"W", b""),)


def test_each_connection_of_the_driver_is_one_of_the_record() -> None:
    script = ReplayScript(WEIGHING + WEIGHING)
    for _ in range(2):
        script.opened()
        assert [event.data for event in script.heard(b"W")] == [ANSWERED]
        script.closed()
    script.finished()
    assert not script.differences


@pytest.mark.parametrize("over", ["tcp", "pty"])
def test_a_driver_reads_the_recorded_weight_over_a_real_line(over: str) -> None:
    with ReplayPeer(WEIGHING, "pty" if over == "pty" else "tcp") as peer:
        scale = open_scale("toledo_8217", peer.address, 2.0)
        assert scale.read().grams == 412
        scale.close()
    assert peer.is_over
    assert not peer.differences


def test_a_device_that_speaks_first_is_told_to_begin_on_a_serial_line() -> None:
    scanned = (Event(0, EventKind.OPEN), Event(1, EventKind.FROM_DEVICE, b"5000128104517\r"))
    with ReplayPeer(scanned, "pty") as peer:
        port = parse_address(peer.address).open()
        peer.begin()
        received = b""
        while not received.endswith(b"\r"):
            received += port.read(100, 2.0)
        port.close()
    assert received == b"5000128104517\r"


def test_a_device_that_went_away_goes_away_again() -> None:
    lost = (*WEIGHING[:2], Event(2, EventKind.LOST), WEIGHING[3])
    with (
        ReplayPeer(lost) as peer,
        socket.create_connection(("127.0.0.1", int(peer.address.rpartition(":")[2]))) as till,
    ):
        till.sendall(b"W")
        till.settimeout(5.0)
        assert till.recv(10) == b""
    assert not peer.differences


def test_a_device_may_answer_as_slowly_as_it_did() -> None:
    assert ReplayScript(WEIGHING).pause_before_ms(WEIGHING[2]) == 1
    assert ReplayScript(WEIGHING).pause_before_ms(WEIGHING[0]) == 0
    with ReplayPeer(WEIGHING, in_time=True) as peer:
        scale = open_scale("toledo_8217", peer.address, 2.0)
        assert scale.read().grams == 412
        scale.close()


# ---------------------------------------------------------------- at the bench


def test_a_device_that_cannot_answer_is_replayed_as_one_that_cannot(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, printer = tmp_path / "printer.txt", tmp_path / "lp0"
    printer.touch()
    step = "print 'Total: €12.05'"
    assert main(["record", "printer", f"file://{printer}", str(file), "--do", step]) == 0
    assert load(file).results == ("unconfirmed: no_way_back",)
    assert load(file).steps == (step,)
    assert main(["replay", str(file), "--through", "printer"]) == 0
    assert "word for word as recorded" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("question", "code", "words"),
    [
        (b"W", 0, "Byte for byte as recorded."),
        (b"V", 1, "Not as recorded, event 2: expected 57 |W|, got 56 |V|"),
        (b"", 1, "Not as recorded, event 2: expected 57 |W|, got nothing"),
    ],
)
def test_a_replayed_device_waits_on_a_port_for_a_driver_from_elsewhere(
    question: bytes, code: int, words: str, tmp_path: Path
) -> None:
    file = tmp_path / "scale.txt"
    transcript = Transcript("scale:toledo_8217", "simulated", "tcp", events=WEIGHING)
    file.write_text(to_text(transcript), encoding="utf-8")
    console = TypedConsole()
    codes: list[int] = []
    bench = threading.Thread(target=lambda: codes.append(main(["replay", str(file)], console)))
    bench.start()
    console.wait_for("Run a driver against it.")
    with socket.create_connection(("127.0.0.1", port_of(console.told[0]))) as till:
        till.sendall(question)
    console.end()
    bench.join()
    assert codes == [code]
    assert words in [*console.told, *console.complaints]


def test_a_port_that_is_taken_cannot_be_replayed_on() -> None:
    console = ListeningConsole()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert main(["replay", str(RECORDED[0]), "--port", port], console) == 2
    assert console.complaints[0].startswith(f"port {port} cannot be had")


def test_a_device_is_recorded_and_replayed_from_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "scale.txt"
    with SimulatedScale("cas", "tcp", pan=Pan(412)) as peer:
        record = ["record", "scale:cas", peer.address, str(file), "--device", "CAS PD-II, firmware 2.1"]
        assert main([*record, "--do", "read", "--do", "zero", "--setting", "answer_s=2"]) == 0
        assert main(record) == 2
    out, err = capsys.readouterr()
    assert "read: 412 g, stable\nzero: not_supported\n" in out
    assert "--overwrite replaces it" in err
    assert "device: CAS PD-II, firmware 2.1\nway: tcp\n" in file.read_text(encoding="utf-8")
    assert peer.address not in file.read_text(encoding="utf-8")
    assert main(["replay", str(file), "--through", "scale:cas"]) == 0
    assert capsys.readouterr().out.endswith("Byte for byte and word for word as recorded.\n")


def test_another_driver_against_a_record_is_shown_where_it_departs(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "scale.txt"
    transcript = Transcript(
        "scale:toledo_8217",
        "simulated",
        "tcp",
        (("answer_s", "0.05"),),
        steps=("read",),
        results=("412 g, stable",),
        events=WEIGHING,
    )
    file.write_text(to_text(transcript), encoding="utf-8")
    assert main(["replay", str(file), "--through", "scale:cas"]) == 1
    out, err = capsys.readouterr()
    assert out == "read: timeout\n"
    assert "Not as recorded, event 2: expected 57 |W|, got 05 |.|" in err
    assert "Recorded were: 412 g, stable" in err


def test_a_device_that_is_not_reached_leaves_no_record(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with SimulatedScale("cas", "tcp") as peer:
        address = peer.address
    for driver in ("printer", "scale:cas"):
        assert main(["record", driver, address, str(tmp_path / "x.txt")]) == 1
    assert main(["record", "printer", "cups://receipts", str(tmp_path / "x.txt")]) == 1
    assert not (tmp_path / "x.txt").exists()
    said = capsys.readouterr().err
    assert "The device was not reached, so there is nothing to record." in said
    assert "only the device behind it" in said


def test_what_was_recorded_before_the_device_went_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "scale.txt"
    with SimulatedScale("toledo_8217", "tcp", pan=Pan(412)) as peer:
        steps = ["--do", "read", "--do", "dance"]
        assert main(["record", "scale:toledo_8217", peer.address, str(file), *steps]) == 2
    kept = load(file)
    assert kept.steps == ("read",)
    assert kept.results == ("412 g, stable",)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["replay", "absent.txt"], "absent.txt cannot be read: No such file or directory"),
        (["record", "scale:hobart", "tcp://127.0.0.1:1", "x.txt"], "there is no driver “scale:hobart”"),
        (["record", "scanner", "tcp://127.0.0.1:1", "x.txt", "--do", "'"], "No closing quotation"),
        (["record", "scanner", "tcp://127.0.0.1:1", "x.txt", "--setting", "fast"], "write it as name=value"),
        (["record", "scanner", "tcp://127.0.0.1:1", "absent/x.txt"], "there is no folder absent"),
        (
            ["record", "printer", "tcp://127.0.0.1:1", "x.txt", "--setting", "columns=wide"],
            "the setting columns is a number, and “wide” is none",
        ),
        (
            ["record", "terminal:zvt", "tcp://127.0.0.1:1", "x.txt", "--setting", "password=12"],
            "is six digits",
        ),
    ],
)
def test_a_command_that_cannot_be_meant_is_a_plain_sentence(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert words in capsys.readouterr().err
