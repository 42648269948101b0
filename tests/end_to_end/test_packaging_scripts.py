"""The first run of a fresh checkout: real scripts, real environments, and a wheel made on the spot."""

import ast
import base64
import contextlib
import fcntl
import hashlib
import itertools
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
SCRIPTS = sorted((CHECKOUT / "packaging").glob("*.py"))
FIRST_RUN_SCRIPTS = ["start", "check", "bootstrap_env", "system_libraries", "debian_packages", "plain_errors"]

PREPARE = (
    "import sys; sys.path.insert(0, 'packaging')\n"
    "from bootstrap_env import prepare_environment\n"
    "from plain_errors import run_command\n"
    "run_command(lambda: print(prepare_environment()) or 0)\n"
)


@dataclass(frozen=True)
class ScratchCheckout:
    """The real scripts, and a lock that names one small wheel out of a folder; no network is asked."""

    folder: Path

    @property
    def environment(self) -> Path:
        return self.folder / ".venv"

    @property
    def wheels(self) -> Path:
        return self.folder.parent / "wheels"

    def lock(self, version: str, *, hash_of: bytes | None = None) -> None:
        """Locks that version of the wheel; `hash_of` stands for other content than the wheel's own."""
        wheel = _make_wheel(self.wheels, version)
        sha256 = hashlib.sha256(wheel.read_bytes() if hash_of is None else hash_of).hexdigest()
        (self.folder / "requirements.lock").write_text(f"lent=={version} \\\n    --hash=sha256:{sha256}\n")

    def run(self, *command: str, **settings: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *command],
            cwd=self.folder,
            env=self.settings(**settings),
            capture_output=True,
            text=True,
            check=False,
        )

    def prepare(self, **settings: str) -> subprocess.CompletedProcess[str]:
        return self.run("-c", PREPARE, **settings)

    def settings(self, **settings: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTEST_"))}
        for display in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
            kept.pop(display, None)
        offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.wheels), "PIP_CONFIG_FILE": os.devnull}
        return {**kept, **offline, **settings}


def _make_wheel(folder: Path, version: str) -> Path:
    """A package `lent` that lends the tests' own packages (Qt above all) to its environment."""
    folder.mkdir(exist_ok=True)
    about = f"lent-{version}.dist-info"
    files = {
        "lent.pth": sysconfig.get_path("purelib") + "\n",
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: lent\nVersion: {version}\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = ""
    for name, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content.encode()).digest()).rstrip(b"=").decode()
        record += f"{name},sha256={digest},{len(content.encode())}\n"
    wheel = folder / f"lent-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, content in {**files, f"{about}/RECORD": f"{record}{about}/RECORD,,\n"}.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return wheel


def _installed_version(checkout: ScratchCheckout) -> str:
    question = "import importlib.metadata; print(importlib.metadata.version('lent'))"
    python = checkout.environment / "bin" / "python"
    return subprocess.run(
        [str(python), "-c", question], capture_output=True, text=True, check=True
    ).stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path) -> ScratchCheckout:
    folder = tmp_path / "checkout"
    (folder / "packaging").mkdir(parents=True)
    for script in SCRIPTS:
        shutil.copy(script, folder / "packaging")
    scratch = ScratchCheckout(folder)
    scratch.lock("1.0")
    return scratch


def test_a_second_run_installs_nothing(checkout: ScratchCheckout) -> None:
    first = checkout.prepare()
    assert first.returncode == 0, first.stderr
    assert "Installing 1 locked packages" in first.stdout
    assert _installed_version(checkout) == "1.0"

    shutil.rmtree(checkout.wheels)  # nothing left that could be installed
    second = checkout.prepare()
    assert second.returncode == 0, second.stderr
    assert second.stdout == f"{checkout.environment / 'bin' / 'python'}\n"


def test_a_changed_lock_brings_the_environment_up_to_date(checkout: ScratchCheckout) -> None:
    checkout.prepare()
    checkout.lock("1.1")
    again = checkout.prepare()
    assert "bringing .venv up to date" in again.stdout, again.stderr
    assert _installed_version(checkout) == "1.1"


def test_an_installation_that_broke_off_is_begun_anew(checkout: ScratchCheckout) -> None:
    """A package may lie there half copied, so nothing of an unfinished environment is kept."""
    checkout.lock("1.0", hash_of=b"other")
    assert checkout.prepare().returncode == 1
    half_copied = checkout.environment / "half-copied"
    half_copied.touch()

    checkout.lock("1.0")
    assert checkout.prepare().returncode == 0
    assert not half_copied.exists()
    assert _installed_version(checkout) == "1.0"


