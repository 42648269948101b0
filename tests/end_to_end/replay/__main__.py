"""`python -m tests.end_to_end.replay FILE.csv` prints one JSON object; exit code 1 when the sides differ."""

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from tests.end_to_end.replay.figures import of_plan
from tests.end_to_end.replay.plan import PlannedSale, plan
from tests.end_to_end.replay.run import ReplayFailed, replay
from tests.end_to_end.replay.trade_file import TradeFileInvalid, read_trade_file


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.end_to_end.replay", description=__doc__)
    parser.add_argument("file", type=Path)
    options = parser.parse_args()
    try:
        invoices, left_out, line_count = read_trade_file(options.file)
        planned = plan(invoices)
        with tempfile.TemporaryDirectory(prefix="replay-") as folder:
            till, hub, others = replay(invoices, planned, Path(folder), _show_progress(len(planned)))
    except (TradeFileInvalid, ReplayFailed) as error:
        print(error, file=sys.stderr)
        return 2
    file = of_plan(planned)
    is_equal = file == till == hub and others["quarantined"] == others["differences"] == 0
    result = {
        "equal": is_equal,
        "file": asdict(file),
        "till": asdict(till),
        "hub": asdict(hub),
        "hub_found": others,
        "handled": _handled(planned),
        "lines_in_file": line_count,
        "lines_left_out": len(left_out),
        "left_out_by_reason": dict(Counter(line.reason for line in left_out)),
        "left_out": [asdict(line) for line in left_out],
    }
    json.dump(result, sys.stdout, indent=2, ensure_ascii=False)
    print()
    return 0 if is_equal else 1


def _handled(planned: list[PlannedSale]) -> dict[str, int]:
    """How the lines that were rung up were taken."""
    entries = [entry for sale in planned for entry in sale.lines]
    counts = Counter(f"as_{entry.line.kind.value}" for entry in entries)
    counts["returned_against_a_sale"] = sum(entry.returned_from is not None for entry in entries)
    counts["returned_without_a_receipt"] = sum(
        entry.line.quantity < 0 and entry.returned_from is None for entry in entries
    )
    counts["zero_priced"] = sum(entry.line.unit_price == 0 for entry in entries)
    counts["priced_in_parts_of_a_penny"] = sum(entry.line.unit_price * 100 % 1 != 0 for entry in entries)
    return dict(sorted(counts.items()))


def _show_progress(total: int) -> Callable[[int], None]:
    """One line on standard error, only where somebody looks."""

    def show(done: int) -> None:
        if sys.stderr.isatty():
            print(f"\r{done} of {total} invoices", end="\n" if done == total else "", file=sys.stderr)

    return show


if __name__ == "__main__":
    sys.exit(main())
