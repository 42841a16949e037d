"""`gmg migrate`, `gmg serve`, `gmg run`: the service itself."""

import sys
from enum import StrEnum
from importlib.resources import files
from typing import Annotated

import typer
from sqlalchemy import Engine

from migrations.upgrade import newest, revision_of, upgrade, works_with
from service import settings
from service.commandline.sources import database
from service.database import reading, writing
from service.groups import queries
from service.logs import set_up
from service.rotation.check import load
from service.rotation.commands import apply_charter
from service.scheduler import Ticker
from service.settling import settle
from service.watching import starting

SHIPPED = "gmg.yaml"


class Role(StrEnum):
    all = "all"
    web = "web"
    worker = "worker"


def add(app: typer.Typer) -> None:
    app.command("migrate")(migrate)
    app.command("serve")(serve)
    app.command("run")(run)


def migrate() -> None:
    """Bring the database to the newest revision, whole or not at all."""
    with database() as engine:
        upgrade(engine)
        print(f"The database is at revision {revision_of(engine)}.")


def serve(
    role: Annotated[Role, typer.Option(help="web answers, worker does what falls due, all does both.")] = Role.all,
    host: Annotated[str | None, typer.Option(help="Address to listen on; default: GMG_HOST.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; default: GMG_PORT.")] = None,
) -> None:
    """Serve in the foreground until stopped."""
    using = settings.current()
    set_up(using.hidden(), using.secret())
    with database() as engine:
        if wrong := starting.faults(engine):
            raise settings.WrongSettings(wrong)
        if not works_with(engine):
            print(
                f"The database is at revision {revision_of(engine) or 'none'}; this program has revision {newest()} "
                "and cannot work with it. Run gmg migrate first, or the newer release that has migrated it.",
                file=sys.stderr,
            )
            raise typer.Exit(1)
        ticker = Ticker(engine, using) if role is not Role.web else None
        if role is Role.worker:
            assert ticker is not None
            settle()
            ticker.run()
            return
        # A worker, and every other command, begins sooner without the doors and pages.
        from service.commandline.draining import DrainingServer
        from service.main import create_app

        app = create_app(engine, ticker)
        settle()
        DrainingServer(app, host or using.host, port or using.port, using.drain).serve_until_stopped()


def run(
    prepare_only: Annotated[bool, typer.Option("--prepare-only", help="Migrate, load the charter, and stop.")] = False,
) -> None:
    """Migrate, load the shipped charter where its group does not exist yet, and serve."""
    using = settings.current()
    with database() as engine:
        upgrade(engine)
        group = load_shipped(engine)
    if prepare_only:
        print(f"The database is ready; group {group}.")
        return
    print(f"Serving {group} on {using.public_url} (stop with Ctrl-C).", flush=True)
    serve()


def load_shipped(engine: Engine) -> str:
    """Apply the shipped charter unless its group is there; the group's id."""
    charter = load((files("service") / "charters" / SHIPPED).read_bytes(), SHIPPED)
    with reading(engine) as session:
        known = queries.exists(session, charter.group.id)
    if not known:
        with writing(engine) as session:
            apply_charter(session, charter, actor="first start")
    return charter.group.id
