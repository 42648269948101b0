"""The devices of a whole till as a file for the next till: no secret and no test is in it."""

import base64
from pathlib import Path

import msgspec

from till_app.devices.settings import read_settings
from till_app.devices.settings_check import SettingsInvalid
from till_app.services.device_places import without_secrets
from till_app.services.device_settings import DeviceSettings

FORMAT = "till-devices"
VERSION = 1


class _Profile(msgspec.Struct, frozen=True):
    format: str
    version: int
    settings: msgspec.Raw
    logo: str = ""
    """The shop's logo for receipts, a PNG in base 64; empty: none."""


def write_profile(path: Path, settings: DeviceSettings, logo: bytes | None) -> None:
    """Raises OSError; an earlier file stays then."""
    bare = msgspec.structs.replace(without_secrets(settings), tests=())
    profile = _Profile(
        FORMAT,
        VERSION,
        msgspec.Raw(msgspec.json.encode(bare)),
        base64.b64encode(logo).decode() if logo else "",
    )
    aside = path.with_name(path.name + ".part")
    aside.write_bytes(msgspec.json.format(msgspec.json.encode(profile), indent=2) + b"\n")
    aside.replace(path)


def read_profile(path: Path, own: DeviceSettings) -> tuple[DeviceSettings, bytes | None]:
    """The settings, with the secrets that this till has already, and the logo if there is one.

    Raises SettingsInvalid with words, and OSError.
    """
    try:
        profile = msgspec.json.decode(path.read_bytes(), type=_Profile)
        logo = base64.b64decode(profile.logo, validate=True) if profile.logo else None
    except (msgspec.MsgspecError, ValueError) as error:
        raise SettingsInvalid(f"{path.name} is no profile of a till's devices: {error}") from error
    if profile.format != FORMAT:
        raise SettingsInvalid(f"{path.name} is no profile of a till's devices")
    if profile.version > VERSION:
        raise SettingsInvalid(f"{path.name} is of a newer release: update this till first")
    settings = read_settings(bytes(profile.settings), path.name)
    terminal = msgspec.structs.replace(settings.terminal, password=own.terminal.password)
    return msgspec.structs.replace(settings, terminal=terminal, tests=()), logo
