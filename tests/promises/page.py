"""The page of the promises: what each says, which tests show it, and what the last run saw."""

from collections.abc import Iterable

from tests.promises.gathering import FIGURES, Shown
from tests.promises.sentences import DATABASES

# A line that begins so tells of one run; all others say the same after every run.
RUN = "Last run"
_OPENING = """# What the service promises

Each promise has tests that fail when it is broken, and bugs that are planted on purpose so that a run shows that the
tests do see them. `make promises` runs them all and writes this page; `make prove` fails when a promise has no test
that passed on each database, a bug was not seen, or this page says other than the run. `make prove-long` runs them at
full length: twenty seeds, a thousand mails, a kill at every statement, a file system of two megabytes.

*Kills* are processes ended by SIGKILL, *lost* and *duplicated* count messages and creations, *cases* are instants,
days or statements that were tried.
"""
_TELL = {"cases": "cases", "kills": "kills", "restarts": "restarts of the database", "accepted": "accepted"}


def page(found: Iterable[Shown], ran: str, form: str) -> str:
    """The page after a run on the day `ran`, in short or long `form`."""
    found = list(found)
    parts = [_OPENING, f"{RUN}: {ran}, {form} form.\n"]
    parts += ["| | promise | tests | bugs planted and seen |", "|---|---|---|---|"]
    for one in found:
        name, title = one.promise.name, one.promise.title
        parts.append(f"| [{name}](#{_anchor(one)}) | {title} | {len(one.tests)} | {len(one.planted)} |")
    return "\n".join(parts) + "\n" + "".join(_section(one) for one in found)


def shape(text: str) -> str:
    """What a page says whatever the run: without the lines that tell of one."""
    return "\n".join(line for line in text.splitlines() if not line.startswith(RUN))


def _anchor(one: Shown) -> str:
    kept = "".join(letter for letter in one.promise.title.lower() if letter.isalnum() or letter in " -")
    return f"{one.promise.name}-{kept}".lower().replace(" ", "-")


def _section(one: Shown) -> str:
    lines = [f"\n## {one.promise.name} {one.promise.title}\n", one.promise.sentence + "\n"]
    lines += [f"- `{test}`{_on(databases)}" for test, databases in sorted(one.tests.items())]
    if one.planted:
        lines.append("\nPlanted and seen:\n")
        for bug, tests in sorted(one.planted.items()):
            lines.append(f"- `{bug}`: {', '.join(f'`{test}`' for test in sorted(tests))}")
    lines.append(f"\n{RUN}: {_figures(one)}.\n")
    return "\n".join(lines)


def _on(databases: set[str]) -> str:
    named = [name for name in DATABASES if name in databases]
    return f" ({' and '.join(named)})" if named else ""


def _figures(one: Shown) -> str:
    said = [f"{one.passed} test runs passed"]
    if one.seeds:
        said.append(f"{len(one.seeds)} seed{'s' if len(one.seeds) > 1 else ''}")
    said += [f"{one.figures[name]:,} {_TELL.get(name, name)}" for name in FIGURES if name in one.figures]
    return ", ".join(said)
