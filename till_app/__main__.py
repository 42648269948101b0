"""`python -m till_app`: the till of a shop, paired with its hub.

Qt and all that needs it is imported inside: --help and Ctrl-C do not wait for it.
"""

import argparse
import sys
from pathlib import Path

from till_app.till_files import TillFiles, default_folder

INTERRUPTED_EXIT_CODE = 130


def main() -> int:
    options = _parser().parse_args()
    try:
        return _run(options)
    except KeyboardInterrupt:
        return INTERRUPTED_EXIT_CODE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m till_app", description="The till.")
    parser.add_argument("--data", type=Path, default=default_folder(), help="its folder (%(default)s)")
    parser.add_argument("--theme", choices=("light", "dark", "system"), default="light")
    parser.add_argument("--scale", type=float, choices=(1.0, 1.25, 1.5), default=1.0)

    pairing = parser.add_argument_group("pairing with a hub, for the first time or again")
    pairing.add_argument(
        "--pair", nargs=2, metavar=("HUB_URL", "CODE"), help="pair with a hub and load its shop"
    )
    pairing.add_argument("--pair-text", metavar="TEXT", help="the same, as a scanner reads it: tillpair:…")
    pairing.add_argument("--name", default="Till", help="this till's name at the hub")
    pairing.add_argument(
        "--ca-fingerprint", metavar="SHA256", default="", help="of the hub's own certificate authority"
    )
    pairing.add_argument("--ca-file", type=Path, metavar="PEM", help="the hub's own certificate authority")
    pairing.add_argument(
        "--insecure-http", action="store_true", help="allow a connection that everyone can read"
    )
    pairing.add_argument(
        "--reason",
        choices=("forked", "restored", "revoked"),
        default="revoked",
        help="why a till is paired again (%(default)s)",
    )

    instead = parser.add_argument_group("instead of opening the window").add_mutually_exclusive_group()
    instead.add_argument(
        "--export-journal", type=Path, metavar="FILE", help="write what the hub does not have into a file"
    )
    instead.add_argument("--trust", metavar="SHA256", help="pin the hub's next certificate authority, too")
    instead.add_argument("--unpair", action="store_true", help="forget the hub; what was sold stays")
    instead.add_argument("--reset", action="store_true", help="begin anew; the data folder is moved aside")
    instead.add_argument(
        "--recover", action="store_true", help="make a damaged ledger whole; the damaged file is kept"
    )
    parser.add_argument(
        "--export",
        type=Path,
        metavar="FILE",
        help="with --pair, --unpair and --reset: first write what the hub does not have into this file",
    )
    parser.add_argument("--all", action="store_true", help="with --export-journal: what it has, too")
    return parser


def _run(options: argparse.Namespace) -> int:
    from till_app.app import TillApplication, log_to_file
    from till_app.bootstrap import CANNOT_OPEN, why_not
    from till_app.maintenance import CANNOT_MAINTAIN, maintain, pair, why_not_maintained
    from till_app.services.errors import HubError

    files = TillFiles(options.data)
    try:
        if not options.reset:  # the log lies in the folder that is moved
            log_to_file(files.log)
        try:
            if options.export_journal or options.trust or options.unpair or options.reset or options.recover:
                return maintain(files, options)
            if options.pair or options.pair_text:
                pair(files, options)
        except (HubError, *CANNOT_MAINTAIN) as error:
            print(why_not_maintained(error, options), file=sys.stderr)
            return 1
        return TillApplication(files, theme=options.theme, scale=options.scale).run()
    except CANNOT_OPEN as error:
        print(why_not(error), file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
