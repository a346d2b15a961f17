"""The program in the app's wheel: unpacked at the first start, and what can go wrong with it.

The wheels hold a small program in the place of the app, packed as the released one is.
"""

import csv
import os
import resource
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pack_app
import pytest

ROOT = Path(__file__).resolve().parents[2]
# Says how it was started, and shows what reaches it.
PROGRAM = b"""#!/bin/sh
case "$1" in
  exit) exit "$2" ;;
  wait) trap 'echo stopped; exit 7' TERM; echo "$$"; while :; do sleep 0.1; done ;;
  kill) kill -9 "$$" ;;
  *) echo "$0"; for argument; do echo "$argument"; done ;;
esac
"""


def built(folder: Path, program: bytes) -> Path:
    """Write a wheel as maturin builds it."""
    folder.mkdir(parents=True)
    path = folder / "tellr_app-1.0-py3-none-any.whl"
    info = "tellr_app-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        for module in (ROOT / "runtime/python/tellr_app").glob("*.py"):
            wheel.write(module, f"tellr_app/{module.name}")
        wheel.writestr("tellr_app-1.0.data/scripts/tellr-app", program)
        about = "Metadata-Version: 2.1\nName: tellr-app\nVersion: 1.0\n"
        wheel.writestr(f"{info}/METADATA", about)
        tag = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: false\nTag: py3-none-any\n"
        wheel.writestr(f"{info}/WHEEL", tag)
        wheel.writestr(f"{info}/RECORD", "")
    return path


def packed(folder: Path, program: bytes = PROGRAM) -> Path:
    """Write the wheel that is released."""
    return pack_app.pack(built(folder / "built", program), folder / "dist", is_fast=True)


def pip(python: str | Path, *arguments: str | Path) -> None:
    command = [sys.executable, "-m", "pip", "--python", python, *arguments]
    subprocess.run(command, check=True, capture_output=True)


