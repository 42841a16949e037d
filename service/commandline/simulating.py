"""`gmg simulate`: what would be sent, without sending it."""

from pathlib import Path
from typing import Annotated

import typer

from service.commandline.sources import CharterFile, GroupId, charter_from, parse_day
from service.groups.parts import FIRST_DAY
from service.simulate import simulate


def add(app: typer.Typer) -> None:
    app.command("simulate")(run)


def run(
    from_: Annotated[str, typer.Option("--from", help="First day.")],
    until: Annotated[str, typer.Option("--until", help="Day after the last.")],
    mail: Annotated[Path, typer.Option("--mail", help="Directory for the mails and ledger.csv.")],
    group: GroupId = None,
    charter: CharterFile = None,
) -> None:
    """Run the real planner and dispatcher under a virtual clock; the live database is only read."""
    start, end = parse_day(from_, FIRST_DAY), parse_day(until, FIRST_DAY)
    if end <= start:
        raise typer.BadParameter("--until is not after --from; it is the day after the last")
    if mail.exists() and (not mail.is_dir() or any(mail.iterdir())):
        raise typer.BadParameter(f"{mail} is not an empty directory; name one that is, or a new one")
    count = simulate(charter_from(charter, group), start, end, mail)
    print(f"{count} mails from {start} until {end}; see {mail / 'ledger.csv'}.")
