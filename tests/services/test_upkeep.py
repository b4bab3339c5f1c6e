"""Damage that was met at work: what proves it, and what does not."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path

import pytest

from feedsvc.errors import StoreDamaged, StoreError
from feedsvc.runtime import Runtime, open_runtime
from feedsvc.store import verify
from tests.databases import SqliteFiles
from tests.service import settings_for


@pytest.fixture
def runtime(tmp_path: Path, sqlite_files: SqliteFiles) -> Iterator[Runtime]:
    runtime = open_runtime(settings_for(tmp_path, sqlite_files.make_database(tmp_path)))
    yield runtime
    runtime.close()


@pytest.fixture
def check(monkeypatch: pytest.MonkeyPatch) -> list[str | StoreError | None]:
    """What reading the whole file comes to, one time after another."""
    results: list[str | StoreError | None] = []

    def answer(*_given: object, **_options: object) -> str | None:
        result = results.pop(0)
        if isinstance(result, StoreError):
            raise result
        return result

    monkeypatch.setattr(verify, "check_file", answer)
    return results


def test_damage_that_was_met_is_over_where_the_whole_file_is_in_order(
    runtime: Runtime, check: list[str | StoreError | None]
) -> None:
    check.append(None)
    runtime.upkeep.check_over(StoreDamaged("met"))
    assert check == []
    assert runtime.upkeep.degradation() is None


def test_a_disk_that_cannot_be_read_proves_no_damage(
    runtime: Runtime, check: list[str | StoreError | None]
) -> None:
    check += [StoreError("disk I/O error"), None]
    with pytest.raises(StoreError, match="disk I/O error"):
        runtime.upkeep.check_over(StoreDamaged("met"))
    assert runtime.upkeep.degradation() is None
    runtime.upkeep.check_over(StoreDamaged("met"))


@pytest.mark.parametrize(
    ("found", "told"), [("page 7 is", "page 7 is"), (StoreDamaged("x"), "it cannot be read")]
)
def test_damage_found_in_the_file_is_noted_and_looked_for_once(
    runtime: Runtime, check: list[str | StoreError | None], found: str | StoreError, told: str
) -> None:
    check.append(found)
    for _ in range(2):
        with pytest.raises(StoreDamaged, match=told):
            runtime.upkeep.check_over(StoreDamaged("met"))
    assert told in (runtime.upkeep.degradation() or "")


def test_what_a_person_has_checked_is_written_to_only_where_it_was_found_whole(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = ("page 7 is not as it was",)
    with monkeypatch.context() as patched:
        broken = verify.Verified(rule=verify.FILE_IS_WHOLE, offenders=found)
        patched.setattr(verify, "verify", lambda _: iter([broken]))
        assert list(runtime.upkeep.verify()) == [broken]
    assert "page 7" in (runtime.upkeep.degradation() or "")
    with pytest.raises(StoreDamaged, match="page 7"):
        runtime.upkeep.check_over(StoreDamaged("met"))
    list(runtime.upkeep.verify())
    assert runtime.upkeep.degradation() is None


def test_where_nothing_may_be_written_only_a_note_of_damage_is_trouble(
    runtime: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_path: Path, **_options: bool) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Path, "unlink", refuse)
    assert not any(verified.offenders for verified in runtime.upkeep.verify())
    (tmp_path / "feedsvc.db.damaged").write_text("page 7 is not as it was")
    with pytest.raises(StoreError, match=r"feedsvc\.db\.damaged: .*Read-only file system"):
        list(runtime.upkeep.verify())


def test_what_cannot_be_checked_at_all_is_damaged(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> Iterator[verify.Verified]:
        raise StoreDamaged("is no database")

    monkeypatch.setattr(verify, "verify", fail)
    with pytest.raises(StoreDamaged):
        list(runtime.upkeep.verify())
    assert "it cannot be read" in (runtime.upkeep.degradation() or "")


def test_other_trouble_needs_no_such_reading(runtime: Runtime) -> None:
    runtime.upkeep.check_over(StoreError("disk I/O error"))
