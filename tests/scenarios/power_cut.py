"""A disk that loses its power: of each file only what was synced is there afterwards.

A VFS between SQLite and the system's own notes every write and every sync of the files of one folder. It is
made with ctypes on the very SQLite that the till uses, and stays for the rest of the process: run it in one
of its own. POSIX only; the files' sizes here stay far below what a disk would write out by itself.
"""

import ctypes
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pysqlite3 import _sqlite3

_OK = 0
_UNIX_VFS_VERSION = 3


class _IoMethods(ctypes.Structure):
    """`sqlite3_io_methods` of version 3: https://sqlite.org/c3ref/io_methods.html"""

    _fields_ = [
        ("version", ctypes.c_int),
        *(
            (name, ctypes.c_void_p)
            for name in (
                "close", "read", "write", "truncate", "sync", "file_size", "lock", "unlock", "check_reserved",
                "file_control", "sector_size", "device_characteristics", "shm_map", "shm_lock", "shm_barrier",
                "shm_unmap", "fetch", "unfetch",
            )
        ),
    ]  # fmt: skip


class _File(ctypes.Structure):
    _fields_ = [("methods", ctypes.POINTER(_IoMethods))]


class _Vfs(ctypes.Structure):
    """`sqlite3_vfs`: https://sqlite.org/c3ref/vfs.html"""

    _fields_ = [
        ("version", ctypes.c_int),
        ("file_bytes", ctypes.c_int),
        ("most_name_bytes", ctypes.c_int),
        ("next", ctypes.c_void_p),
        ("name", ctypes.c_char_p),
        ("app_data", ctypes.c_void_p),
        ("open", ctypes.c_void_p),
        *(
            (name, ctypes.c_void_p)
            for name in (
                "delete", "access", "full_pathname", "dl_open", "dl_error", "dl_sym", "dl_close",
                "randomness", "sleep", "current_time", "get_last_error", "current_time_64", "set_system_call",
                "get_system_call", "next_system_call",
            )
        ),
    ]  # fmt: skip


_FilePointer = ctypes.POINTER(_File)
_OPEN = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p, _FilePointer, ctypes.c_int, ctypes.c_void_p
)
_WRITE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_int64)
_TRUNCATE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int64)
_DELETE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int)
_SYNC = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int)


class LosingDisk:
    """Install before the first connection. `images` is what a power cut now would leave of each file."""

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder).encode()
        self._synced: dict[bytes, bytes] = {}
        self._written: dict[bytes, bytearray] = {}
        self._names: dict[int, bytes] = {}
        """By the address of the open file."""
        self._kept: list[Any] = []
        """What C points to."""
        self._methods: dict[int, Any] = {}
        """Of the system, by the address of its table: the one that we put in its place."""

    @property
    def images(self) -> dict[str, bytes]:
        return {name.decode(): content for name, content in self._synced.items()}

    def install(self) -> None:
        library = ctypes.CDLL(_sqlite3.__file__)
        library.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
        system = library.sqlite3_vfs_find(None).contents
        ours = _Vfs.from_buffer_copy(system)
        ours.name = b"losing"
        ours.next = None
        system_open = _OPEN(system.open)

        def on_open(vfs: int, name: bytes | None, file: Any, flags: int, out_flags: int) -> int:
            code = int(system_open(vfs, name, file, flags, out_flags))
            if code == _OK and name is not None and name.startswith(self._folder):
                self._watch(name, file)
            return code

        system_delete = _DELETE(system.delete)

        def on_delete(vfs: int, name: bytes, sync_folder: int) -> int:
            self._written.pop(name, None)
            self._synced.pop(name, None)
            return int(system_delete(vfs, name, sync_folder))

        ours.delete = ctypes.cast(self._keep(_DELETE(on_delete)), ctypes.c_void_p).value
        ours.open = ctypes.cast(self._keep(_OPEN(on_open)), ctypes.c_void_p).value
        self._keep(ours)
        library.sqlite3_vfs_register(ctypes.byref(ours), 1)

    def _keep(self, value: Any) -> Any:
        self._kept.append(value)
        return value

    def _watch(self, name: bytes, file: Any) -> None:
        path = Path(name.decode())
        self._names[ctypes.addressof(file.contents)] = name
        if name not in self._written:
            found = path.read_bytes() if path.exists() else b""
            self._written[name] = bytearray(found)
            self._synced[name] = found
        table = ctypes.addressof(file.contents.methods.contents)
        if table not in self._methods:
            self._methods[table] = self._keep(self._in_between(file.contents.methods.contents))
        file.contents.methods = ctypes.pointer(self._methods[table])

    def _in_between(self, system: _IoMethods) -> _IoMethods:
        ours = _IoMethods.from_buffer_copy(system)
        write, truncate, sync = _WRITE(system.write), _TRUNCATE(system.truncate), _SYNC(system.sync)

        def on_write(file: int, data: int, amount: int, offset: int) -> int:
            content = self._written[self._names[file]]
            if len(content) < offset:
                content.extend(bytes(offset - len(content)))
            content[offset : offset + amount] = ctypes.string_at(data, amount)
            return int(write(file, data, amount, offset))

        def on_truncate(file: int, size: int) -> int:
            del self._written[self._names[file]][size:]
            return int(truncate(file, size))

        def on_sync(file: int, flags: int) -> int:
            name = self._names[file]
            self._synced[name] = bytes(self._written[name])
            return int(sync(file, flags))

        def put(field: str, kind: Callable[[Any], Any], function: Callable[..., int]) -> None:
            setattr(ours, field, ctypes.cast(self._keep(kind(function)), ctypes.c_void_p).value)

        put("write", _WRITE, on_write)
        put("truncate", _TRUNCATE, on_truncate)
        put("sync", _SYNC, on_sync)
        ours.version = 2  # without memory mapping: what is written goes through `write`
        return ours
