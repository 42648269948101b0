"""The file that says which devices this till has: read, saved whole or not at all, and never lost unseen.

What makes sense is checked in `settings_check`.
"""

import contextlib
import os
from pathlib import Path
from typing import Any

import msgspec

from till_app.devices.settings_check import SettingsInvalid, check
from till_app.services.device_settings import DeviceSettings


def load_settings(path: Path) -> DeviceSettings:
    """Missing file: no devices. Raises SettingsInvalid."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return DeviceSettings()
    except OSError as error:
        raise SettingsInvalid(f"{path.name}: it cannot be read: {error.strerror or error}") from error
    return read_settings(content, path.name)


def read_settings(content: bytes, name: str) -> DeviceSettings:
    """`name` stands before what is wrong. Raises SettingsInvalid."""
    try:
        settings = msgspec.convert(_of_today(msgspec.json.decode(content)), DeviceSettings)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise SettingsInvalid(f"{name}: {error}") from error
    try:
        check(settings)
    except SettingsInvalid as error:
        raise SettingsInvalid(f"{name}: {error}", error.key) from error
    return settings


def save_settings(path: Path, settings: DeviceSettings) -> None:
    """Checked, written aside, then put in the place of the old ones; a file that cannot be read is kept.

    Raises SettingsInvalid, and OSError: the old file is as it was then.
    """
    check(settings)
    _keep_damaged(path)
    aside = path.with_suffix(".new")
    # For its owner only: a terminal's password is in it.
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(settings_as_json(settings))
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)
        raise
    _flush_folder(path.parent)


def settings_as_json(settings: DeviceSettings) -> bytes:
    """For people to read, too."""
    return msgspec.json.format(msgspec.json.encode(settings), indent=2) + b"\n"


def _of_today(plain: Any) -> Any:
    """As earlier releases wrote it: one scanner, not several."""
    if not isinstance(plain, dict) or "scanner" not in plain:
        return plain
    scanner = plain.pop("scanner")
    if isinstance(scanner, dict) and scanner.get("address") and "scanners" not in plain:
        plain["scanners"] = [scanner]
    return plain


def _keep_damaged(path: Path) -> None:
    """A copy of a file that holds what no settings are; a person may want to read it."""
    try:
        load_settings(path)
        return
    except SettingsInvalid:
        content = path.read_bytes()
    number = 1
    while (kept := path.with_name(f"{path.name}.damaged-{number}")).exists():
        if kept.read_bytes() == content:
            return
        number += 1
    with kept.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    """So that the new name, too, outlasts a power cut; not every system can."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