def test_a_package_that_is_not_the_locked_one_is_refused_in_plain_words(checkout: ScratchCheckout) -> None:
    checkout.lock("1.0", hash_of=b"what was locked")
    refused = checkout.prepare()
    assert refused.returncode == 1
    assert "not the one that was locked" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_no_network_for_the_first_installation_is_said_in_plain_words(checkout: ScratchCheckout) -> None:
    nobody_listens = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple/", "PIP_RETRIES": "1"}
    refused = checkout.prepare(**nobody_listens, PIP_NO_INDEX="", PIP_FIND_LINKS="")
    assert refused.returncode == 1
    assert "the package index does not answer" in refused.stderr
    assert "run the same command again" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_moved_checkout_gets_a_new_environment(checkout: ScratchCheckout, tmp_path: Path) -> None:
    checkout.prepare()
    moved = ScratchCheckout(checkout.folder.rename(tmp_path / "moved"))
    again = moved.prepare()
    assert again.returncode == 0, again.stderr
    assert "Making the virtual environment anew" in again.stdout
    assert str(moved.environment) in (moved.environment / "bin" / "activate").read_text()


def test_an_environment_whose_python_is_gone_is_made_anew(checkout: ScratchCheckout) -> None:
    checkout.prepare()
    python = checkout.environment / "bin" / "python"
    python.unlink()
    python.symlink_to(checkout.folder / "removed-python")
    again = checkout.prepare()
    assert again.returncode == 0, again.stderr
    assert _installed_version(checkout) == "1.0"


def test_two_at_once_install_once(checkout: ScratchCheckout) -> None:
    command = [sys.executable, "-c", PREPARE]
    with _mutex_held_elsewhere(checkout) as let_go:
        waiting = subprocess.Popen(
            command,
            cwd=checkout.folder,
            env={**checkout.settings(), "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert waiting.stdout is not None
        assert "waiting for it" in waiting.stdout.readline()
        assert not checkout.environment.exists()
        let_go()
        with waiting:
            rest = waiting.stdout.read()
    assert waiting.returncode == 0
    assert rest.count("Installing") == 1


class _Release:
    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def __call__(self) -> None:
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)


@contextlib.contextmanager
def _mutex_held_elsewhere(checkout: ScratchCheckout) -> Iterator[_Release]:
    with (checkout.folder / ".venv.lock").open("w") as mutex:
        fcntl.flock(mutex, fcntl.LOCK_EX)
        yield _Release(mutex.fileno())


def test_a_missing_lock_file_is_said_in_plain_words(checkout: ScratchCheckout) -> None:
    (checkout.folder / "requirements.lock").unlink()
    refused = checkout.prepare()
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "requirements.lock is missing" in refused.stderr


@pytest.mark.parametrize("script", ["start", "check"])
def test_a_too_old_python_is_told_which_one_is_needed(checkout: ScratchCheckout, script: str) -> None:
    as_old_python = (
        "import runpy, sys; sys.version_info = (3, 9, 2, 'final', 0); "
        f"sys.argv = ['packaging/{script}.py']; sys.path.insert(0, 'packaging'); "
        f"runpy.run_path('packaging/{script}.py', run_name='__main__')"
    )
    refused = checkout.run("-c", as_old_python)
    assert refused.returncode == 1
    assert "needs Python 3.11 or newer; you ran Python 3.9" in refused.stderr
    assert f"python3.11 packaging/{script}.py" in refused.stderr
    assert not checkout.environment.exists()


@pytest.mark.parametrize("script", FIRST_RUN_SCRIPTS)
def test_an_old_python_can_parse_what_refuses_it(script: str) -> None:
    source = (CHECKOUT / "packaging" / f"{script}.py").read_text(encoding="utf-8")
    assert ast.parse(source, feature_version=(3, 8)).body


LAUNCHER = """
import json, os, sys
platform = os.environ.get("QT_QPA_PLATFORM")
print(json.dumps({"arguments": sys.argv[1:], "platform": platform, "folder": os.getcwd()}))
sys.exit(7)
"""


def _with_launcher(checkout: ScratchCheckout) -> None:
    """In place of the till: something that says how it was started, and ends with an exit code of its own."""
    package = checkout.folder / "till_app"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "demo.py").write_text(LAUNCHER)


def test_with_no_display_a_trading_day_is_played_off_screen(checkout: ScratchCheckout) -> None:
    _with_launcher(checkout)
    started = checkout.run("packaging/start.py")
    assert "There is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)" in started.stdout, (
        started.stderr
    )
    handed_over = ast.literal_eval(started.stdout.splitlines()[-1])
    assert handed_over["arguments"] == ["--port", "8765", "--demo-day", str(checkout.folder / "demo-day")]
    assert handed_over["platform"] == "offscreen"
    assert started.returncode == 7


def test_a_display_that_does_not_answer_counts_as_none(checkout: ScratchCheckout) -> None:
    _with_launcher(checkout)
    started = checkout.run(
        "packaging/start.py", WAYLAND_DISPLAY="gone-0", XDG_RUNTIME_DIR=str(checkout.folder)
    )
    assert "The display does not answer (WAYLAND_DISPLAY=gone-0)" in started.stdout, started.stderr
    assert started.returncode == 7


