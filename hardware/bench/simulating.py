"""`simulate`: runs simulated devices until Ctrl-C or the end of input, and obeys what is typed to them."""

import contextlib
import shlex
import socket
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from hardware.bench.console import Console, ExitCode, UsageError
from hardware.bench.simulated_devices import (
    BenchDevice,
    DisplayOnBench,
    DrawerOnBench,
    Over,
    ScaleOnBench,
    ScannerOnBench,
)
from hardware.bench.simulated_printers import PrinterOnBench
from hardware.bench.simulated_terminals import CloudOnBench, ZvtOnBench
from hardware.bench.switches import find

PORTS = {"printer": 9100, "scale": 4001, "display": 4002, "drawer": 4003, "scanner": 4004, "terminal": 20007}
"""Where each listens on loopback unless told otherwise."""
DEVICES = tuple(PORTS)
_NEWS_S = 0.2


@dataclass(frozen=True, slots=True)
class SimulateOptions:
    device: str
    """One of DEVICES, or `all`."""
    port: int | None = None
    """None: as in PORTS; 0: any that is free."""
    over: Over = "tcp"
    scale_protocol: str = "toledo_8217"
    display_protocol: str = "cd5220"
    terminal_kind: str = "zvt"
    currency: str = "GBP"


def simulate(console: Console, options: SimulateOptions) -> ExitCode:
    """Raises UsageError when a port is taken."""
    names = DEVICES if options.device == "all" else (options.device,)
    if len(names) > 1 and options.port:
        raise UsageError("several devices cannot share one port; leave --port away, or give 0")
    with ExitStack() as stack:
        links = _links(stack, options)
        devices = [_device(name, options, links) for name in names]
        for device in devices:
            stack.enter_context(device)
        for device in devices:
            for address in device.addresses:
                console.tell(f"{device.name:<9} {address}")
        with contextlib.suppress(KeyboardInterrupt), _news_told(console, devices):
            console.tell(
                "Simulated: nothing is printed, weighed or paid. `help` lists what can be typed; Ctrl-C ends."
            )
            _obey_until_the_end(console, devices)
    console.tell("Stopped.")
    return ExitCode.DONE


def _links(stack: ExitStack, options: SimulateOptions) -> Path | None:
    """A folder for names that stay when a pseudo terminal is unplugged and plugged in."""
    if options.over == "tcp":
        return None
    return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="till-simulated-")))


def _device(name: str, options: SimulateOptions, links: Path | None) -> BenchDevice:
    port = PORTS[name] if options.port is None else options.port
    if links is None or name == "terminal":
        _check_free(name, port)
    link = None if links is None else links / name
    match name:
        case "printer":
            return PrinterOnBench(options.over, port)
        case "scale":
            return ScaleOnBench(options.scale_protocol, options.over, link, port)
        case "display":
            return DisplayOnBench(options.display_protocol, options.over, link, port)
        case "drawer":
            return DrawerOnBench(options.over, link, port)
        case "scanner":
            return ScannerOnBench(options.over, link, port)
        case _ if options.terminal_kind == "cloud":
            return CloudOnBench(port)
        case _:
            return ZvtOnBench(port, options.currency)


def _check_free(name: str, port: int) -> None:
    """Raises UsageError."""
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError as error:
        raise UsageError(
            f"port {port} for the {name} cannot be had ({error.strerror}); --port 0 takes any that is free"
        ) from error


@contextmanager
def _news_told(console: Console, devices: Sequence[BenchDevice]) -> Iterator[None]:
    is_over = threading.Event()

    def tell() -> None:
        while True:
            ends = is_over.wait(_NEWS_S)
            for device in devices:
                for line in device.news():
                    console.tell(f"{device.name}: {line}")
            if ends:
                return

    teller = threading.Thread(target=tell, name="news of simulated devices", daemon=True)
    teller.start()
    try:
        yield
    finally:
        is_over.set()
        teller.join()


def _obey_until_the_end(console: Console, devices: Sequence[BenchDevice]) -> None:
    while True:
        try:
            line = console.ask("").strip()
        except EOFError:
            return
        if line in ("quit", "exit"):
            return
        if line:
            try:
                console.tell(obey(devices, line))
            except UsageError as error:
                console.complain(str(error))


def obey(devices: Sequence[BenchDevice], line: str) -> str:
    """`help`, or a command: `paper out`, or `printer paper out` where several have it. Raises UsageError."""
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise UsageError(f"“{line}”: {error}") from error
    if words == ["help"]:
        return _help(devices)
    named = [device for device in devices if words[:1] == [device.name]]
    if named and (found := find(named[0].switches, words[1:])):
        switch, rest = found
        return switch.act(rest) or "ok"
    knowing = [(device, found) for device in devices if (found := find(device.switches, words))]
    if len(knowing) > 1:
        which = " or ".join(f"“{device.name} {line}”" for device, _ in knowing)
        raise UsageError(f"which one? Type {which}")
    if not knowing:
        raise UsageError(f"“{line}” is nothing that can be told to it; `help` lists what can")
    switch, rest = knowing[0][1]
    return switch.act(rest) or "ok"


def _help(devices: Sequence[BenchDevice]) -> str:
    lines = []
    for device in devices:
        lines.append(f"{device.name}:")
        for words, switch in device.switches.items():
            lines.append(f"  {f'{words} {switch.takes}'.strip():<18} {switch.does}")
    return "\n".join([*lines, "quit, Ctrl-C or the end of input stops."])
