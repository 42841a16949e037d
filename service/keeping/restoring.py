"""Bringing a backup back: into the live database, or into one that is thrown away, which is the drill."""

from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine, func, select
from sqlmodel import col

from service import clock
from service.keeping import archive, backing, holding, replacing, scratch, secrets
from service.keeping.preparing import prepared
from service.keeping.refusing import refused
from service.notifications.outbox.tables import DeliveryRow
from service.settings import Settings


class Proved(NamedTuple):
    """What a drill has found: what the backup says of itself, and how many deliveries a restore would hold."""

    manifest: archive.Manifest
    waiting: int


class Restored(NamedTuple):
    """What was restored, what is held, and where that is kept which was there before."""

    manifest: archive.Manifest
    held: holding.Held
    kept: list[Path]


def prove(path: Path, home: Path) -> Proved:
    """Restore a backup into a database that is thrown away, and compare it row by row; nothing live is touched.

    Raises:
        Problem: it could not be restored.
    """
    with archive.opened(path) as found, scratch.folder(home) as room, prepared(found, room) as engine:
        with engine.connect() as connection:
            asked = select(func.count()).where(col(DeliveryRow.state).in_(("pending", "sending")))
            waiting = int(connection.execute(asked).scalar_one())
        return Proved(found.manifest, waiting)


def restore(
    path: Path, live: Engine, settings: Settings, *, replace: bool = False, other_secret: bool = False,
    elsewhere: bool = False,
) -> Restored:  # fmt: skip
    """Let `live` become what a backup holds, with all that waits to be sent held back.

    What was there is kept beside it. `elsewhere`: `live` is not the database of these settings, and the secret here
    not its own.

    Raises:
        Problem: the backup is none, damaged or of a newer program; the database is not empty and `replace` is not
            given; or its secret is missing. Nothing has changed then.
    """
    stamp = f"{clock.now():%Y%m%dT%H%M%SZ}"
    with archive.opened(path) as found, scratch.folder(settings.home) as room:
        _refuse_filled(live, replace)
        secret = secrets.place(found, settings, stamp, other=other_secret or elsewhere)
        with prepared(found, room) as engine:
            secret.take()
            try:
                held = holding.come_to_rest(engine, found.manifest.about, replacing.standing(live).published)
                kept = _keep(live, settings, stamp) if _refuse_filled(live, replace) else None
                replacing.replace(engine, live)
            except BaseException:
                secret.give_back()
                raise
    return Restored(found.manifest, held, [one for one in (kept, secret.kept) if one is not None])


def _refuse_filled(live: Engine, replace: bool) -> bool:
    """Whether something is there that is to be kept."""
    filled = replacing.standing(live).filled
    if filled and not replace:
        raise refused(
            "The database is not empty. With --replace the backup takes its place, and what is there now is kept "
            "beside it; stop the service first."
        )
    return filled


def _keep(live: Engine, settings: Settings, stamp: str) -> Path:
    if live.dialect.name == "sqlite":
        return replacing.keep_sqlite(live, stamp)
    return backing.back_up(live, settings, settings.home / f"before-restore-{stamp}{backing.SUFFIX}").path
