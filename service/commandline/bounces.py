"""`gmg bounce`: a mail that came back, from the pipe of a mail server or a file."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from service import audit
from service.commandline.sources import database
from service.database import writing
from service.notifications.mailing.commands import take_report
from service.problems import Problem
from service.refusals import MAX_BODY


def add(app: typer.Typer) -> None:
    app.command("bounce")(bounce)


def bounce(
    file: Annotated[Path | None, typer.Argument(help="The notification as it came; standard input without it.")] = None,
) -> None:
    """Take a mail server's notification that a mail came back (RFC 3464); once for each mail.

    What is no notification, such as an automatic reply, is passed over with exit code 0, so that the mail
    server does not keep it. One that names no mail of ours ends with 1.
    """
    try:
        with file.open("rb") if file is not None else sys.stdin.buffer as source:
            raw = source.read(MAX_BODY + 1)[:MAX_BODY]
    except OSError as error:
        raise typer.BadParameter(f"{file} cannot be read: {error.strerror}") from None
    try:
        with database() as engine, writing(engine) as session:
            audit.act(session, "mail server", "mail server")
            taken = take_report(session, raw)
    except Problem as problem:
        if problem.type != "no-report":
            raise
        print("This is no notification of a mail that came back; nothing was done.")
        return
    counted = f"counted as {taken.counted}" if taken.counted else "not counted (a delay, or known already)"
    print(f"{taken.delivery.address}: {taken.report.status}, {counted}.")
