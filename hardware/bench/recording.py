"""`record` and `replay`: a driver's session with a device written to a file, and played back to a driver."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from hardware.addresses import CupsAddress, SerialAddress, WindowsAddress, parse_address
from hardware.bench.console import Console, ExitCode, UsageError
from hardware.bench.paying import MOVES_MONEY, may_move_money
from hardware.bench.sessions import Done, driver_kind, run_session, split_step
from hardware.bench.words import explained
from hardware.errors import AddressInvalid, DeviceError
from hardware.scales.opening import SCALE_PROTOCOLS, with_line
from hardware.transcripts.masking import without_secrets
from hardware.transcripts.peer import ReplayPeer
from hardware.transcripts.recorder import Recorder
from hardware.transcripts.transcript import Transcript, TranscriptInvalid, read_transcript, to_text
from hardware.transports.base import Transport

_SECRET_SETTINGS = ("password",)
_WAY_BACK = "way_back"


@dataclass(frozen=True, slots=True)
class RecordOptions:
    driver: str
    address: str
    file: Path
    steps: tuple[str, ...] = ()
    """Empty: the usual ones of the driver."""
    settings: tuple[str, ...] = ()
    """Each as `name=value`."""
    device: str = ""
    """What it is, in words."""
    overwrites: bool = False
    is_confirmed: bool = False
    """Real money may move."""


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    file: Path
    through: str = ""
    """The driver to run against it; empty: the device waits for a driver from elsewhere."""
    over: Literal["tcp", "pty"] = "tcp"
    port: int = 0
    in_time: bool = False


def record(console: Console, options: RecordOptions) -> ExitCode:
    """What was recorded until an error or Ctrl-C is written, too. Raises DeviceError or UsageError."""
    kind = driver_kind(options.driver)
    steps = options.steps or kind.usual_steps
    for step in steps:
        split_step(step)
    if options.file.exists() and not options.overwrites:
        raise UsageError(f"{options.file} is there already; --overwrite replaces it")
    if not options.file.parent.is_dir():
        raise UsageError(f"there is no folder {options.file.parent}")
    if not options.device.isprintable():
        raise UsageError("the device's name has characters that cannot be seen")
    settings = _settings(options.settings)
    address = _with_usual_line(options.driver, options.address)
    parsed = parse_address(address)
    if isinstance(parsed, CupsAddress | WindowsAddress):
        raise AddressInvalid("a queue of the system cannot be recorded, only the device behind it")
    if not _may_begin(console, options, steps):
        console.complain("Nothing was sent.")
        return ExitCode.FAILED
    recorder = Recorder()
    has_way_back = True

    def opened() -> Transport:
        nonlocal has_way_back
        transport = parsed.open()
        has_way_back = transport.can_read
        return transport

    done: list[Done] = []

    def tell(step: Done) -> None:
        console.tell(f"{step.step}: {step.result}")
        done.append(step)

    try:
        run_session(options.driver, recorder.recording(opened), steps, settings, tell)
    finally:
        if recorder.events:
            kept = {name: value for name, value in settings.items() if name not in _SECRET_SETTINGS}
            kept |= _line_settings(address)
            if not has_way_back:
                kept[_WAY_BACK] = "no"
            _write(
                console,
                options,
                Transcript(
                    driver=options.driver,
                    device=options.device or "not named",
                    way=address.partition(":")[0],
                    settings=tuple(kept.items()),
                    recorded_on=datetime.datetime.now(datetime.UTC).date().isoformat(),
                    steps=tuple(each.step for each in done),
                    results=tuple(each.result for each in done),
                    events=recorder.events,
                ),
            )
    if not recorder.events:
        console.complain("The device was not reached, so there is nothing to record.")
        return ExitCode.FAILED
    return ExitCode.DONE


def _may_begin(console: Console, options: RecordOptions, steps: Sequence[str]) -> bool:
    moving = [step for step in steps if split_step(step)[0] in MOVES_MONEY]
    return not moving or may_move_money(console, " and ".join(moving), is_confirmed=options.is_confirmed)


def _write(console: Console, options: RecordOptions, transcript: Transcript) -> None:
    if options.driver.startswith("terminal:"):
        transcript = replace(transcript, events=without_secrets(transcript.events))
    try:
        options.file.write_text(to_text(transcript), encoding="utf-8", newline="\n")
    except OSError as error:
        raise UsageError(f"{options.file} cannot be written: {error.strerror}") from error
    console.tell(f"Recorded {len(transcript.events)} events in {options.file}.")


def replay(console: Console, options: ReplayOptions) -> ExitCode:
    """Raises TranscriptInvalid or UsageError."""
    transcript = load(options.file)
    if options.through:
        return _replay_through(console, transcript, options)
    try:
        peer = ReplayPeer(transcript.events, options.over, port=options.port, in_time=options.in_time)
    except OSError as error:
        raise UsageError(f"port {options.port} cannot be had: {error.strerror}") from error
    with peer:
        console.tell(f"{transcript.driver}  {peer.address}  ({transcript.device})")
        console.tell(
            "Run a driver against it. Enter: it may speak (serial only). Ctrl-C or the end of input ends."
        )
        _wait(console, peer)
    return _tell_differences(console, peer)


def _wait(console: Console, peer: ReplayPeer) -> None:
    while True:
        try:
            console.ask("")
        except (EOFError, KeyboardInterrupt):
            return
        peer.begin()


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a driver said to a recorded device, and where it departed from the record."""

    results: tuple[str, ...]
    differences: tuple[str, ...]


