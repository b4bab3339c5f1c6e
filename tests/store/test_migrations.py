"""Migrations: from nothing or any earlier schema to today's, all or nothing, once."""

from __future__ import annotations

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, Connection, inspect, text

from feedsvc.bundled import bundled
from feedsvc.errors import StoreError
from feedsvc.model.selection import SelectionKind
from feedsvc.store import migrate
from feedsvc.store.backup import back_up
from feedsvc.store.engine import Store, open_store
from feedsvc.store.feeds import list_feeds
from feedsvc.store.migrate import check_schema, upgrade
from feedsvc.store.schema import metadata
from tests.databases import SqliteFiles

SCRIPTS = ScriptDirectory(str(bundled("migrations")))
REVISIONS = [script.revision for script in reversed(list(SCRIPTS.walk_revisions()))]
HEAD = REVISIONS[-1]


def upgrade_to(store: Store, revision: str) -> None:
    """As an earlier feedsvc did it."""
    config = Config()
    config.set_main_option("script_location", str(bundled("migrations")))
    with store.writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def differences(connection: Connection) -> list[object]:
    """What Alembic would still change, and check constraints that only one side has."""
    opts = {"compare_type": True, "include_name": _is_ours}
    context = MigrationContext.configure(connection, opts=opts)
    found: list[object] = list(compare_metadata(context, metadata))
    for name, table in metadata.tables.items():
        there = {check["name"] for check in inspect(connection).get_check_constraints(name)}
        # Those of a column are not among those of its table.
        constraints = set(table.constraints).union(*(c.constraints for c in table.columns))
        wanted = {str(c.name) for c in constraints if isinstance(c, CheckConstraint)}
        found += sorted(map(str, there ^ wanted))
    return found


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """The full-text index is no table of SQLAlchemy's: each database has its own kind."""
    return kind != "table" or not (name or "").startswith("entry_terms")


def tables(store: Store) -> list[str]:
    with store.reading() as connection:
        return inspect(connection).get_table_names()


def test_migrations_make_the_very_tables_that_the_code_names(store: Store) -> None:
    with store.reading() as connection:
        assert differences(connection) == []


def test_an_empty_database_is_brought_to_todays_schema(bare_store: Store) -> None:
    assert upgrade(bare_store) == (None, HEAD)
    check_schema(bare_store)


def test_the_file_and_its_backups_tell_the_schema_to_strangers(
    tmp_path: Path, sqlite_files: SqliteFiles
) -> None:
    store = open_store(sqlite_files.make_database(tmp_path, migrated=False), busy_timeout_s=1)
    _, after = upgrade(store)
    back_up(store, tmp_path / "backup.db")
    store.close()
    for name in ("feedsvc.db", "backup.db"):
        header = (tmp_path / name).read_bytes()[:100]
        # https://sqlite.org/fileformat2.html, 1.3
        assert int.from_bytes(header[60:64], "big") == int(after)
        assert header[68:72] == b"feed"


def test_upgrading_twice_changes_nothing(bare_store: Store) -> None:
    upgrade(bare_store)
    with bare_store.reading() as connection:
        before = list_feeds(connection)
    assert upgrade(bare_store) == (HEAD, HEAD)
    with bare_store.reading() as connection:
        assert list_feeds(connection) == before


@pytest.mark.parametrize("revision", REVISIONS[:-1])
def test_a_store_of_any_earlier_schema_is_upgraded(bare_store: Store, revision: str) -> None:
    upgrade_to(bare_store, revision)
    assert upgrade(bare_store) == (revision, HEAD)
    with bare_store.reading() as connection:
        assert differences(connection) == []


def test_an_upgrade_keeps_what_the_store_holds(bare_store: Store) -> None:
    upgrade_to(bare_store, "0001")
    with bare_store.reading() as connection:
        # As the schema was then; `list_feeds` asks for what has come since.
        (guid,) = connection.scalars(text("SELECT guid FROM feeds"))
    upgrade(bare_store)
    with bare_store.reading() as connection:
        assert guid in [feed.guid for feed in list_feeds(connection)]


