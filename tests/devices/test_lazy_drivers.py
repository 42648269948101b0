"""Which libraries a till loads before it needs a device."""

import subprocess
import sys

HEAVY = ("escpos", "usb", "hid", "pyudev", "PIL", "qrcode", "barcode")


def test_a_till_that_starts_loads_no_library_of_a_device_that_it_does_not_use_yet() -> None:
    """python-escpos alone takes a second."""
    program = (
        f"import sys, till_app.app\nprint(*(name for name in {HEAVY!r} if name in sys.modules), sep=',')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
