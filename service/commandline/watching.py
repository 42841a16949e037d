"""`gmg healthy`: whether what runs here is well; `gmg rekey`: the second half of giving the service another key."""

import sys
from typing import Annotated

import typer

from service import settings
from service.commandline.serving import Role
from service.commandline.sources import database
from service.database import writing
from service.notifications.choices.contacts import keep_anew
from service.watching.healthy import faults


def add(app: typer.Typer) -> None:
    app.command("healthy")(healthy)
    app.command("rekey")(rekey)


def healthy(
    role: Annotated[Role, typer.Option(help="What runs here, as gmg serve was started.")] = Role.all,
) -> None:
    """Whether what runs on this host is well: 0, or 1 and why not; for health checks."""
    wrong = faults(role.value, settings.current())
    if wrong:
        print("\n".join(wrong), file=sys.stderr)
        raise typer.Exit(1)
    print("well")


def rekey() -> None:
    """Lock the addresses of chat channels under GMG_SECRET_KEY, so that GMG_SECRET_KEY_BEFORE can go."""
    with database() as engine, writing(engine) as session:
        done, lost = keep_anew(session)
    print(f"{done} addresses of chat channels are locked under the present key.")
    if lost:
        print(f"{lost} were locked under a key that is not here; their channels have to be added anew.")
        raise typer.Exit(1)
