"""`python -m tests.end_to_end`: kills a till at every statement of a card payment, and often while it sells;
1 and words when money, a paper or a drawer is not as it must be."""

import argparse
import logging
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path

from tests.end_to_end import dying_payments, test_card_payment_kill, test_counter_kill


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.end_to_end", description=__doc__)
    parser.add_argument("--kills", type=int, default=100, help="of each way to sell")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.ERROR)
    with tempfile.TemporaryDirectory(prefix="till-kills-") as name:
        try:
            _kill_everywhere(Path(name), options.kills, options.seed)
        except (AssertionError, TimeoutError) as failed:
            traceback.print_exception(failed)
            return 1
    return 0


def _kill_everywhere(base: Path, kills: int, seed: int) -> None:
    payments = base / "payments"
    payments.mkdir()
    killed = test_card_payment_kill.kill_all(payments, every=True)
    for name in dying_payments.PLANS:
        print(f"card, {name}: {dict(test_card_payment_kill.judge_all(killed, name))}", flush=True)
    with test_counter_kill.open_killer() as killer:
        for name, plan in test_counter_kill.PLANS.items():
            outcomes = test_counter_kill.kill_and_judge(killer, base / name, plan, kills, seed)
            print(f"cash, {name}: {dict(outcomes)}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
