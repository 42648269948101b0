"""`hardware` works without the till, and without everything that only the till needs."""

import os
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import importlib, pkgutil, sys, threading

BLOCKED = ("till_app", "PySide6", "shiboken6", "sqlalchemy", "alembic", "requests", "urllib3", "msgspec",
           "pysqlite3", "sqlite3", "litestar", "uvicorn", "argon2", "platformdirs", "keyring", "zstandard")


class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in BLOCKED:
            raise ImportError(f"{name} is not to be imported by hardware")


sys.meta_path.insert(0, Blocked())
import hardware
names = [module.name for module in pkgutil.walk_packages(hardware.__path__, "hardware.")]
for name in names:
    importlib.import_module(name)

from hardware.__main__ import main
from hardware.simulated.displays import SimulatedDisplay
from hardware.simulated.line_scanner import SimulatedLineScanner
from hardware.simulated.printer import SimulatedPrinter
from hardware.simulated.scales import Pan, SimulatedScale

with SimulatedPrinter() as printer:
    assert main(["print-test", printer.address]) == 0
    assert len(printer.jobs) == 1
with SimulatedScale("nci", "tcp", pan=Pan(412)) as scale:
    assert main(["weigh", "nci", scale.address, "--count", "1"]) == 0
with SimulatedDisplay("cd5220", "tcp") as display:
    assert main(["display", "cd5220", display.address, "Hello", "again"]) == 0
    display.wait_for(("Hello", "again"))
with SimulatedLineScanner("tcp") as scanner:
    codes = []
    bench = threading.Thread(target=lambda: codes.append(main(["scan", scanner.address, "--count", "1"])))
    bench.start()
    while bench.is_alive():
        scanner.scan(b"]E05000128104517")
        bench.join(0.05)
    assert codes == [0]
assert not [name for name in sys.modules if name.partition(".")[0] in BLOCKED]
print(len(names))
"""


def test_hardware_prints_weighs_shows_and_scans_where_nothing_of_the_till_can_be_imported(
    tmp_path: Path,
) -> None:
    """Its imports and its work, in a process in which the till's own libraries are missing."""
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "412 g, stable" in done.stdout
    assert "AIM   ]E0 EAN-13" in done.stdout
    assert int(done.stdout.splitlines()[-1]) > 100
