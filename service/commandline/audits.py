"""`gmg audit`: who did what when, a line of JSON each."""

import typer

from service.audit import every_entry
from service.commandline.sources import GroupId, database, only_group
from service.database import reading
from service.groups import queries as groups


def add(app: typer.Typer) -> None:
    app.command("audit")(audit)


def audit(group: GroupId = None) -> None:
    """Every write that is on record, oldest first, a line of JSON each: for safe-keeping elsewhere."""
    with database() as engine, reading(engine) as session:
        for row in every_entry(session, group or only_group(groups.group_ids(session))):
            print(row.model_dump_json())
