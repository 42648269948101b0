"""What can go wrong with a device: the type says whether waiting may help, `code` is stable for words."""

from enum import StrEnum
from typing import ClassVar


class DeviceError(Exception):
    """A device or the way to it failed. The text is for a log or an installer, `code` for everything else."""

    code: ClassVar[str] = "device_error"


class TransientDeviceError(DeviceError):
    """May be over when it is tried again: a cable, a paper roll, a printer that is switched off."""


class PermanentDeviceError(DeviceError):
    """Stays until a person changes a setting or a permission."""


class DeviceUnavailable(TransientDeviceError):
    """There is nothing at that address now: unplugged, switched off, or no route to it."""

    code = "unavailable"


class DeviceRefused(DeviceUnavailable):
    """The address is there and takes no connection, as a network printer does that serves another till."""

    code = "refused"


class DeviceTimeout(TransientDeviceError):
    """It did not answer, or did not take what was written, before the deadline."""

    code = "timeout"


class DeviceClosed(TransientDeviceError):
    """The connection was there and went away: unplugged, switched off, or closed by the device."""

    code = "closed"


class QueueStopped(TransientDeviceError):
    """The system's print queue is stopped or takes no jobs, until somebody starts it again."""

    code = "queue_stopped"


class DeviceNotPermitted(PermanentDeviceError):
    """The operating system does not let this user open the device."""

    code = "not_permitted"


class QueueNotRaw(PermanentDeviceError):
    """The system's print queue would change the printer's own language, or cannot carry it."""

    code = "queue_not_raw"


class AddressInvalid(PermanentDeviceError):
    """The address in the settings cannot be read; the text says what is wrong with it."""

    code = "address_invalid"


class PrinterProfileInvalid(PermanentDeviceError):
    """The printer's settings name a model or a code page that does not exist."""

    code = "profile_invalid"


class NotReadyReason(StrEnum):
    """Why a printer that answers cannot print."""

    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    PRINTER_ERROR = "printer_error"
    """A cutter jam or another fault that the printer reports without naming it."""
    OFFLINE = "offline"