def test_options_reach_the_till_with_folders_as_the_caller_has_them(checkout: ScratchCheckout) -> None:
    _with_launcher(checkout)
    started = checkout.run(
        *(
            "packaging/start.py",
            "--demo-day",
            "day",
            "--port",
            "9001",
            "--data",
            "shop",
            "--reset-demo",
            "--dark",
            "--no-devices",
        )
    )
    handed_over = ast.literal_eval(started.stdout.splitlines()[-1])
    assert handed_over["arguments"] == [
        *("--port", "9001", "--data", str(checkout.folder / "shop"), "--reset-demo", "--dark"),
        *("--no-devices", "--demo-day", str(checkout.folder / "day")),
    ]
    assert handed_over["folder"] == str(checkout.folder)


def _with_code(checkout: ScratchCheckout, files: dict[str, str]) -> None:
    """A project of a few lines, checked by the real tools; without the scripts that no first run needs."""
    for script in (checkout.folder / "packaging").glob("*.py"):
        if script.stem not in FIRST_RUN_SCRIPTS:
            script.unlink()
    for name, content in {"pyproject.toml": SMALL_PROJECT, **files}.items():
        path = checkout.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content)
        if path.suffix == ".py":
            (path.parent / "__init__.py").touch()


SMALL_PROJECT = """
[tool.ruff]
line-length = 110
[tool.mypy]
strict = true
[tool.importlinter]
root_packages = ["till_app", "hardware"]
[[tool.importlinter.contracts]]
name = "hardware knows no till"
type = "forbidden"
source_modules = ["hardware"]
forbidden_modules = ["till_app"]
[tool.pytest.ini_options]
testpaths = ["tests"]
"""


def test_one_check_shows_every_fault(checkout: ScratchCheckout) -> None:
    faulty = {
        "till_app/money.py": "import os\n\nTOTAL_MINOR: int = '320'\n",  # unused import, wrong type, quotes
        "hardware/printer.py": "import till_app.money as money\n\nTOTAL = money.TOTAL_MINOR\n",
        "tests/test_sums.py": "def test_sum() -> None:\n    assert 1 + 1 == 3\n",
    }
    _with_code(checkout, faulty)
    checked = checkout.run("packaging/check.py")
    verdicts = {line[:14].strip(): line.split()[-1] for line in checked.stdout.splitlines()[-8:-1]}
    steps = ("types", "format", "lint", "import rules", "tests", "all")
    assert verdicts == {"environment": "ok", **dict.fromkeys(steps, "FAILED")}, checked.stdout
    assert checked.stdout.splitlines()[-1].startswith("1 failed in ")
    assert checked.returncode == 1


def test_a_faultless_checkout_passes_and_fast_says_what_it_leaves_out(checkout: ScratchCheckout) -> None:
    sound = {
        "till_app/money.py": "TOTAL_MINOR = 320\n",
        "hardware/printer.py": "COLUMNS = 42\n",
        "tests/test_sums.py": "def test_sum() -> None:\n    assert 1 + 1 == 2\n",
    }
    _with_code(checkout, sound)
    checked = checkout.run("packaging/check.py", "--fast")
    assert checked.returncode == 0, checked.stdout
    assert "Left out because of --fast: tests/end_to_end, tests/benchmarks." in checked.stdout
    assert checked.stdout.splitlines()[-1].startswith("1 passed in ")


def test_no_folder_of_modules_escapes_the_import_rules() -> None:
    """A folder without `__init__.py` is a package to Python, and nothing to the import linter."""
    sources = [path for root in ("till_app", "hardware") for path in (CHECKOUT / root).rglob("*.py")]
    folders = {path.parent for path in sources}
    assert CHECKOUT / "till_app" / "domain" in folders
    assert [folder for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []


def test_the_scripts_folder_does_not_shadow_the_library_of_its_name() -> None:
    assert not (CHECKOUT / "packaging" / "__init__.py").exists()


def test_the_lock_pins_every_package_that_the_project_names() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = [*project["dependencies"], *itertools.chain(*project["optional-dependencies"].values())]
    names = {re.split(r"[<>=!~;\[ ]", requirement)[0].lower().replace("_", "-") for requirement in named}
    lock = (CHECKOUT / "requirements.lock").read_text(encoding="utf-8")
    pinned = set(re.findall(r"^([a-z0-9-]+)==", lock, re.MULTILINE))
    assert names - pinned == set()
    assert "pyside6-essentials==6.11.3 " in lock


def test_the_lock_holds_pins_and_hashes_and_nothing_about_where_they_came_from(
    checkout: ScratchCheckout,
) -> None:
    shutil.copy(CHECKOUT / "requirements.lock", checkout.folder)
    question = (
        "import sys; sys.path.insert(0, 'packaging')\n"
        "from plain_errors import run_command\n"
        "from update_lock import require_nothing_but_pins\n"
        "run_command(lambda: require_nothing_but_pins(open('requirements.lock').read() + sys.argv[1]) or 0)\n"
    )
    assert checkout.run("-c", question, "").returncode == 0
    refused = checkout.run("-c", question, "--index-url http://127.0.0.1/simple\n")
    assert refused.returncode == 1
    assert "neither a pinned package nor a hash" in refused.stderr
