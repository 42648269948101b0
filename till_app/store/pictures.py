"""Pictures as files named by their own hash, in a folder beside the catalogue that keeps to its limit.

What was shown longest ago makes room. Nothing is kept about the files but the files: their times say when
they were last shown.
"""

import hashlib
import logging
import os
import re
import tempfile
import threading
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

log = logging.getLogger(__name__)

LIMIT_SETTING = "picture_cache_mb"
DEFAULT_LIMIT_BYTES = 256_000_000
BYTES_PER_MB = 1_000_000
_FILLED_UNASKED_PERCENT = 90
"""The rest of the room is for pictures that somebody looks for."""
_REST_S = 600.0
"""After a full or failing disk."""
_SHOWN_AGAIN_S = 3_600.0
"""How exactly it is known when a picture was last shown."""
_SHA256 = re.compile(r"[0-9a-f]{64}")
_UNFINISHED = ".part"


class PictureDiffers(Exception):
    """The bytes are not those that the hash names."""


@dataclass(slots=True)
class _Kept:
    size_bytes: int
    shown_at: float


class PictureFolder:
    """Any thread may call. A file is whole or not there."""

    def __init__(self, folder: Path, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._folder = folder
        self._monotonic = monotonic
        self._rests_until = 0.0
        self._lock = threading.Lock()
        """Of `_files`, which are listed when first needed: not at the till's start."""
        self._files: dict[str, _Kept] | None = None
        self._used_bytes = 0
        self._asked_lock = threading.Lock()
        self._asked: dict[str, None] = {}
        self._shown_at: dict[str, float] = {}
        self.limit_bytes = DEFAULT_LIMIT_BYTES
        self.too_large: set[str] = set()
        """They found no room though others made what there was: not to be fetched until the next start."""

    def has(self, sha256: str) -> bool:
        if self._files is not None:
            return sha256 in self._files
        path = self._path(sha256)
        return path is not None and path.exists()

    def read(self, sha256: str) -> bytes | None:
        """One that is not what its name says is thrown away and asked for again."""
        path = self._path(sha256)
        if path is None:
            return None
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            if self._files is not None and sha256 in self._files:
                self._forget(sha256)
            return None
        except OSError:
            return None
        if hashlib.sha256(content).hexdigest() != sha256:
            log.warning("the cached picture %s is damaged; it is fetched again", sha256)
            self._forget(sha256)
            self.ask(sha256)
            return None
        self._note_shown(sha256, path)
        return content

    def ask(self, sha256: str) -> None:
        """Somebody looks at it: it comes before others. Nothing happens when it is here."""
        if self._path(sha256) is not None and not self.has(sha256) and sha256 not in self.too_large:
            with self._asked_lock:
                self._asked[sha256] = None

    def asked(self) -> list[str]:
        """In the order in which they were asked for."""
        with self._asked_lock:
            return list(self._asked)

    @property
    def is_resting(self) -> bool:
        """The disk was full or failed a short while ago."""
        return self._monotonic() < self._rests_until

    def has_room(self) -> bool:
        """For pictures that nobody has asked for."""
        with self._lock:
            self._listed()
            return self._used_bytes * 100 < self.limit_bytes * _FILLED_UNASKED_PERCENT

    def add(self, sha256: str, content: bytes, always_kept: Callable[[], Collection[str]]) -> bool:
        """False when it found no room, or the disk took it not: that is logged, and nothing is tried for a
        while. `always_kept` tells which pictures stay though others need their room.

        Raises PictureDiffers.
        """
        path = self._path(sha256)
        if path is None or hashlib.sha256(content).hexdigest() != sha256:
            raise PictureDiffers(sha256)
        with self._asked_lock:
            self._asked.pop(sha256, None)
        with self._lock:
            files = self._listed()
            if sha256 in files:
                return True
            if not self._make_room(len(content), sha256, always_kept):
                log.info("no room for the picture %s of %d bytes", sha256, len(content))
                self.too_large.add(sha256)
                return False
            try:
                self._write(path, content)
            except OSError as error:
                self._rests_until = self._monotonic() + _REST_S
                log.warning("pictures are not cached for a while: the disk is full or fails: %s", error)
                return False
            files[sha256] = _Kept(len(content), time.time())
            self._used_bytes += len(content)
            return True

    def _make_room(
        self, needed_bytes: int, for_sha256: str, always_kept: Callable[[], Collection[str]]
    ) -> bool:
        """What must stay is asked for only when something must go."""
        files = self._listed()
        if self._used_bytes + needed_bytes <= self.limit_bytes:
            return True
        kept = always_kept()
        for sha256 in sorted(files.keys() - set(kept), key=lambda each: files[each].shown_at):
            if self._used_bytes + needed_bytes <= self.limit_bytes:
                return True
            self._remove(sha256)
        return self._used_bytes + needed_bytes <= self.limit_bytes or for_sha256 in kept

    def _write(self, path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, suffix=_UNFINISHED)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise

    def _listed(self) -> dict[str, _Kept]:
        """With the lock held. What a power cut left unfinished is swept away."""
        if self._files is None:
            files: dict[str, _Kept] = {}
            for path in self._folder.glob("??/*"):
                with suppress(OSError):
                    if path.suffix == _UNFINISHED:
                        path.unlink()
                    elif _SHA256.fullmatch(path.name):
                        status = path.stat()
                        shown_at = max(status.st_mtime, self._shown_at.get(path.name, 0.0))
                        files[path.name] = _Kept(status.st_size, shown_at)
            self._used_bytes = sum(kept.size_bytes for kept in files.values())
            self._files = files
        return self._files

    def _note_shown(self, sha256: str, path: Path) -> None:
        now = time.time()
        if now - self._shown_at.get(sha256, 0.0) > _SHOWN_AGAIN_S:
            self._shown_at[sha256] = now
            with suppress(OSError):
                os.utime(path)
        kept = self._files.get(sha256) if self._files is not None else None
        if kept is not None:
            kept.shown_at = now

    def _forget(self, sha256: str) -> None:
        with self._lock:
            self._listed()
            self._remove(sha256)

    def _remove(self, sha256: str) -> None:
        """With the lock held."""
        path = self._path(sha256)
        kept = self._listed().pop(sha256, None)
        if kept is not None:
            self._used_bytes -= kept.size_bytes
        if path is not None:
            with suppress(OSError):
                path.unlink(missing_ok=True)

    def _path(self, sha256: str) -> Path | None:
        """None for what is no hash: the name comes from the hub and becomes a path."""
        if not _SHA256.fullmatch(sha256):
            return None
        return self._folder / sha256[:2] / sha256
