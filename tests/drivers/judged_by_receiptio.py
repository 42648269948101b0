"""What receiptio (not ours) asks a simulated printer and makes of the answers, kept in a file.

`python -m tests.drivers.judged_by_receiptio` renews it; `RECEIPTIO_FOLDER` names the npm package's folder.
"""

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from pathlib import Path

from hardware.simulated.printer import SimulatedPrinter
from hardware.simulated.printer_engine import PrinterEngine, PrinterMode

RECORDED = Path(__file__).parent / "data" / "status_by_receiptio.json"
MODES = (
    PrinterMode.OK, PrinterMode.NEAR_END, PrinterMode.PAPER_OUT, PrinterMode.COVER_OPEN, PrinterMode.OFFLINE,
    PrinterMode.CUTTER_JAM, PrinterMode.UNRECOVERABLE, PrinterMode.OVERHEATED,
)  # fmt: skip
PRINT, ASK_PRINTER, ASK_DRAWER = "print", "printer", "drawer2"
"""`drawer2` is a drawer whose pin is high when it is open, as the simulated one's is."""
_RECEIPT = "^Corner Shop\n\nTea | 1.00\n---\n^TOTAL | ^1.00\n"
_SCRIPT = """
const [folder, port, receipt, options] = process.argv.slice(1);
const net = require('net');
const connect = net.connect;
net.connect = (_, host) => connect(Number(port), host);
require(folder).print(receipt, options).then(verdict => process.stdout.write(verdict));
"""
"""receiptio only knows port 9100, which may be taken here."""
_LONG_NULS = re.compile(r"(?:00){32,}")

Exchange = tuple[bytes, bytes]
"""What was asked, and what the printer answered to it."""


@dataclass(frozen=True, slots=True)
class Session:
    exchanges: list[Exchange]
    verdict: str


@dataclass(slots=True)
class _OverheardEngine(PrinterEngine):
    exchanges: list[Exchange] = field(default_factory=list)

    def feed(self, data: bytes) -> bytes:
        answer = PrinterEngine.feed(self, data)
        if self.exchanges and not self.exchanges[-1][1]:
            data = self.exchanges.pop()[0] + data
        self.exchanges.append((data, answer))
        return answer


def session_names() -> list[tuple[str, str]]:
    """The printer's state, and what receiptio is to do."""
    asked = [(mode.value, what) for mode in MODES for what in (ASK_PRINTER, ASK_DRAWER, PRINT)]
    return [*asked, ("drawer_open", ASK_DRAWER), ("paper_runs_out", PRINT), ("cutter_jams", PRINT)]


def set_up(state: str, engine: PrinterEngine) -> None:
    match state:
        case "drawer_open":
            engine.drawer_is_open = True
        case "paper_runs_out":
            engine.paper_lasts_bytes = 40
        case "cutter_jams":
            engine.jams_at_cut = True
        case _:
            engine.mode = PrinterMode(state)


def receiptio_folder() -> str | None:
    """None: it is not here, or nothing to run it with."""
    return os.environ.get("RECEIPTIO_FOLDER") if shutil.which("node") else None


def listen(folder: str, state: str, what: str) -> Session:
    """A question that it repeats is in there once."""
    engine = _OverheardEngine()
    set_up(state, engine)
    with SimulatedPrinter(engine=engine) as printer:
        options = "-d 127.0.0.1 -l en" + ("" if what == PRINT else f" -q {what}")
        command = ["node", "-e", _SCRIPT, folder, str(printer.port), _RECEIPT, options]
        verdict = subprocess.run(
            command, capture_output=True, check=True, encoding="utf-8", timeout=60
        ).stdout
    return Session([exchange for exchange, _ in groupby(engine.exchanges)], verdict)


def record(folder: str) -> None:
    """One session a line."""
    rows = []
    for state, what in session_names():
        session = listen(folder, state, what)
        exchanges = [[_written(asked), _written(answered)] for asked, answered in session.exchanges]
        rows.append(json.dumps([state, what, session.verdict, exchanges]))
    RECORDED.write_text("[\n" + ",\n".join(rows) + "\n]\n", encoding="utf-8")


@cache
def recorded() -> dict[tuple[str, str], Session]:
    """As receiptio 2.1.2 held them."""
    return {
        (state, what): Session([(_read(asked), _read(answered)) for asked, answered in exchanges], verdict)
        for state, what, verdict, exchanges in json.loads(RECORDED.read_text(encoding="utf-8"))
    }


def _written(data: bytes) -> str:
    """In hex; receiptio flushes an interrupted command with thousands of NULs, written as their number."""
    return _LONG_NULS.sub(lambda nuls: f"({len(nuls[0]) // 2} NUL)", data.hex())


def _read(written: str) -> bytes:
    return bytes.fromhex(re.sub(r"\((\d+) NUL\)", lambda count: "00" * int(count[1]), written))


def main() -> None:
    folder = receiptio_folder()
    if folder is None:
        raise SystemExit("node is not installed here, or RECEIPTIO_FOLDER does not name receiptio's folder")
    record(folder)


if __name__ == "__main__":
    main()
