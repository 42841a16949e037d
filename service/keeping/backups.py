"""When the last backup was made: a small file under GMG_HOME, which needs no database to be read."""

import json
import os
from datetime import datetime
from pathlib import Path
from tempfile import mkstemp

FILE = "backup.json"


def last_backup(home: Path) -> datetime | None:
    """The instant (UTC) at which the newest successful backup saw the database; None where none is known."""
    try:
        at = datetime.fromisoformat(json.loads((home / FILE).read_text())["taken_at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return at if at.tzinfo is not None else None


def note_backup(home: Path, taken_at: datetime, path: Path, digest: str) -> None:
    """Put down that a backup was made, where it is and its SHA-256; whole or not at all."""
    home.mkdir(parents=True, exist_ok=True)
    noted = {"taken_at": taken_at.isoformat(), "path": str(path), "sha256": digest}
    descriptor, fresh = mkstemp(dir=home, prefix=f"{FILE}.")
    with os.fdopen(descriptor, "w") as file:
        file.write(json.dumps(noted, indent=2) + "\n")
    os.replace(fresh, home / FILE)
