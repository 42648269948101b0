"""Records the transcripts here anew, from simulated devices: for when a driver was changed on purpose."""

import threading
from pathlib import Path

from hardware.bench.recording import RecordOptions, record
from hardware.simulated.displays import SimulatedDisplay
from hardware.simulated.epl_engine import EplEngine
from hardware.simulated.line_scanner import SimulatedLineScanner
from hardware.simulated.printer import SimulatedPrinter
from hardware.simulated.printer_engine import PrinterMode
from hardware.simulated.scales import Pan, SimulatedScale
from hardware.simulated.serial_printer import SimulatedSerialPrinter
from hardware.simulated.zpl_engine import ZplEngine
from hardware.simulated.zvt_terminal import SimulatedZvtTerminal, ZvtScript
from tests.drivers.bench_console import ListeningConsole

FOLDER = Path(__file__).parent
RECEIPT = "print 'Café crème £3.30' 'Total €12.05'"
CODES = (b"]E05000128104517", b"]C101050001281045171730123110AB-12\x1d217")


def record_all() -> None:
    with SimulatedPrinter() as printer:
        _record("printer", "printer", printer.address, "status", RECEIPT, "drawer")
    with SimulatedPrinter(PrinterMode.PAPER_OUT) as printer:
        _record("printer_paper_out", "printer", printer.address, "status", "print Tea")
    with SimulatedPrinter(die_after=30) as printer:
        _record("printer_dies", "printer", printer.address, RECEIPT)
    with SimulatedSerialPrinter() as line_printer:
        _record("printer_serial", "printer", f"{line_printer.address}?baud=19200", RECEIPT, "drawer")
    for language, engine in (("zpl", ZplEngine()), ("epl", EplEngine())):
        with SimulatedPrinter(engine=engine) as printer:
            _record(f"label_{language}", f"label:{language}", printer.address, "status", "print Tea £1.00")
    for protocol in ("toledo_8217", "nci", "cas", "avery_berkel"):
        with SimulatedScale(protocol, pan=Pan(462)) as scale:
            steps = "read zero" if protocol == "cas" else "read tare read zero read"
            _record(
                f"scale_{protocol}", f"scale:{protocol}", scale.address, *steps.split(), setting="answer_s=2"
            )
    for protocol in ("cd5220", "dm_d", "logic_controls"):
        with SimulatedDisplay(protocol) as display:
            show = "show 'Café crème £3.30' 'Total         €12.05'"
            _record(f"display_{protocol}", f"display:{protocol}", display.address, show, "show Thank you")
    _record_scanner()
    _record_terminal("terminal_zvt", ZvtScript(), "check", "purchase 12.34 GBP", "end-of-day")
    _record_terminal("terminal_zvt_lost", ZvtScript(fault_at=9), "purchase 12.34 GBP")


def _record_scanner() -> None:
    with SimulatedLineScanner("tcp") as scanner:

        def scan() -> None:
            for code in CODES:
                while not scanner.scan(code):
                    threading.Event().wait(0.02)

        scanning = threading.Thread(target=scan)
        scanning.start()
        _record("scanner", "scanner", scanner.address, "scan", "scan", setting="patience_s=5")
        scanning.join()


def _record_terminal(name: str, script: ZvtScript, *steps: str) -> None:
    with SimulatedZvtTerminal(script) as terminal:
        terminal.key_by_hand(100)
        _record(name, "terminal:zvt", terminal.address, *steps, setting="password=123456")


def _record(name: str, driver: str, address: str, *steps: str, setting: str = "") -> None:
    options = RecordOptions(
        driver,
        address,
        FOLDER / f"{name}.txt",
        steps,
        (setting,) if setting else (),
        device="simulated",
        overwrites=True,
        is_confirmed=True,
    )
    console = ListeningConsole()
    record(console, options)
    print("\n".join([name, *(f"  {line}" for line in console.told)]))


if __name__ == "__main__":
    record_all()
