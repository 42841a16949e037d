"""`gmg doctor`: whether all is as it should be, a line for each thing that was looked at."""

import json
from enum import StrEnum
from typing import Annotated

import typer

from service import settings
from service.keeping.doctor.looking import examine


class Form(StrEnum):
    text = "text"
    json = "json"


def add(app: typer.Typer) -> None:
    app.command("doctor")(doctor)


def doctor(form: Annotated[Form, typer.Option("--format")] = Form.text) -> None:
    """Look at settings, machine, database, outbox and mail server; exit 1 when something is wrong."""
    found = []
    for one in examine(settings.read):
        found.append(one)
        if form is Form.text:
            print(f"{one.state:<4}  {one.check:<16}  {one.text}", flush=True)
    if form is Form.json:
        print(json.dumps({"findings": [one._asdict() for one in found]}, indent=2))
    if any(one.state == "fail" for one in found):
        raise typer.Exit(1)
