"""Actions as tables for spreadsheets, out and in. Pure.

A cell that a spreadsheet would take for a formula goes out with a quote in front (threat T28) and comes in
without it. A file comes in with commas or semicolons, whichever its first line has.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from service.language.speech import _, ngettext

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_LIST = re.compile(r"[\s;,]+")
# What a file may hold in each row; `title` is the one that has to be there.
COLUMNS = (
    "key", "title", "text", "owner", "helpers", "assignee", "due", "before", "source", "purposes", "visibility",
)  # fmt: skip
LISTS = ("helpers", "purposes")
ROWS = 500


class Row(NamedTuple):
    """One row of a file: the line on which it begins, and its cells by column; empty ones are left out."""

    line: int
    cells: dict[str, str]


class UnreadableTable(ValueError):
    """The file as a whole is no table of actions; the text says what to do instead."""


def line(cells: Sequence[str]) -> str:
    """A row of a table that goes out, safe in spreadsheets."""
    out = io.StringIO()
    csv.writer(out).writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells])
    return out.getvalue()


def read(raw: bytes) -> list[Row]:
    """The rows of a file that comes in.

    Raises:
        UnreadableTable: it is not UTF-8, no table, has columns that are not known or stand twice, or is too long.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableTable(_("The file is not UTF-8; save it as CSV UTF-8.")) from None
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if ";" in first else ",", strict=True)
    rows: list[Row] = []
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        _check(header)
        begins = reader.line_num + 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append(_row(begins, header, cells))
            if len(rows) > ROWS:
                raise UnreadableTable(
                    ngettext(
                        "The file has more than {n} row; send it in parts.",
                        "The file has more than {n} rows; send it in parts.",
                        ROWS,
                    )
                )
            begins = reader.line_num + 1
    except csv.Error:
        raise UnreadableTable(
            _(
                "The file cannot be read from line {line} on; check its quotes and save it as CSV UTF-8.",
                line=reader.line_num,
            )
        ) from None
    if not rows:
        raise UnreadableTable(_("The file has no rows; write one action in each line below the names of the columns."))
    return rows


def _check(header: list[str]) -> None:
    takes = ", ".join(COLUMNS)
    if "title" not in header:
        raise UnreadableTable(_("The first line does not name the column title; it takes {columns}.", columns=takes))
    if not set(header) <= set(COLUMNS):
        raise UnreadableTable(
            _("The first line names a column that is not known here; it takes {columns}.", columns=takes)
        )
    if len(set(header)) != len(header):
        raise UnreadableTable(_("The first line names a column twice; name each once."))


def _row(begins: int, header: list[str], cells: list[str]) -> Row:
    if len(cells) > len(header):
        # Told with the row, since those around it may be good.
        return Row(begins, {"": "more cells than columns"})
    found = {name: _bare(cell).strip() for name, cell in zip(header, cells, strict=False)}
    return Row(begins, {name: cell for name, cell in found.items() if cell})


def _bare(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


def parts(cell: str) -> Iterator[str]:
    """The entries of a cell that holds a list."""
    return (part for part in _LIST.split(cell) if part)
