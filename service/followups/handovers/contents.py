"""A dossier as values, said once for page, Markdown and PDF: a sheet of sections, each with texts and tables. Pure.

Every word in it is text and nothing else: who shows it escapes it for where it stands.
"""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Cell(Value):
    """What stands in one place: a text, and where it leads, if anywhere."""

    text: str
    url: str | None = None


class Table(Value):
    """Rows under named columns; `widths` says how they share the page."""

    columns: tuple[str, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[Cell, ...], ...]


class Section(Value):
    """One heading with its texts (a paragraph each, as they were written) and a table.

    A section without either says that there is nothing.
    """

    title: str
    texts: tuple[str, ...] = ()
    table: Table | None = None
    none: str = "None."


class Dossier(Value):
    """All of it: who hands over what to whom. `facts` are (name, value); `running` stands on each page."""

    title: str
    running: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]


def table(columns: Sequence[tuple[str, int]], rows: Sequence[Sequence[str | Cell]]) -> Table | None:
    """A table of named columns with their widths; None where it would have no row."""
    if not rows:
        return None
    return Table(
        columns=tuple(name for name, _ in columns),
        widths=tuple(width for _, width in columns),
        rows=tuple(tuple(one if isinstance(one, Cell) else Cell(text=one) for one in row) for row in rows),
    )
