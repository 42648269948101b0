"""The bundled hub as a child process on loopback, and what the launcher asks of it over HTTP."""

import contextlib
import os
import queue
import socket
import subprocess
import sys
import threading
from pathlib import Path

import msgspec
import requests

START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 10.0
_HUB_REQUEST_TIMEOUT_S = 10.0


class HubFailed(Exception):
    """The hub could not be started or asked; the message is for a person."""


class HubProcess:
    """`python -m till_app.hub` on one database."""

    def __init__(self, database: Path, port: int) -> None:
        self.database = database
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self._process: subprocess.Popen[str] | None = None

    def import_folder(self, folder: Path) -> str:
        """Run the hub's CSV import over a folder; returns its report as JSON. The hub must not be serving."""
        command = [*self._command("import"), str(folder), "--database", str(self.database)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            words = done.stderr.strip() or done.stdout.strip()
            raise HubFailed(f"The demo shop could not be loaded: {words}")
        return done.stdout

    def start(self) -> None:
        """Returns when the hub answers. Raises HubFailed, such as for a port in use."""
        if self.port and _is_taken(self.port):
            raise HubFailed(
                f"Port {self.port} is in use by another program. Close that program, or choose a port: --port"
                f" {self.port + 1}"
            )
        command = [
            *self._command("serve"),
            "--database",
            str(self.database),
            "--host",
            "127.0.0.1",
            "--port",
            str(self.port),
            "--until-input-ends",
        ]
        # A group of its own: Ctrl-C reaches the launcher alone, which then stops the hub in order.
        log = (self.database.parent / "hub.log").open("a", encoding="utf-8")
        with log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=os.name == "posix",
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
        try:
            self.url = self._wait_until_ready(self._process)
        except BaseException:
            self.stop()
            raise
        self.port = int(self.url.rsplit(":", 1)[1])

    def stop(self) -> None:
        """Ends the hub in order; what it has acknowledged is on its disk."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        process.stdin.close()
        try:
            process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()

    def pairing_code(self) -> str:
        """A fresh one-time code for one till."""
        answer = self._ask("POST", "/v1/admin/pairing-codes")
        return str(answer["code"])

    def change_item(self, item_code: str, **fields: object) -> None:
        self._ask("PATCH", f"/v1/admin/items/{item_code}", fields)

    def _ask(self, method: str, path: str, fields: dict[str, object] | None = None) -> dict[str, object]:
        token = self._admin_token()
        try:
            answer = requests.request(
                method,
                self.url + path,
                json=fields,
                headers={"Authorization": f"Bearer {token}"},
                timeout=_HUB_REQUEST_TIMEOUT_S,
            )
            answer.raise_for_status()
        except requests.RequestException as error:
            raise HubFailed(f"The hub did not answer as it should: {error}") from error
        return msgspec.json.decode(answer.content or b"{}", type=dict[str, object])

    def _admin_token(self) -> str:
        try:
            return (
                self.database.with_name(self.database.name + ".admin-token")
                .read_text(encoding="utf-8")
                .strip()
            )
        except OSError as error:
            raise HubFailed(f"The hub's own token could not be read: {error}") from error

    @staticmethod
    def _command(verb: str) -> list[str]:
        return [sys.executable, "-m", "till_app.hub", verb]

    def _wait_until_ready(self, process: "subprocess.Popen[str]") -> str:
        """The hub prints one line of JSON with its URL when it answers."""
        lines: queue.Queue[str] = queue.Queue()
        assert process.stdout is not None
        stdout = process.stdout

        def read() -> None:
            with contextlib.suppress(ValueError, OSError):
                lines.put(stdout.readline())

        threading.Thread(target=read, name="hub-start", daemon=True).start()
        try:
            line = lines.get(timeout=START_TIMEOUT_S)
        except queue.Empty:
            self.stop()
            raise HubFailed("The hub did not start within a minute; hub.log says why.") from None
        try:
            return str(msgspec.json.decode(line, type=dict[str, str])["url"])
        except (msgspec.MsgspecError, KeyError):
            self.stop()
            raise HubFailed(f"The hub did not start: {self._last_words() or line.strip()}") from None

    def _last_words(self) -> str:
        with contextlib.suppress(OSError):
            words = (self.database.parent / "hub.log").read_text(encoding="utf-8").strip()
            return words.splitlines()[-1] if words else ""
        return ""


def _is_taken(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if os.name == "posix":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False
