"""Where the till's credential lies: in the system's keyring when there is one that works, else in the
pairing's own file, for its owner only.

Every call to a keyring has a time limit: it may ask a person on a screen.
"""

import logging
import os
import threading
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Protocol, TypeVar

import msgspec

log = logging.getLogger(__name__)

SERVICE = "till-app"
ANSWER_WITHIN_S = 5.0

_SOUND_BACKENDS = (
    "keyring.backends.SecretService",
    "keyring.backends.libsecret",
    "keyring.backends.kwallet",
    "keyring.backends.macOS",
    "keyring.backends.Windows",
)
"""Those of the systems themselves. Others keep secrets readable, nowhere, or behind a prompt of their own."""
_Value = TypeVar("_Value")


class CredentialPlace(StrEnum):
    KEYRING = "keyring"
    FILE = "file"


class CredentialLocked(Exception):
    """The keyring that holds the credential does not give it: it is locked, gone, or does not answer."""


class Keyring(Protocol):
    """What is used of a backend of the `keyring` library."""

    def get_password(self, service: str, username: str) -> str | None: ...

    def set_password(self, service: str, username: str, password: str) -> None: ...

    def delete_password(self, service: str, username: str) -> None: ...


def system_keyring() -> Keyring | None:
    """None when this system has none that keeps a secret. Imports the library, which takes its time."""
    import keyring
    from keyring.backends.chainer import ChainerBackend

    backend = keyring.get_keyring()
    candidates = backend.backends if isinstance(backend, ChainerBackend) else [backend]
    for candidate in candidates:
        if type(candidate).__module__.startswith(_SOUND_BACKENDS):
            return candidate
    return None


class DeviceSecrets:
    """Keys of devices by name, such as that of a cloud terminal's service: in the keyring, or else in a file
    for its owner only. Any thread may call; calls may take seconds."""

    def __init__(self, file: Path, credentials: "Credentials") -> None:
        self._file = file
        self._credentials = credentials
        self._lock = threading.Lock()

    def keep(self, name: str, secret: str) -> None:
        """Raises OSError."""
        place = self._credentials.keep(f"device:{name}", secret)
        with self._lock:
            # Only the place is noted of a secret that the keyring has.
            kept = self._read() | {name: secret if place is CredentialPlace.FILE else ""}
            aside = self._file.with_suffix(".new")
            descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(msgspec.json.encode(kept))
                file.flush()
                os.fsync(file.fileno())
            aside.replace(self._file)

    def has(self, name: str) -> bool:
        with self._lock:
            return name in self._read()

    def secret(self, name: str) -> str | None:
        """None: there is none of that name, or the keyring does not give it."""
        with self._lock:
            kept = self._read()
        if name not in kept:
            return None
        if kept[name]:
            return kept[name]
        try:
            return self._credentials.token(f"device:{name}")
        except CredentialLocked as error:
            log.warning("the key of %s is not to be had: %s", name, error)
            return None

    def _read(self) -> dict[str, str]:
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=dict[str, str])
        except FileNotFoundError:
            return {}
        except msgspec.MsgspecError as error:
            log.warning("%s is damaged; type the devices' keys again: %s", self._file, error)
            return {}


class Credentials:
    """Any thread may call; each call returns within the time limit."""

    def __init__(
        self, find: Callable[[], Keyring | None] = system_keyring, *, answer_within_s: float = ANSWER_WITHIN_S
    ) -> None:
        self._find = find
        self._answer_within_s = answer_within_s

    def keep(self, till_id: str, token: str) -> CredentialPlace:
        """Put the token into the keyring and look whether it is there; FILE says that it is the caller's to
        keep it in a file."""

        def put() -> CredentialPlace:
            backend = self._find()
            if backend is None:
                return CredentialPlace.FILE
            backend.set_password(SERVICE, till_id, token)
            is_there = backend.get_password(SERVICE, till_id) == token
            return CredentialPlace.KEYRING if is_there else CredentialPlace.FILE

        try:
            return self._in_time(put)
        except CredentialLocked as error:
            log.info("the credential is kept in a file: %s", error)
            return CredentialPlace.FILE

    def token(self, till_id: str) -> str:
        """Raises CredentialLocked."""

        def get() -> str | None:
            backend = self._find()
            return backend.get_password(SERVICE, till_id) if backend is not None else None

        token = self._in_time(get)
        if not token:
            raise CredentialLocked("the system's keyring does not have this till's credential")
        return token

    def forget(self, till_id: str) -> None:
        """A keyring that does not answer keeps it: the hub can revoke it."""

        def delete() -> None:
            backend = self._find()
            if backend is not None:
                backend.delete_password(SERVICE, till_id)

        try:
            self._in_time(delete)
        except CredentialLocked as error:
            log.info("the credential stays in the keyring: %s", error)

    def _in_time(self, ask: Callable[[], _Value]) -> _Value:
        answers: list[_Value] = []
        failures: list[Exception] = []

        def run() -> None:
            try:
                answers.append(ask())
            except Exception as error:  # every backend has errors of its own
                failures.append(error)

        thread = threading.Thread(target=run, name="keyring", daemon=True)
        thread.start()
        thread.join(self._answer_within_s)
        if answers:
            return answers[0]
        if failures:
            raise CredentialLocked(
                f"the system's keyring failed ({type(failures[0]).__name__})"
            ) from failures[0]
        raise CredentialLocked("the system's keyring does not answer")