def test_bytes_that_were_refused_are_told_from_those_that_gave_an_entry(bare_store: Store) -> None:
    upgrade_to(bare_store, "0011")
    add = text(
        "INSERT INTO documents (root, path, device, inode, size_bytes, mtime_ns, ctime_ns, sha256,"
        " ingested_at, stage, missing_sweeps) VALUES ('seeds', :path, 1, 1, 1, 1, 1, :sha256, 1,"
        " :stage, 0)"
    )
    add_entry = text(
        "INSERT INTO entries (id, guid, short_id, sequence, state, arrived_at, published,"
        " precision, updated, title, slug, summary, enclosures, evidence, extractor_version,"
        " policy_version, feed_bytes, html)"
        " VALUES (1, 'a', 'a', 1, 'live', 1, 1, 'day', 1, 'A', 'a', '', '[]', '[]', 1, 1, 0, '')"
    )
    link = text(
        "INSERT INTO document_entries (document_id, key, entry_id, is_primary, extractor_version)"
        " SELECT id, '', 1, false, 1 FROM documents WHERE path = :path"
    )
    with bare_store.writing() as connection:
        connection.execute(text("INSERT INTO originals VALUES (:raw, 1, :raw)"), {"raw": b"kept"})
        connection.execute(add_entry)
        for path, sha256, stage, is_linked in (
            (b"in order", b"kept", None, True),
            (b"unreadable since", b"kept", "discover", True),
            (b"edited", b"refused", "extract", True),
            (b"refused by now", b"kept", "sanitize", True),
            (b"kept for another", b"kept", "extract", False),
            (b"never read", None, "discover", False),
        ):
            connection.execute(add, {"path": path, "sha256": sha256, "stage": stage})
            if is_linked:
                connection.execute(link, {"path": path})
    upgrade(bare_store)
    with bare_store.reading() as connection:
        rows = connection.execute(text("SELECT path, sha256, refused_sha256 FROM documents")).all()
    assert {bytes(path): hashes for path, *hashes in rows} == {
        b"in order": [b"kept", None],
        b"unreadable since": [b"kept", None],
        b"edited": [None, b"refused"],
        b"refused by now": [b"kept", b"kept"],
        b"kept for another": [None, b"kept"],
        b"never read": [None, None],
    }


def test_every_migration_can_be_taken_back(bare_store: Store) -> None:
    upgrade(bare_store)
    config = Config()
    config.set_main_option("script_location", str(bundled("migrations")))
    with bare_store.writing() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    assert tables(bare_store) == ["alembic_version"]


def test_a_store_made_by_a_newer_feedsvc_is_refused(store: Store) -> None:
    with store.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match=r"schema 9999.* made by a newer one: upgrade feedsvc"):
        upgrade(store)
    with pytest.raises(StoreError, match=f"has schema 9999, this feedsvc needs {HEAD}"):
        check_schema(store)


def test_a_store_without_a_schema_says_what_to_run(bare_store: Store) -> None:
    with pytest.raises(StoreError, match=r"schema none.*run: feedsvc db upgrade"):
        check_schema(bare_store)


def test_a_migration_that_fails_leaves_nothing(
    bare_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scripts = tmp_path / "migrations"
    shutil.copytree(bundled("migrations"), scripts)
    (scripts / "versions" / "9999_power_cut.py").write_text(
        "import sqlalchemy as sa\n"
        "from alembic import op\n"
        f"revision, down_revision = '9999', {HEAD!r}\n"
        "def upgrade():\n"
        "    op.create_table('half', sa.Column('id', sa.Integer()))\n"
        "    raise KeyboardInterrupt\n"
    )
    with monkeypatch.context() as patched:
        patched.setattr(migrate, "bundled", lambda _name: scripts)
        with pytest.raises(KeyboardInterrupt):
            upgrade(bare_store)
    assert tables(bare_store) == []
    assert upgrade(bare_store) == (None, HEAD)


def test_a_migration_that_is_killed_at_any_statement_is_begun_anew(bare_store: Store) -> None:
    url = bare_store.engine.url.render_as_string(hide_password=False)
    bare_store.close()
    done = subprocess.run(
        [sys.executable, "-m", "tests.store.killed_migrations", url],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[-1]) > 30
    with bare_store.reading() as connection:
        assert differences(connection) == []


def test_of_two_upgrades_at_once_one_does_the_work(bare_store: Store) -> None:
    with ThreadPoolExecutor(2) as threads:
        outcomes = list(threads.map(upgrade, [bare_store, bare_store]))
    assert sorted(outcomes, key=str) == [(HEAD, HEAD), (None, HEAD)]


def test_a_new_store_has_the_feeds_of_entries_and_corrections_and_nothing_published(
    store: Store,
) -> None:
    with store.reading() as connection:
        made = list_feeds(connection)
    assert {feed.selection.kind for feed in made} == {SelectionKind.ALL, SelectionKind.CORRECTIONS}
    for feed in made:
        assert feed.guid.startswith("urn:uuid:")
        assert feed.entry_count == 0


def test_migrations_are_numbered_in_one_line() -> None:
    assert [f"{n:04}" for n in range(1, len(REVISIONS) + 1)] == REVISIONS
    assert SCRIPTS.get_heads() == [HEAD]


def test_a_migration_is_known_by_the_name_of_its_file() -> None:
    for script in SCRIPTS.walk_revisions():
        assert Path(script.path).name.partition("_")[0] == script.revision
