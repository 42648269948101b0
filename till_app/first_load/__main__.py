"""The process: steps back behind the till before it does anything else."""

import sys

from till_app.first_load.priority import step_back, step_back_further


def main() -> int:
    step_back()
    # Only now: its libraries take a second of a slow processor.
    from till_app.first_load.work import work

    step_back_further()
    return work()


if __name__ == "__main__":
    sys.exit(main())