def replayed(transcript: Transcript, driver: str, *, in_time: bool = False) -> Replayed:
    """Runs the steps of the transcript. Raises DeviceError or UsageError."""
    results: list[str] = []
    settings = dict(transcript.settings)
    with ReplayPeer(transcript.events, in_time=in_time) as peer:
        address = parse_address(peer.address)

        def opened() -> Transport:
            transport = address.open()
            return transport if transcript.has_way_back else _OneWay(transport)

        run_session(driver, opened, transcript.steps, settings, lambda done: results.append(done.result))
    return Replayed(tuple(results), tuple(str(difference) for difference in peer.differences))


def _replay_through(console: Console, transcript: Transcript, options: ReplayOptions) -> ExitCode:
    try:
        done = replayed(transcript, options.through, in_time=options.in_time)
    except DeviceError as error:
        console.complain(f"The driver failed: {explained(error)}")
        return ExitCode.FAILED
    for step, result in zip(transcript.steps, done.results, strict=False):
        console.tell(f"{step}: {result}")
    for difference in done.differences:
        console.complain(f"Not as recorded, {difference}")
    if done.results != transcript.results:
        console.complain(f"Recorded were: {'; '.join(transcript.results)}")
    elif not done.differences:
        console.tell("Byte for byte and word for word as recorded.")
    return ExitCode.DONE if not done.differences and done.results == transcript.results else ExitCode.FAILED


def _tell_differences(console: Console, peer: ReplayPeer) -> ExitCode:
    for difference in peer.differences:
        console.complain(f"Not as recorded, {difference}")
    if peer.differences:
        return ExitCode.FAILED
    console.tell("Byte for byte as recorded.")
    return ExitCode.DONE


def load(file: Path) -> Transcript:
    """Raises TranscriptInvalid or UsageError."""
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise TranscriptInvalid(f"{file} is no text") from error
    return read_transcript(text)


class _OneWay:
    """A transport whose answers are not heard, as of a device file that is only written."""

    can_read = False

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.bytes_per_s = transport.bytes_per_s

    @property
    def sent_bytes(self) -> int:
        return self._transport.sent_bytes

    def write(self, data: bytes, deadline_s: float) -> None:
        self._transport.write(data, deadline_s)

    def read(self, count: int, deadline_s: float) -> bytes:
        return b""

    def close(self) -> None:
        self._transport.close()


def _settings(given: Sequence[str]) -> Mapping[str, str]:
    settings: dict[str, str] = {}
    for setting in given:
        name, separator, value = setting.partition("=")
        if not separator or not name.isidentifier() or not value.isprintable():
            raise UsageError(f"“{setting}” is no setting; write it as name=value")
        settings[name] = value
    return settings


def _with_usual_line(driver: str, address: str) -> str:
    """A scale's serial line as its protocol usually has it."""
    family, _, protocol = driver.partition(":")
    if family == "scale":
        return with_line(address, SCALE_PROTOCOLS[protocol].line)
    return address if "://" in address else f"serial://{'' if address.startswith('/') else '/'}{address}"


def _line_settings(address: str) -> dict[str, str]:
    parsed = parse_address(address)
    if not isinstance(parsed, SerialAddress):
        return {}
    line = parsed.settings
    return {
        "baud": str(line.baud),
        "bits": str(line.data_bits),
        "parity": line.parity,
        "stop": str(line.stop_bits),
        "flow": line.flow,
    }
