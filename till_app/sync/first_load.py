"""A first load of the catalogue in a process of its own: started, asked how far it is, stopped. None waits.

The process (`till_app.first_load`) fetches, checks and finishes a catalogue file in the load's folder;
what it has done stays there, so that a load that was broken off goes on where it was. The catalogue in use is
only read; the caller swaps the new one in.
"""

import contextlib
import logging
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

import msgspec

import till_app
from till_app.services.status import LoadProgress
from till_app.sync.codes import SyncCode

logger = logging.getLogger(__name__)

FIRST_LOAD_FROM_RECORDS = 20_000
"""A shorter feed is read by pages at once: a process of its own would take longer to start."""
_END_S = 1.0
_MOST_WORDS_BYTES = 2_000
_COMMAND = (sys.executable, "-m", "till_app.first_load")
_LOWER_PRIORITY = 0
if sys.platform == "win32":
    _LOWER_PRIORITY = subprocess.BELOW_NORMAL_PRIORITY_CLASS | subprocess.CREATE_NO_WINDOW


@dataclass(frozen=True, slots=True)
class Loaded:
    """To be given to `CatalogueFeed.swap_in`, then `clear`. The cursor is in the file."""

    path: Path


@dataclass(frozen=True, slots=True)
class LoadFailed:
    """`code` is one of ErrorCode or SyncCode, or `disk_full` or `disk_failed`. What was fetched is kept: a
    later start goes on from there, except that a `mass_removal` waits for a person."""

    code: str
    message: str = ""
    is_refusal: bool = False
    """The hub said no: trying again by itself brings the same."""
    retry_after_s: float | None = None


LoadState = LoadProgress | Loaded | LoadFailed


class FirstLoading(Protocol):
    """For one thread. No call takes longer than a file operation, `stop` and `clear` a second at most."""

    @property
    def is_under_way(self) -> bool:
        """Started, and `poll` has not yet said Loaded or LoadFailed."""
        ...

    def start(self, *, removal_accepted: bool = False, expected_records: int = 0) -> None:
        """Begin, or go on with what an earlier one left. Does nothing while it is under way.

        `removal_accepted`: a person wants the load that failed as `mass_removal`. `expected_records`: of the
        feed, for the progress; 0 when unknown.
        """
        ...

    def poll(self) -> LoadState:
        """How far it is; after the end, again how it ended."""
        ...

    def stop(self) -> None:
        """The process ends now; what it has done is kept."""
        ...

    def clear(self) -> None:
        """Stop, and remove what a load left behind."""
        ...


class LoadOrder(msgspec.Struct, frozen=True):
    """What the process gets as the first line of its input. It holds the till's token."""

    hub_url: str
    token: str
    folder: str
    catalogue: str
    """Of the catalogue in use, to be compared with; it may be missing."""
    removal_accepted: bool = False
    expected_records: int = 0
    ca_file: str | None = None
    ca_pem: str | None = None
    allow_plain_http: bool = False

    def __repr__(self) -> str:
        return f"LoadOrder(hub_url={self.hub_url!r}, folder={self.folder!r})"


class Advanced(msgspec.Struct, frozen=True, tag="advanced"):
    done: int
    total: int


class Finished(msgspec.Struct, frozen=True, tag="finished"):
    path: str


class GaveUp(msgspec.Struct, frozen=True, tag="gave_up"):
    code: str
    message: str
    is_refusal: bool
    retry_after_s: float | None


LoadMessage = Advanced | Finished | GaveUp
"""What the process says, a line of JSON each; the last one is how it ended."""

_decode = msgspec.json.Decoder(LoadMessage).decode


class FirstLoad:
    """Implements FirstLoading."""

    def __init__(
        self,
        hub_url: str,
        token: str,
        catalogue: Path,
        *,
        ca_file: str | None = None,
        ca_pem: str | None = None,
        allow_plain_http: bool = False,
        command: Sequence[str] = _COMMAND,
    ) -> None:
        """The hub is named and trusted as by HttpHubApi; the load's folder lies beside the catalogue."""
        self._folder = catalogue.with_name(catalogue.name + ".load")
        self._order = LoadOrder(
            hub_url,
            token,
            str(self._folder),
            str(catalogue),
            ca_file=ca_file,
            ca_pem=ca_pem,
            allow_plain_http=allow_plain_http,
        )
        self._command = tuple(command)
        self._process: subprocess.Popen[bytes] | None = None
        self._messages: IO[bytes] | None = None
        self._state: LoadState = LoadProgress(0, 0)

    @property
    def is_under_way(self) -> bool:
        return self._process is not None

    def start(self, *, removal_accepted: bool = False, expected_records: int = 0) -> None:
        if self._process is not None:
            return
        self._state = LoadProgress(0, 0)
        order = msgspec.structs.replace(
            self._order, removal_accepted=removal_accepted, expected_records=expected_records
        )
        try:
            self._begin(msgspec.json.encode(order) + b"\n")
        except OSError as error:
            self.stop()
            self._state = LoadFailed(SyncCode.LOAD_FAILED, f"the process could not be started: {error}")

    def poll(self) -> LoadState:
        if self._process is None:
            return self._state
        has_ended = self._process.poll() is not None
        self._read_messages()
        if isinstance(self._state, LoadProgress) and has_ended:
            self._state = LoadFailed(SyncCode.LOAD_FAILED, self._last_words())
        if not isinstance(self._state, LoadProgress):
            self._end()
        return self._state

    def stop(self) -> None:
        if self._process is not None:
            self._end()

    def clear(self) -> None:
        self.stop()
        for left in self._folder.glob("*"):
            left.unlink(missing_ok=True)
        with contextlib.suppress(FileNotFoundError):
            self._folder.rmdir()

    @property
    def _words(self) -> Path:
        return self._folder / "words.log"

    def _begin(self, order: bytes) -> None:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        said = self._folder / "said.jsonl"
        with said.open("wb") as messages, self._words.open("wb") as words:
            self._process = subprocess.Popen(
                self._command,
                cwd=Path(till_app.__file__).parent.parent,
                stdin=subprocess.PIPE,
                stdout=messages,
                stderr=words,
                creationflags=_LOWER_PRIORITY,
            )
        self._messages = said.open("rb")
        assert self._process.stdin is not None
        # Held open: its end tells the process that this one is gone.
        self._process.stdin.write(order)
        self._process.stdin.flush()

    def _read_messages(self) -> None:
        assert self._messages is not None
        for line in iter(self._messages.readline, b""):
            if not line.endswith(b"\n"):
                self._messages.seek(-len(line), 1)  # still being written
                return
            match _decode(line):
                case Advanced(done, total):
                    self._state = LoadProgress(done, total)
                case Finished(path):
                    self._state = Loaded(Path(path))
                case GaveUp(code, message, is_refusal, retry_after_s):
                    self._state = LoadFailed(code, message, is_refusal, retry_after_s)

    def _end(self) -> None:
        process, self._process = self._process, None
        messages, self._messages = self._messages, None
        if messages is not None:
            messages.close()
        if process is None:
            return
        process.kill()
        with contextlib.suppress(OSError):
            process.communicate(timeout=_END_S)  # closes the input, too

    def _last_words(self) -> str:
        code = self._process.returncode if self._process is not None else None
        try:
            words = self._words.read_bytes()[-_MOST_WORDS_BYTES:].decode(errors="replace")
        except OSError:
            words = ""
        logger.error("the first load's process ended with %s: %s", code, words)
        return f"the process ended with {code}"
