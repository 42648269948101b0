"""The hub of a soak: its database filled and its tills paired, its processes started, killed and read."""

import contextlib
import csv
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
from sqlalchemy import select

from till_app.hub.hub import Hub, open_hub, utc_now
from till_app.hub.imports.folder import import_folder
from till_app.hub.tables import shop
from till_app.hub.tills import new_pairing_code, pair
from till_app.wire.exchange import PairAnswer, PairRequest

ITEMS = 200
STOCK = 1_000_000
"""Of each item in each shop, before anything is sold."""
_ROOT = Path(__file__).parents[2]
_END_S = 30.0
_LOOK_S = 0.01


def item_code(number: int) -> str:
    return f"I{number:03}"


@dataclass(frozen=True, slots=True)
class HubPlace:
    """Where the hub keeps its data, and by how many processes it is served."""

    database: Path | str
    data: Path
    workers: int = 1

    def open(self) -> Hub:
        return open_hub(self.database, data=self.data)


def fill(place: HubPlace, folder: Path, shops: int, tills: int) -> tuple[str, Sequence[PairAnswer]]:
    """Goods, stock and shops by the hub's own import, and tills that are paired with the shops in turn.

    Returns the admin's token too.
    """
    folder.mkdir()
    shop_codes = [f"S{number}" for number in range(1, shops + 1)]
    codes = [item_code(number) for number in range(ITEMS)]
    _write(
        folder / "shops.csv", ["shop_code", "name", "currency"], ([c, f"Shop {c}", "GBP"] for c in shop_codes)
    )
    _write(
        folder / "vat_codes.csv",
        ["code", "name", "rate_percent", "kind"],
        [["A", "Standard", "20", "standard"], ["Z", "Zero", "0", "zero"]],
    )
    _write(folder / "departments.csv", ["code", "name", "position"], [["GR", "Groceries", "1"]])
    _write(folder / "items.csv", ITEM_COLUMNS, priced_items(range(ITEMS), price_minor=100))
    _write(
        folder / "stock.csv",
        ["item_code", "stock", "location_code"],
        ([code, str(STOCK), shop_code] for shop_code in shop_codes for code in codes),
    )
    hub = place.open()
    try:
        for report in import_folder(hub.database, folder, utc_now()):
            assert not report.refused, report
        paired = []
        for number in range(tills):
            with hub.database.writing() as connection:
                wanted = select(shop.c.shop_id).where(shop.c.shop_code == shop_codes[number % shops])
                code, _ = new_pairing_code(connection, utc_now(), connection.execute(wanted).scalar_one())
                answer = pair(connection, PairRequest(code, f"Till {number + 1}"), utc_now())
            assert answer is not None
            paired.append(answer)
        return hub.admin_token, paired
    finally:
        hub.close()


ITEM_COLUMNS = ["item_code", "name", "department", "vat_code", "price", "barcodes"]


def priced_items(numbers: Sequence[int], price_minor: int) -> Iterator[list[str]]:
    """Every third one is free of VAT; each costs a penny more than the one before."""
    for number in numbers:
        price = f"{(price_minor + number) / 100:.2f}"
        vat_code = "Z" if number % 3 == 0 else "A"
        yield [item_code(number), f"Item {number}", "GR", vat_code, price, f"{2_000_000 + number}"]


def _write(path: Path, columns: Sequence[str], rows: Iterator[list[str]] | list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)


class HubProcess:
    """The hub as `serve` runs it, workers included; it answers at the same address after each start."""

    def __init__(self, place: HubPlace, words: Path) -> None:
        """`words` is the file for what it says on its error output."""
        self._place = place
        self._words = words
        self._process: subprocess.Popen[bytes] | None = None
        self._port = 0
        self.url = ""

    def start(self) -> None:
        """What the first start compiled, the second finds."""
        command = [
            *(sys.executable, "-m", "till_app.hub", "serve", "--until-input-ends"),
            *("--port", str(self._port), "--workers", str(self._place.workers)),
            *("--database", str(self._place.database), "--data", str(self._place.data)),
        ]
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment["PYTHONPYCACHEPREFIX"] = str(self._words.with_suffix(".bytecode"))
        with self._words.open("ab") as words:
            process = subprocess.Popen(
                command,
                cwd=_ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=words,
                env=environment,
            )
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            _close(process)
            raise RuntimeError(f"the hub did not start: {self._words.read_text()[-2_000:]}")
        self._process = process
        self.url = msgspec.json.decode(line, type=dict[str, str])["url"]
        self._port = int(self.url.rpartition(":")[2])

    def kill(self) -> None:
        """As a power cut takes the processes: none of them may finish anything."""
        process, self._process = self._process, None
        assert process is not None
        pids = [process.pid, *_children_of(process.pid)]
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        _close(process)
        waiting = threading.Event()
        while any(_is_alive(pid) for pid in pids):
            waiting.wait(_LOOK_S)

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        with contextlib.suppress(OSError):
            process.stdin.close()
        try:
            process.wait(_END_S)
        except subprocess.TimeoutExpired:
            process.kill()
        _close(process)


def _close(process: "subprocess.Popen[bytes]") -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
    process.wait()


def _children_of(pid: int) -> list[int]:
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    )
    return [int(child) for child in listed.stdout.split()]


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
