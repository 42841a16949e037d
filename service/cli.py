"""The `gmg` command. Exit codes: 0 done, 1 the answer is no, 2 wrong usage, 78 wrong configuration."""

import sys

import typer
from sqlalchemy.exc import OperationalError, ProgrammingError

from service.commandline import (
    audits,
    bounces,
    chairs,
    charters,
    doctor,
    keeping,
    outbox,
    people,
    reports,
    serving,
    simulating,
    tokens,
    watching,
)
from service.groups.source import CharterProblem
from service.problems import Problem
from service.rotation.values import RotationProblem
from service.settings import EX_CONFIG, WrongSettings
from service.wiring import wire

app = typer.Typer(
    help="The chair of a group that is chaired in turn: who, until when and why.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
chairs.add(app)
charters.add(app)
people.add(app)
tokens.add(app)
reports.add(app)
audits.add(app)
bounces.add(app)
outbox.add(app)
simulating.add(app)
serving.add(app)
keeping.add(app)
watching.add(app)
doctor.add(app)


def main() -> int:
    """Run the command line; every refusal says what to do instead."""
    wire()
    try:
        app(standalone_mode=True)
    except WrongSettings as wrong:
        print("These settings cannot be used:", file=sys.stderr)
        for fault in wrong.faults:
            print(f"- {fault}", file=sys.stderr)
        return EX_CONFIG
    except (OperationalError, ProgrammingError) as error:
        print(f"The database does not answer as it should: {error.orig}", file=sys.stderr)
        print("Is it there, and at the newest revision? Try gmg migrate.", file=sys.stderr)
        return 1
    except CharterProblem as problem:
        print("\n".join(problem.faults), file=sys.stderr)
        return 1
    except RotationProblem as problem:
        print("\n".join(text for _, text in problem.faults), file=sys.stderr)
        return 1
    except Problem as problem:
        print(problem.detail, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
