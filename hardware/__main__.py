"""The bench: try a device from a terminal, without the till (`python -m hardware --help`)."""

import getpass
import io
import os
import sys
from collections.abc import Sequence

# Only the command line itself: each command imports its devices when it is used.
from hardware.bench.command_line import parse
from hardware.bench.console import Console, ExitCode, UsageError
from hardware.errors import DeviceError


class StandardConsole:
    """The terminal that the bench was started from; what it cannot show is a question mark there."""

    def __init__(self) -> None:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")

    def tell(self, line: str) -> None:
        print(line, flush=True)

    def complain(self, line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    def ask(self, question: str) -> str:
        return input(question)

    def ask_secret(self, question: str) -> str:
        return getpass.getpass(question)


def main(arguments: Sequence[str] | None = None, console: Console | None = None) -> int:
    """What to return to the shell. Raises SystemExit as argparse does."""
    console = console or StandardConsole()
    try:
        return int(parse(arguments).run(console))
    except DeviceError as error:
        from hardware.bench.words import explained

        console.complain(explained(error))
        return ExitCode.FAILED
    except UsageError as error:
        console.complain(str(error))
        return ExitCode.USAGE
    except (KeyboardInterrupt, EOFError):
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has seen enough, as `head` does; nothing more may be written to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.DONE


if __name__ == "__main__":
    sys.exit(main())
