"""Sells once on each of several ledgers and dies by SIGKILL at another step of the sale each time.

    python -m tests.store.dying_till LEDGER…

On the n-th ledger it dies before the n-th statement of the sale's transaction, on the last but one between
the last statement and the commit, and on the last right after the commit. Prints the number of statements.
"""

import os
import signal
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from tests.store.builders import a_ledger, write_sale

STATEMENTS = 13
"""Of the sale in `builders.write_sale`, BEGIN included."""


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def sell_and_die(path: Path, step: int) -> None:
    with a_ledger(path) as ledger:
        statements = 0

        def count(*_arguments: Any) -> None:
            nonlocal statements
            statements += 1
            if statements == step:
                die()

        event.listen(Engine, "before_cursor_execute", count)
        with ledger.write() as write:
            write_sale(write, "the last sale")
            if step == STATEMENTS + 1:
                die()
            write.commit()
        if statements != STATEMENTS:
            sys.exit(f"the sale has {statements} statements")
        die()


def main() -> None:
    """A process per step: forked, so that the libraries are imported once."""
    for step, path in enumerate(sys.argv[1:], 1):
        child = os.fork()
        if child == 0:
            sell_and_die(Path(path), step)
        _, status = os.waitpid(child, 0)
        if os.waitstatus_to_exitcode(status) != -signal.SIGKILL:
            sys.exit(f"step {step} did not die as meant: {status}")


if __name__ == "__main__":
    main()
