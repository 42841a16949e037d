"""A backup that is not what it was, or never was one, is refused before anything is touched."""

import json
import os
import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlalchemy import Engine

from service import settings
from service.keeping.archive import MANIFEST
from service.keeping.backing import back_up
from service.keeping.restoring import prove, restore
from service.problems import Problem
from tests.keeping.conftest import Fresh, contents

Parts = dict[str, bytes]


def parts(path: Path) -> Parts:
    with ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


def packed(path: Path, given: Parts) -> Path:
    with ZipFile(path, "w") as file:
        for name, text in given.items():
            file.writestr(name, text)
    return path


def manifest(**changes: object) -> Callable[[Parts], Parts]:
    """The same with another manifest; `about` is changed part by part."""

    def change(given: Parts) -> Parts:
        said = json.loads(given[MANIFEST])
        said["about"] |= changes.pop("about", {})
        return given | {MANIFEST: json.dumps(said | changes).encode()}

    return change


def more(name: str) -> Callable[[Parts], Parts]:
    return lambda given: given | {name: b"x"}


def without(name: str) -> Callable[[Parts], Parts]:
    return lambda given: {one: text for one, text in given.items() if one != name}


def longer(given: Parts) -> Parts:
    """A row more than the manifest knows of."""
    text = given["tables/group.jsonl"]
    return given | {"tables/group.jsonl": text + text}


def renamed(given: Parts) -> Parts:
    """Another value of the same length."""
    return given | {"tables/group.jsonl": given["tables/group.jsonl"].replace(b"Global", b"Glabol")}


