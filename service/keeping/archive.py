"""The form of a backup: a zip with `manifest.json`, a file of lines for each table, and the secret if asked for.

Nothing in it is unpacked by its name: what is read are the tables of a revision that this program knows. A file with
anything else in it, such as a name that leads elsewhere, is refused (threat T57).
"""

import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from struct import error as StructError
from typing import Literal
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError
from sqlalchemy import Connection

from service.keeping import rows
from service.keeping.refusing import refused
from service.keeping.shape import Kind, TableShape, knows, shape
from service.problems import Problem

MANIFEST, SECRET = "manifest.json", "secret"
_MOST = 1 << 20
_DAMAGE = (BadZipFile, zlib.error, EOFError, StructError, NotImplementedError, RuntimeError, ValueError, LookupError)


class _Said(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class TableSaid(_Said):
    """What a table is to be found as: how many rows, and the SHA-256 of its lines."""

    rows: int
    bytes: int
    sha256: str
    columns: dict[str, Kind]


class About(_Said):
    """Where a backup comes from. `taken_at` is before all that it does not have, `revision` that of its tables.

    `secret_is` tells one secret of the service from another without giving it away.
    """

    taken_at: AwareDatetime
    program: str
    revision: str
    database: str
    tz: str
    secret_is: str


class Manifest(_Said):
    """All that a backup says of itself."""

    format: Literal["gmg-backup"]
    version: Literal[1]
    about: About
    secret: bool
    tables: dict[str, TableSaid]


def member(name: str) -> str:
    return f"tables/{name}.jsonl"


def write(path: Path, connection: Connection, about: About, secret: bytes | None) -> Manifest:
    """Write what this connection sees into the file `path`."""
    said: dict[str, TableSaid] = {}
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for table in shape(about.revision):
            said[table.name] = _write_table(archive, connection, table)
        if secret is not None:
            archive.writestr(SECRET, secret)
        found = Manifest(format="gmg-backup", version=1, about=about, secret=secret is not None, tables=said)
        archive.writestr(MANIFEST, found.model_dump_json(indent=2))
    return found


def _write_table(archive: ZipFile, connection: Connection, table: TableShape) -> TableSaid:
    count = size = 0
    summed = sha256()
    with archive.open(member(table.name), "w", force_zip64=True) as file:
        for line in rows.lines(connection, table):
            file.write(line)
            summed.update(line)
            count, size = count + 1, size + len(line)
    return TableSaid(rows=count, bytes=size, sha256=summed.hexdigest(), columns=table.columns)


class Archive:
    """A backup that is open, and whose manifest fits what it holds."""

    def __init__(self, path: Path, file: ZipFile, manifest: Manifest) -> None:
        self._path, self._file, self.manifest = path, file, manifest

    @property
    def tables(self) -> tuple[TableShape, ...]:
        return shape(self.manifest.about.revision)

    def secret(self) -> bytes | None:
        if not self.manifest.secret:
            return None
        with _whole(self._path):
            return self._file.read(SECRET)

    def lines(self, table: TableShape) -> Iterator[bytes]:
        """The lines of a table.

        Raises:
            Problem: they are not those that were written; known for sure at their end alone.
        """
        said = self.manifest.tables[table.name]
        count = size = 0
        summed = sha256()
        with _whole(self._path), self._file.open(member(table.name)) as file:
            for line in file:
                summed.update(line)
                count, size = count + 1, size + len(line)
                yield line
        if (count, size, summed.hexdigest()) != (said.rows, said.bytes, said.sha256):
            raise damaged(self._path, f"table {table.name} is not what its manifest says")

    def check(self) -> None:
        """Read everything once.

        Raises:
            Problem: something is not as it was written.
        """
        for table in self.tables:
            for _ in self.lines(table):
                pass
        self.secret()


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """A backup, open until the end of the block.

    Raises:
        Problem: it is none, is damaged or cut short, or made by a program newer than this one.
    """
    if not path.is_file():
        raise refused(f"{path} is no file.")
    with _whole(path):
        file = ZipFile(path)
    with file:
        manifest = read_manifest(path, file)
        _fits(path, file, manifest)
        yield Archive(path, file, manifest)


def read_manifest(path: Path, file: ZipFile) -> Manifest:
    """What a backup says of itself.

    Raises:
        Problem: it is no backup of this service, or one in a form of a newer program.
    """
    with _whole(path):
        try:
            info = file.getinfo(MANIFEST)
        except KeyError:
            raise refused(f"{path} is no backup of gmg: it has no {MANIFEST}.") from None
        if info.file_size > _MOST:
            raise damaged(path, f"its {MANIFEST} is too long")
        text = file.read(info)
        given = json.loads(text)
    if not isinstance(given, dict) or given.get("format") != "gmg-backup":
        raise refused(f"{path} is no backup of gmg: its {MANIFEST} is that of another program.")
    if given.get("version") != 1:
        raise refused(f"{path} has a form that this program does not know; install a newer gmg first.")
    try:
        return Manifest.model_validate_json(text)
    except ValidationError:
        raise damaged(path, f"its {MANIFEST} does not read as one") from None


def _fits(path: Path, file: ZipFile, manifest: Manifest) -> None:
    revision = manifest.about.revision
    if not knows(revision):
        raise refused(
            f"{path} is at revision {revision}, which this program does not know; "
            f"it was made by gmg {manifest.about.program}. Install that or a newer one first."
        )
    if {name: said.columns for name, said in manifest.tables.items()} != {
        table.name: table.columns for table in shape(revision)
    }:
        raise refused(f"{path} does not have the tables of revision {revision}.")
    wanted = [MANIFEST, *map(member, manifest.tables), *([SECRET] if manifest.secret else [])]
    there = file.namelist()
    strange = sorted(set(there) - set(wanted))
    if strange:
        raise refused(f"{path} holds {strange[0]!r}, which no backup of gmg does.")
    if sorted(there) != sorted(wanted):
        raise damaged(path, "a part is missing or is there twice")


def damaged(path: Path, why: str) -> Problem:
    return refused(f"{path} is damaged or was cut short ({why}); take another backup.")


@contextmanager
def _whole(path: Path) -> Iterator[None]:
    try:
        yield
    except _DAMAGE as error:
        raise damaged(path, str(error) or type(error).__name__) from None
