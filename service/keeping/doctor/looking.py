"""All findings, in the order in which one thing stands on the other; what cannot be looked at is a finding too."""

from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from service.database import connect_by
from service.keeping.doctor import database, machine, mail
from service.keeping.doctor.rules import Finding
from service.settings import Settings, WrongSettings


def examine(read: Callable[[], Settings], connect: Callable[[Settings], Engine] = connect_by) -> Iterator[Finding]:
    """Look at everything that the settings name, one thing after the other; only what is safe to do is done."""
    try:
        settings = read()
    except WrongSettings as wrong:
        yield from (Finding("settings", "fail", fault) for fault in wrong.faults)
        return
    yield Finding("settings", "ok", "All can be used.")
    yield from _guarded("machine", machine.look(settings))
    yield from _database(settings, connect)
    yield from _guarded("mail", mail.look(settings))


def _database(settings: Settings, connect: Callable[[Settings], Engine]) -> Iterator[Finding]:
    file = settings.database.partition("sqlite:///")[2]
    if file and not Path(file).exists():
        # To look would make an empty one.
        yield Finding("database", "fail", f"{file} is not there; run gmg migrate, or restore a backup.")
        return
    engine = connect(settings)
    try:
        yield from _guarded("database", database.look(engine))
    finally:
        engine.dispose()


def _guarded(check: str, findings: Iterator[Finding]) -> Iterator[Finding]:
    """One thing that goes wrong must not keep the others from being looked at."""
    try:
        yield from findings
    except SQLAlchemyError as error:
        said = str(getattr(error, "orig", None) or error).splitlines()[0]
        yield Finding(check, "fail", f"The database does not answer as it should: {said}.")
    except Exception as error:
        yield Finding(check, "fail", f"This could not be looked at: {type(error).__name__}: {error}.")