class Installed:
    """The wheel's package in a folder of its own, run by the tests' Python."""

    def __init__(self, folder: Path, program: bytes = PROGRAM) -> None:
        """Unpack the wheel."""
        self.place = folder / "site-packages"
        self.package = self.place / "tellr_app"
        with zipfile.ZipFile(packed(folder, program)) as wheel:
            wheel.extractall(self.place)
        self.home, self.temporary = folder / "home", folder / "temporary"
        for made in (self.home, self.temporary):
            made.mkdir()
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "TMPDIR": str(self.temporary),
            "PYTHONPATH": str(self.place),
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    @property
    def unpacked(self) -> Path:
        """Return the program's place beside the package's modules."""
        return self.package / "tellr-app"

    def start(self, *arguments: str, **options: object) -> subprocess.Popen[str]:
        """Start the command `tellr-app`."""
        command = [sys.executable, "-m", "tellr_app", *arguments]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen(command, env=self.environment, **pipes, **options)

    def run(self, *arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
        """Run the command `tellr-app` to its end."""
        with self.start(*arguments, **options) as process:
            said, errors = process.communicate()
        return subprocess.CompletedProcess(arguments, process.returncode, said, errors)

    def runs(self, place: Path) -> None:
        """Check that it starts, from a program that was unpacked there."""
        done = self.run("one", "two words")
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.splitlines() == [str(place), "one", "two words"]
        assert place.read_bytes() == PROGRAM
        assert place.stat().st_mode & 0o777 == 0o755
        assert list(place.parent.glob("*.part")) == []

    def in_home(self) -> Path:
        """Return the program's place in the user's cache."""
        return self.home / ".cache/tellr-app" / self.sha256()[:16] / "tellr-app"

    def in_temporary(self) -> Path:
        """Return the program's place in the folder for temporary files."""
        return self.temporary / f"tellr-app-{os.geteuid()}-{self.sha256()[:16]}" / "tellr-app"

    def sha256(self) -> str:
        """Read the program's hash."""
        scope: dict[str, str] = {}
        exec((self.package / "packed.py").read_text(), scope)  # noqa: S102 (written by pack_app)
        return scope["SHA256"]


@pytest.fixture
def installed(tmp_path: Path) -> Installed:
    return Installed(tmp_path)


def spoil(folder: Path) -> None:
    """Make a place useless as a folder, also for root, whom no mode stops."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("a file")


def without_room(installed: Installed) -> None:
    """Have nothing be written beside the package: a folder that refuses new files, also root's."""
    # The name is taken by a folder, over which no file can be moved.
    installed.unpacked.unlink()
    (installed.unpacked / "taken").mkdir(parents=True)


def test_the_first_start_unpacks_and_later_ones_only_run(installed: Installed) -> None:
    assert installed.unpacked.read_bytes() == b""
    installed.runs(installed.unpacked)
    before = installed.unpacked.stat()
    (installed.package / "tellr-app.xz").unlink()
    installed.runs(installed.unpacked)
    assert installed.unpacked.stat().st_ino == before.st_ino


def test_exit_codes_are_the_programs(installed: Installed) -> None:
    for code in (0, 3, 130):
        assert installed.run("exit", str(code)).returncode == code
    assert installed.run("kill").returncode == -signal.SIGKILL


def test_a_signal_reaches_the_program_which_is_the_same_process(installed: Installed) -> None:
    with installed.start("wait") as process:
        assert process.stdout is not None
        assert int(process.stdout.readline()) == process.pid
        process.terminate()
        assert process.stdout.read() == "stopped\n"
    assert process.returncode == 7


def test_starts_at_once_unpack_it_once(installed: Installed) -> None:
    processes = [installed.start(f"number {number}") for number in range(8)]
    for number, process in enumerate(processes):
        said, errors = process.communicate()
        assert (process.returncode, errors) == (0, "")
        assert said.splitlines()[1] == f"number {number}"
    assert installed.unpacked.read_bytes() == PROGRAM
    assert list(installed.package.glob("*.part")) == []


@pytest.mark.parametrize("left", [b"", PROGRAM[:40]])
def test_what_an_interrupted_unpacking_left_is_removed(installed: Installed, left: bytes) -> None:
    part = installed.package / "tellr-app.abc123.part"
    part.write_bytes(left)
    installed.runs(installed.unpacked)
    assert not part.exists()


@pytest.mark.parametrize("mode", [0o755, 0o644])
@pytest.mark.parametrize("content", [b"", PROGRAM[:-1], PROGRAM + b"\n"])
def test_a_program_of_another_length_is_unpacked_anew(
    installed: Installed, content: bytes, mode: int
) -> None:
    installed.unpacked.write_bytes(content)
    installed.unpacked.chmod(mode)
    installed.runs(installed.unpacked)


def cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def flipped(content: bytes) -> bytes:
    return content[:80] + bytes([content[80] ^ 1]) + content[81:]


def of_another(_content: bytes) -> bytes:
    return pack_app.compress(PROGRAM.replace(b"stopped", b"STOPPED"), is_fast=True)


def of_a_longer_one(_content: bytes) -> bytes:
    return pack_app.compress(PROGRAM * 2, is_fast=True)


@pytest.mark.parametrize("change", [cut, flipped, of_another, of_a_longer_one, lambda _: b"none"])
def test_a_damaged_package_is_told(installed: Installed, change: Callable[[bytes], bytes]) -> None:
    file = installed.package / "tellr-app.xz"
    file.write_bytes(change(file.read_bytes()))
    done = installed.run("exit", "0")
    assert done.returncode == 1
    assert done.stderr == f"{file} is damaged; install the package again\n"
    assert installed.unpacked.read_bytes() == b""
    assert list(installed.package.glob("*.part")) == []


def test_a_package_without_its_program_is_told(installed: Installed) -> None:
    (installed.package / "tellr-app.xz").unlink()
    assert "is damaged; install the package again" in installed.run().stderr
    (installed.package / "packed.py").unlink()
    assert "lacks its program; install a wheel" in installed.run().stderr


def test_beside_a_package_that_can_not_be_written_to_the_users_cache_is_used(
    installed: Installed,
) -> None:
    without_room(installed)
    installed.runs(installed.in_home())
    assert installed.in_home().parent.stat().st_mode & 0o777 == 0o700
    (installed.package / "tellr-app.xz").unlink()
    installed.runs(installed.in_home())


def test_without_a_home_the_folder_for_temporary_files_is_used(installed: Installed) -> None:
    without_room(installed)
    spoil(installed.home / ".cache")
    installed.runs(installed.in_temporary())
    (installed.package / "tellr-app.xz").unlink()
    installed.runs(installed.in_temporary())


def test_a_folder_that_others_can_write_to_is_not_used(installed: Installed) -> None:
    without_room(installed)
    spoil(installed.home / ".cache")
    place = installed.in_temporary()
    place.parent.mkdir()
    place.write_bytes(b"#!/bin/sh\necho of another user\n".ljust(len(PROGRAM), b"\n"))
    place.chmod(0o755)
    place.parent.chmod(0o777)
    done = installed.run("exit", "0")
    assert done.returncode == 1
    assert f"{place.parent}: other users can write to it" in done.stderr
    # Nor one behind a link.
    place.parent.rename(place.parent.with_name("elsewhere"))
    place.parent.with_name("elsewhere").chmod(0o700)
    place.parent.symlink_to("elsewhere")
    assert installed.run("exit", "0").returncode == 1


def test_where_it_fits_nowhere_each_place_is_told_and_nothing_is_left(tmp_path: Path) -> None:
    installed = Installed(tmp_path, PROGRAM + os.urandom(300_000))

    def no_room() -> None:
        # As on a full disk, a write fails in the middle.
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    done = installed.run("exit", "0", preexec_fn=no_room)
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    assert lines[0] == "tellr-app can't be unpacked:"
    for folder in (
        installed.package,
        installed.in_home().parent,
        installed.in_temporary().parent,
    ):
        assert f"  {folder}: File too large" in lines
    assert "set TMPDIR to another" in lines[-1]
    assert list(tmp_path.glob("**/*.part")) == []
    assert installed.unpacked.read_bytes() == b""
    # With room, it starts.
    assert installed.run("exit", "5").returncode == 5


def test_a_python_without_lzma_says_what_to_do(installed: Installed) -> None:
    (installed.place / "lzma.py").write_text("raise ImportError('no liblzma')\n")
    done = installed.run("exit", "0")
    assert done.returncode == 1
    assert "has no module `lzma`" in done.stderr
    [command] = [line.strip() for line in done.stderr.splitlines() if "xz -dc" in line]
    subprocess.run(command, shell=True, check=True)  # noqa: S602 (what the message says)
    installed.runs(installed.unpacked)


def test_a_program_for_another_machine_is_told(tmp_path: Path) -> None:
    installed = Installed(tmp_path, b"\x7fELF of nothing")
    done = installed.run()
    assert done.returncode == 1
    assert done.stderr == f"{installed.unpacked} can't be started: Exec format error\n"


def test_init_database_hands_over_what_the_program_says(installed: Installed) -> None:
    def says(code: str) -> tuple[int, str]:
        call = f"from tellr_app.run import init_database; {code}"
        command = [sys.executable, "-c", call]
        done = subprocess.run(command, env=installed.environment, stdout=subprocess.PIPE, text=True)
        return done.returncode, done.stdout

    place = str(installed.unpacked)
    assert says("init_database()") == (0, f"{place}\ninit-database\n")
    seeded = f"{place}\ninit-database\n--seed-databricks-defaults\n"
    assert says("init_database(True)") == (0, seeded)


def test_pip_installs_updates_and_removes_all_of_it(tmp_path: Path) -> None:
    environment = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    python, command = environment / "bin/python", environment / "bin/tellr-app"
    install = ("install", "--no-index", "--no-deps", "--force-reinstall")

    def says() -> str:
        return subprocess.check_output([command, "hello"], env={"PATH": "/usr/bin:/bin"}, text=True)

    [packages] = environment.glob("lib/python*/site-packages")
    unpacked = packages / "tellr_app/tellr-app"
    pip(python, *install, packed(tmp_path))
    for _start in range(2):
        assert says().splitlines() == [str(unpacked), "hello"]
    # An update replaces the program.
    newer = PROGRAM.replace(b'echo "$0"', b'echo "newer"')
    pip(python, *install, packed(tmp_path / "newer", newer))
    assert says().splitlines() == ["newer", "hello"]
    pip(python, "uninstall", "--yes", "tellr-app")
    assert not command.exists()
    assert not (packages / "tellr_app").exists()


def test_the_same_program_gives_the_same_wheel_whose_record_is_right(tmp_path: Path) -> None:
    one, other = packed(tmp_path / "one"), packed(tmp_path / "other")
    assert one.read_bytes() == other.read_bytes()
    with zipfile.ZipFile(one) as wheel:
        assert wheel.testzip() is None
        names = wheel.namelist()
        record = wheel.read("tellr_app-1.0.dist-info/RECORD").decode()
        rows = {name: row for name, *row in csv.reader(record.splitlines())}
        assert list(rows) == names, "each once"
        for name in names[:-1]:
            content = wheel.read(name)
            assert rows[name] == [pack_app.hash_of(content), str(len(content))]
    assert rows[names[-1]] == ["", ""]
    # Installers refuse other compressions than a wheel's usual ones.
    usual = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
    assert {info.compress_type for info in zipfile.ZipFile(one).infolist()} <= usual
