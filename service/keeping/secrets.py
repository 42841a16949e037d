"""The secret that signs links belongs to the database that it has signed for: a backup finds it again, or says so."""

import os
from pathlib import Path

from service.keeping.archive import Archive
from service.keeping.backing import secret_is
from service.keeping.refusing import refused
from service.settings import Settings

_LOST = (
    "Links in mails, one-click unsubscribing and next pages that were given out no longer work then; receivers of "
    "webhooks need their secrets anew, and chat channels have to be set up again."
)


class Place:
    """Where the secret belongs, and what to put there; what was there is kept beside it."""

    def __init__(self, path: Path, fresh: bytes | None, kept: Path | None) -> None:
        self._path, self._fresh, self.kept = path, fresh, kept

    def take(self) -> None:
        """Put the secret of the backup in place."""
        if self._fresh is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        if self.kept is not None:
            os.replace(self._path, self.kept)
        held = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(held, "wb") as file:
            file.write(self._fresh)

    def give_back(self) -> None:
        """As it was."""
        if self._fresh is None:
            return
        self._path.unlink(missing_ok=True)
        if self.kept is not None:
            os.replace(self.kept, self._path)


def place(archive: Archive, settings: Settings, stamp: str, *, other: bool) -> Place:
    """How the service comes to the secret of a backup.

    `other`: go on with another one, where that of the backup is lost.

    Raises:
        Problem: another secret is in place than that of the backup, and the backup does not hold its own.
    """
    path = settings.home / "secret"
    given, before = settings.secret_key.get_secret_value(), settings.secret_key_before.get_secret_value()
    there = given.encode() if given else path.read_bytes() if path.exists() else None
    known = [there, before.encode() or None]
    if other or archive.manifest.about.secret_is in [secret_is(key) for key in known if key is not None]:
        return Place(path, None, None)
    own = archive.secret()
    if own is None or given:
        what = "GMG_SECRET_KEY is not" if given else f"{path} is not" if there else "There is none here that is"
        raise refused(
            f"{what} the secret that this backup was made under. Put that one in place, or give --other-secret where "
            f"it is lost. {_LOST}"
        )
    return Place(path, own, Path(f"{path}.before-restore-{stamp}") if there is not None else None)
