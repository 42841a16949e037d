"""`gmg people import|list|sign-out`, `gmg group confirm`: whom the service writes to, and who is signed in."""

import csv
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from service import clock, zones
from service.access import sessions
from service.commandline.sources import GroupId, database, only_group
from service.database import reading, writing
from service.groups import commands, queries
from service.groups.charter import Charter, Person
from service.groups.source import CharterProblem
from service.problems import not_found

COLUMNS = ("name", "email", "organization", "role", "from", "until", "language")


def add(app: typer.Typer) -> None:
    people = typer.Typer(help="The people the service writes to.", no_args_is_help=True)
    people.command("import")(import_)
    people.command("list")(list_)
    people.command("sign-out")(sign_out)
    app.add_typer(people, name="people")
    group = typer.Typer(help="What the operator says about a group.", no_args_is_help=True)
    group.command("confirm")(confirm)
    app.add_typer(group, name="group")


def import_(
    file: Annotated[Path, typer.Argument(help=f"CSV with the columns {','.join(COLUMNS)}.")],
    group: GroupId = None,
) -> None:
    """Add people, or bring those with a known address up to date; all rows or none."""
    with database() as engine, writing(engine) as session:
        group_id = group or only_group(queries.group_ids(session))
        people = read_people(file, queries.charter(session, group_id))
        commands.import_people(session, group_id, people, actor="command line")
    print(f"{len(people)} people imported.")


def read_people(file: Path, charter: Charter) -> list[Person]:
    """The people of a CSV file; several rows with one address are several appointments of one person.

    Raises:
        CharterProblem: every row that cannot be used, with its line.
    """
    try:
        rows = list(csv.DictReader(file.read_text("utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CharterProblem([f"{file}: cannot be read as UTF-8 CSV: {error}"]) from None
    today = zones.day_in(clock.now(), charter.group.timezone)
    known = {part.id for part in charter.organizations()}
    found: dict[str, Person] = {}
    faults = []
    for line, row in enumerate(rows, start=2):
        given = {key: (row.get(key) or "").strip() for key in COLUMNS}
        if given["organization"] not in known and given["role"] not in ("secretariat", "observer"):
            unknown = f"organization {given['organization']!r} is not known"
            faults.append(f"{file}:{line}: {unknown}; the ids are {', '.join(sorted(known))}")
            continue
        appointment = {
            "organization": given["organization"] or None,
            "role": given["role"],
            "from": given["from"] or today,
            "until": given["until"] or None,
        }
        try:
            person = Person.model_validate(
                {key: given[key] or None for key in ("name", "email", "language")} | {"appointments": [appointment]}
            )
        except ValidationError as error:
            faults += [f"{file}:{line}: {'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()]
            continue
        # The first row with an address names its person; those after it add appointments.
        first = found.setdefault(person.email.casefold(), person)
        if first is not person:
            merged = [*first.appointments, *person.appointments]
            found[person.email.casefold()] = first.model_copy(update={"appointments": merged})
    if faults or not rows:
        raise CharterProblem(faults or [f"{file}: has no rows; its first line is {','.join(COLUMNS)}"])
    return list(found.values())


def list_(group: GroupId = None) -> None:
    """Everybody, with their roles."""
    with database() as engine, reading(engine) as session:
        charter = queries.charter(session, group or only_group(queries.group_ids(session)))
    for person in charter.people:
        roles = ", ".join(f"{role.role} of {role.organization or 'the group'}" for role in person.appointments)
        print(f"{person.email:<36} {person.name}: {roles or 'no role'}")


def sign_out(
    email: Annotated[str | None, typer.Argument(help="Of a person; left out, everybody of the group.")] = None,
    group: GroupId = None,
) -> None:
    """End every session of a person, or of everybody; tokens and feeds go on, see gmg token revoke."""
    with database() as engine, writing(engine) as session:
        group_id = group or only_group(queries.group_ids(session))
        queries.group_row(session, group_id, lock=True)
        people = queries.people_rows(session, group_id)
        found = [row.id for row in people if email is None or row.email.casefold() == email.casefold()]
        if not found:
            raise not_found("Nobody here has this address; see gmg people list.")
        ended = sessions.end_all(session, group_id, found[0] if email is not None else None)
    print(f"{ended} sessions ended.")


def confirm(group: Annotated[str, typer.Argument(help="The group's id.")]) -> None:
    """Confirm that the addresses of a group are right: from now on mail goes out to them."""
    with database() as engine, writing(engine) as session:
        commands.confirm(session, group, actor="command line")
    print(f"{group}: mail goes out to its people from now on.")
