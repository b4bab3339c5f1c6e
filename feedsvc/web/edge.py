"""What a web server in front may answer by itself: which tags of which feeds are current.

In the folder `server.edge_folder`, an empty file stands for each that was asked for lately:
`current/feeds/all.atom:-499602d2-3f2a0`, with the time and the size that nginx makes that very tag
of. A poll that names the tag finds the file and is answered 304 by it; any other finds none, and is
passed on to us. `current` leads to the files of one publication version. With the next one it leads
to another folder, where a feed has its file as soon as we have answered for it again.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from feedsvc.model.etag import MarkerFile, marker_file
from feedsvc.services.publication import Shown

log = logging.getLogger(__name__)

_CURRENT = "current"
_HOME = re.compile(r"tags-(\d+)-([0-9a-f]+)")
_FOLLOWED_EVERY_S = 0.2
# Of one version: whoever asks for every feed there is must not fill the folder.
_MOST_FILES = 10_000
_MAX_NAME_BYTES = 255
# Another user's process reads them, whatever our umask.
_FOLDER_MODE, _FILE_MODE = 0o755, 0o644


class Markers:
    """The files of one web process, and of others with the same `generation`.

    shown: asks what the store shows. generation: of processes that were started together, and so
    render alike; hexadecimal.
    """

    def __init__(self, folder: Path, shown: Callable[[], Shown | None], generation: str) -> None:
        self._folder = folder
        self._shown = shown
        self._generation = generation
        self._version: int | None = None
        self._left: set[tuple[str, str]] = set()
        self._failure: OSError | None = None

    def start(self) -> None:
        """Follow what the store shows from now on, in a thread of its own."""
        threading.Thread(target=self._follow, name="edge", daemon=True).start()

    def leave(self, path: str, tag: str, version: int) -> None:
        """Let a tag be known as current for a URL's path (as WSGI gives it), if the version is."""
        if version != self._version or (path, tag) in self._left or len(self._left) >= _MOST_FILES:
            return
        self._left.add((path, tag))
        names = f"{path}:{tag}".encode("latin-1").split(b"/")[1:]
        if any(name in (b"", b".", b"..") or len(name) > _MAX_NAME_BYTES for name in names):
            return
        try:
            self._write(names, marker_file(tag), self._home(version))
        except FileNotFoundError:
            return  # the store shows more by now, and these files have been removed
        except OSError as error:
            self._failure = error

    def show(self, version: int) -> None:
        """Let `current` lead to the files of a version, unless a newer one is shown already.

        What this process itself has seen to be newer is none: the store is an older one now.
        """
        home, before = self._home(version), self._version
        current = _leads_to(self._folder)
        if current == home.name and version == before:
            return
        self._version = None
        found = _HOME.fullmatch(current)
        is_ours = found is not None and found[2] == self._generation
        if found and is_ours and int(found[1]) > version and (before is None or before <= version):
            return
        self._left = set()
        if current != home.name:
            self._lead_to(home)
        self._version = version

    def _follow(self) -> None:
        try:
            while self._failure is None:
                shown = self._shown()
                if shown is not None:
                    # Another process may remove what is being made: it is made anew then.
                    with suppress(FileNotFoundError):
                        self.show(shown.version)
                time.sleep(_FOLLOWED_EVERY_S)
        except OSError as error:
            self._failure = error
        finally:
            self._give_up()

    def _lead_to(self, home: Path) -> None:
        self._folder.parent.mkdir(parents=True, exist_ok=True)
        _make_folder(self._folder)
        _make_folder(home)
        link = self._folder / f".{os.getpid()}"
        link.unlink(missing_ok=True)
        link.symlink_to(home.name)
        link.replace(self._folder / _CURRENT)
        for entry in self._folder.iterdir():
            if entry != home and _HOME.fullmatch(entry.name):
                shutil.rmtree(entry, ignore_errors=True)  # what is left goes the next time

    def _home(self, version: int) -> Path:
        return self._folder / f"tags-{version}-{self._generation}"

    def _write(self, names: list[bytes], wanted: MarkerFile, home: Path) -> None:
        """Complete or not at all: a file of another size would stand for another tag."""
        folder = home
        for name in names[:-1]:
            folder /= os.fsdecode(name)
            _make_folder(folder)
        unfinished = home / f".{os.getpid()}-{threading.get_ident()}"
        try:
            with unfinished.open("xb") as file:
                os.fchmod(file.fileno(), _FILE_MODE)
                os.truncate(file.fileno(), wanted.size)
                os.utime(file.fileno(), (wanted.mtime, wanted.mtime))
                made = os.fstat(file.fileno())
            if (made.st_mtime, made.st_size) != wanted:
                raise OSError(f"files in {self._folder} cannot have a time before 1970")
            unfinished.replace(folder / os.fsdecode(names[-1]))
        finally:
            unfinished.unlink(missing_ok=True)

    def _give_up(self) -> None:
        """Until the next start, and with nothing left that may be wrong, every poll comes to us."""
        self._version = None
        told = {"folder": str(self._folder), "reason": _reason(self._failure)}
        try:
            (self._folder / _CURRENT).unlink(missing_ok=True)
        except NotADirectoryError:
            pass  # nor is there anything that could be left
        except OSError as error:
            told["remove_by_hand"] = f"{self._folder / _CURRENT} ({_reason(error)})"
        log.error("polls cannot be left to the server in front", extra=told)


def _reason(error: OSError | None) -> str:
    return "" if error is None else error.strerror or str(error)


def remove_markers(folder: Path, generation: str) -> None:
    """Let nothing be current any more, if what is was left by processes of this generation.

    Raises OSError.
    """
    found = _HOME.fullmatch(_leads_to(folder))
    if found and found[2] == generation:
        (folder / _CURRENT).unlink(missing_ok=True)


def _leads_to(folder: Path) -> str:
    try:
        return str((folder / _CURRENT).readlink())
    except FileNotFoundError:
        return ""


def _make_folder(folder: Path) -> None:
    with suppress(FileExistsError):
        folder.mkdir()
        folder.chmod(_FOLDER_MODE)
