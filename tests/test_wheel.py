"""The wheel, installed where there is no checkout: it migrates, ingests its seeds, and serves."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import sysconfig
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]
WITHIN_S = 30


class Installed:
    """An environment into which only the wheel was installed, and an empty folder to work in."""

    def __init__(self, environment: Path, folder: Path) -> None:
        self._bin = environment / "bin"
        self.folder = folder

    def run(self, command: str, *arguments: str) -> str:
        """Its standard output. Fails if the command does."""
        process = subprocess.run(
            [self._bin / command, *arguments],
            cwd=self.folder,
            env=clean_environment(),
            capture_output=True,
            text=True,
            timeout=WITHIN_S,
        )
        assert process.returncode == 0, process.stderr
        return process.stdout

    def python(self, code: str) -> str:
        return self.run("python", "-c", code).strip()

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [self._bin / "feedsvc", *arguments],
            cwd=self.folder,
            env=clean_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


def clean_environment() -> dict[str, str]:
    """Ours, without what would let the checkout in or settle the settings."""
    kept = {n: v for n, v in os.environ.items() if not n.startswith(("PYTHON", "FEEDSVC"))}
    return kept | {"PYTHONUNBUFFERED": "1"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, by the build backend that is installed already."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, CHECKOUT],
        check=True,
        capture_output=True,
        timeout=WITHIN_S,
    )
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel in an environment of its own.

    What it depends on comes from the environment of the tests, so that nothing is downloaded. A
    plain path in a .pth file lends it: the .pth files *there*, by which the checkout itself is
    importable, are not followed. (--system-site-packages would lend the interpreter's packages,
    not those of a virtual environment.)
    """
    environment = tmp_path_factory.mktemp("installed") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(environment)]
    subprocess.run(
        [*pip, "install", "--quiet", "--no-deps", "--no-index", str(wheel)],
        check=True,
        timeout=WITHIN_S,
    )
    (own,) = environment.glob("lib/python*/site-packages")
    (own / "lent.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    return Installed(environment, tmp_path_factory.mktemp("work"))


@pytest.fixture(scope="module")
def ingested(installed: Installed) -> str:
    """What `feedsvc ingest` says of the seeds that the wheel carries, in a new folder."""
    installed.run("feedsvc", "db", "upgrade")
    return installed.run("feedsvc", "ingest", "--seeds", bundled(installed, "seeds"))


def bundled(installed: Installed, name: str) -> str:
    return installed.python(
        f"from feedsvc.bundled import bundled; print(bundled({name!r}).resolve())"
    )


def test_the_wheel_carries_migrations_settings_and_seeds(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    for name in ("migrations", "config", "seeds"):
        ours = {p.relative_to(CHECKOUT) for p in (CHECKOUT / name).rglob("*") if p.is_file()}
        wanted = {f"feedsvc/_bundled/{p.as_posix()}" for p in ours if "__pycache__" not in p.parts}
        assert wanted - packed == set()


def test_the_wheel_carries_no_tests(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.split("/")[0] for name in archive.namelist()}
    assert {top.partition("-")[0] for top in tops} == {"feedsvc"}


def test_the_wheel_asks_for_what_it_imports(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        metadata = archive.read(name).decode()
    for needed in ("Flask", "SQLAlchemy", "APScheduler", "feedgen", "bleach"):
        assert re.search(rf"^Requires-Dist: {needed}\b", metadata, re.M | re.I)
    assert "\nRequires-Python: >=3.11" in metadata


@pytest.mark.parametrize("name", ["migrations", "config", "seeds"])
def test_an_installed_feedsvc_uses_what_its_wheel_carries(installed: Installed, name: str) -> None:
    path = Path(bundled(installed, name))
    assert path.parts[-3:] == ("feedsvc", "_bundled", name)
    assert not path.is_relative_to(CHECKOUT)


def test_the_checkout_is_out_of_reach(installed: Installed) -> None:
    path = installed.python("import sys; print(sys.path)")
    assert repr(str(CHECKOUT)) not in path


def test_the_installed_command_knows_its_version(installed: Installed) -> None:
    told = installed.run("feedsvc", "--version").strip()
    assert told == "feedsvc " + installed.python("import feedsvc; print(feedsvc.__version__)")


def test_a_new_store_is_migrated_in_an_empty_folder(installed: Installed, ingested: str) -> None:
    assert "has schema" in installed.run("feedsvc", "db", "upgrade")
    assert [p.name for p in installed.folder.iterdir()] == [".feedsvc"]


def test_the_seeds_of_the_wheel_are_ingested(ingested: str) -> None:
    assert re.search(r"\b\d+ new\b", ingested)
    assert "failed" not in ingested


@pytest.fixture
def served(installed: Installed, ingested: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The address of the Atom feed of all entries, and the process that serves it."""
    process = installed.start("serve", "--port", "0", "--seeds", bundled(installed, "seeds"))
    try:
        yield announced_feed(process), process
    finally:
        process.kill()
        process.communicate()


def announced_feed(process: subprocess.Popen[str]) -> str:
    """What `serve` says once it answers."""
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.search(r"http://\S+/feeds/all\.atom", line):
            return found.group()
    raise AssertionError("it ended without an address")


def fetch(url: str) -> bytes:
    """Waits for a server that is just about to answer."""
    until = time.monotonic() + WITHIN_S
    while True:
        try:
            with urllib.request.urlopen(url, timeout=WITHIN_S) as response:
                body: bytes = response.read()
                return body
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def test_an_installed_feedsvc_serves_and_stops_when_told_to(
    served: tuple[str, subprocess.Popen[str]],
) -> None:
    url, process = served
    body = fetch(url)
    assert b"<entry" in body
    assert url.encode() in body
    process.send_signal(signal.SIGTERM)
    assert process.wait(WITHIN_S) == 0