CASES = {
    "a newer revision": (manifest(about={"revision": "9999"}), "revision 9999, which this program does not know"),
    "a newer form": (manifest(version=2), "install a newer gmg"),
    "another program": (manifest(format="other"), "that of another program"),
    "no manifest": (without(MANIFEST), "is no backup of gmg"),
    "no sense": (lambda given: given | {MANIFEST: b"{"}, "is damaged"),
    "a list": (lambda given: given | {MANIFEST: b"[]"}, "that of another program"),
    "a field more": (manifest(more=1), "does not read as one"),
    "other tables": (manifest(tables={}), "does not have the tables"),
    "a table less": (without("tables/group.jsonl"), "a part is missing"),
    "a row more": (longer, "is not what its manifest says"),
    "another value": (renamed, "is not what its manifest says"),
    "a way out": (more("../../etc/cron.d/gmg"), "which no backup of gmg does"),
    "a way to the root": (more("/etc/passwd"), "which no backup of gmg does"),
    "a way by encoding": (more("tables/%2e%2e/secret"), "which no backup of gmg does"),
    "a way inside": (more("tables/../secret"), "which no backup of gmg does"),
    "a secret nobody spoke of": (more("secret"), "which no backup of gmg does"),
}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", CASES)
def test_what_is_no_backup_of_ours_is_refused(
    name: str, engine: Engine, group: str, backup: Path, tmp_path: Path, environment: Path
) -> None:
    change, said = CASES[name]
    path = packed(tmp_path / "changed.zip", change(parts(backup)))
    before, files = contents(engine), sorted(tmp_path.rglob("*"))
    with pytest.raises(Problem, match=said):
        prove(path, environment)
    with pytest.raises(Problem, match=said):
        restore(path, engine, settings.current(), replace=True)
    assert contents(engine) == before
    assert sorted(tmp_path.rglob("*")) == files


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_same_parts_in_a_zip_of_another_make_are_taken(
    engine: Engine, group: str, backup: Path, tmp_path: Path, environment: Path
) -> None:
    assert prove(packed(tmp_path / "same.zip", parts(backup)), environment).manifest.about.revision


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("share", [0, 0.001, 0.1, 0.5, 0.9, 0.999])
def test_a_file_that_was_cut_short_is_refused(
    engine: Engine, group: str, backup: Path, environment: Path, share: float
) -> None:
    whole = backup.read_bytes()
    backup.write_bytes(whole[: int(len(whole) * share)])
    before = contents(engine)
    with pytest.raises(Problem, match="damaged or was cut short"):
        restore(backup, engine, settings.current(), replace=True)
    assert contents(engine) == before


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_byte_that_has_changed_is_refused_or_harmless(
    engine: Engine, group: str, backup: Path, tmp_path: Path, environment: Path
) -> None:
    whole, said = backup.read_bytes(), prove(backup, environment).manifest
    chance, said_why = random.Random(16), list[str]()
    for _ in range(40):
        place = chance.randrange(len(whole))
        changed = bytearray(whole)
        changed[place] ^= 1 << chance.randrange(8)
        backup.write_bytes(changed)
        try:
            found = prove(backup, environment).manifest
        except Problem as problem:
            said_why.append(problem.detail)
            continue
        # What does not stop it, such as the hour in a zip's own listing, must not change a row.
        assert found == said, place
    assert len(said_why) > 20
    assert not [why for why in said_why if not re.search("damaged|no backup|which no backup", why)]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_rows_that_refer_to_nothing_are_refused(
    engine: Engine, group: str, backup: Path, tmp_path: Path, environment: Path
) -> None:
    """Whoever made such a backup has made its manifest fit."""
    given = parts(backup)
    said = json.loads(given[MANIFEST])
    empty = {"rows": 0, "bytes": 0, "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}
    said["tables"]["group"] |= empty
    path = packed(tmp_path / "torn.zip", given | {MANIFEST: json.dumps(said).encode(), "tables/group.jsonl": b""})
    with pytest.raises(Problem, match="not sound"):
        prove(path, environment)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_fails_at_the_very_end_leaves_postgresql_as_it_was(
    engine: Engine, group: str, backup: Path, fresh: Fresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = fresh("postgresql")
    restore(backup, target, settings.current())
    before = contents(target)

    def planted(*_: object) -> None:
        raise RuntimeError("planted")

    monkeypatch.setattr("service.keeping.rows.go_on_counting", planted)
    with pytest.raises(RuntimeError, match="planted"):
        restore(backup, target, settings.current(), replace=True)
    assert contents(target) == before


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_folder_a_missing_file_and_a_pipe_are_no_backup(
    engine: Engine, group: str, tmp_path: Path, environment: Path
) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "none.zip", tmp_path / "pipe"):
        with pytest.raises(Problem, match="is no file"):
            prove(path, environment)
    database = tmp_path / "gmg.db"
    with pytest.raises(Problem, match="damaged or was cut short"):
        prove(Path(shutil.copy(database, tmp_path / "copied.zip")), environment)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_live_file_that_is_no_database_is_to_be_moved_first(
    engine: Engine, group: str, backup: Path, tmp_path: Path
) -> None:
    engine.dispose()
    (tmp_path / "gmg.db").write_bytes(b"not a database, not at all" * 1000)
    with pytest.raises(Problem, match="move it"):
        restore(backup, engine, settings.current(), replace=True)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_damaged_database_is_not_backed_up_but_can_be_restored_over(
    engine: Engine, group: str, backup: Path, tmp_path: Path
) -> None:
    before = contents(engine)
    engine.dispose()
    live = tmp_path / "gmg.db"
    raw = bytearray(live.read_bytes())
    # The pages of tables; the first one says what they are.
    for page in range(40, 60):
        raw[page * 4096 : page * 4096 + 64] = b"\xff" * 64
    live.write_bytes(raw)
    with pytest.raises(Problem, match="is damaged"):
        back_up(engine, settings.current(), tmp_path / "second.zip")
    assert not (tmp_path / "second.zip").exists()
    done = restore(backup, engine, settings.current(), replace=True)
    assert done.kept[0].read_bytes()[4096 * 40 : 4096 * 40 + 64] == b"\xff" * 64
    after = contents(engine)
    assert after["organization"] == before["organization"]
    assert after["person"] == before["person"]
