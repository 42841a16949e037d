"""A charter that somebody has pasted or uploaded: read, its faults by line, and set beside the one in force."""

import difflib
import re
from typing import Annotated, NamedTuple

from fastapi import Depends, Request
from starlette.datastructures import UploadFile

from service.groups.charter import Charter
from service.groups.export import as_yaml
from service.refusals import MAX_BODY
from service.web.frame.forms import Typed

NAME = "charter"
_LINES = 300
_LONGEST = 300
_FAULT = re.compile(rf"{NAME}:(\d+): (?:([^:\s]+): )?(.*)", re.DOTALL)


class Wrong(NamedTuple):
    """A fault of a charter: its line from 1 with what stands there, where that is, and what to write instead."""

    line: int
    stands: str
    where: str
    text: str


class Change(NamedTuple):
    """A line of the comparison: `sign` is + for what comes, - for what goes, a space for what stays."""

    sign: str
    text: str


async def read_pasted(request: Request) -> Typed:
    """The fields of the form; a file that was chosen stands in place of the text. It is to be UTF-8."""
    form = await request.form(max_files=1, max_fields=20, max_part_size=MAX_BODY)
    pairs = [(name, value.replace("\r\n", "\n")) for name, value in form.multi_items() if isinstance(value, str)]
    file = form.get("file")
    if isinstance(file, UploadFile) and file.size:
        raw = await file.read()
        # What cannot be read is marked, so that the fault names its line like any other.
        text = raw.decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n")
        pairs = [(name, value) for name, value in pairs if name != "text"] + [("text", text)]
    return Typed(pairs)


Pasted = Annotated[Typed, Depends(read_pasted)]


def faults_of(faults: list[str], text: str) -> list[Wrong]:
    """The faults that were found in a text, as a table shows them."""
    lines = text.split("\n")
    found = []
    for fault in faults:
        read = _FAULT.fullmatch(fault)
        line = int(read.group(1)) if read else 1
        where, said = (read.group(2) or "", read.group(3)) if read else ("", fault)
        stands = lines[line - 1].strip()[:120] if line <= len(lines) else ""
        found.append(Wrong(line, stands, where, said))
    return found


def differences(before: Charter, after: Charter) -> tuple[list[Change], int]:
    """The lines that differ between two charters as files, each with a line around it, and how many more there are."""
    old, new = (as_yaml(one.model_copy(update={"revision": None})).splitlines() for one in (before, after))
    compared = list(difflib.unified_diff(old, new, n=1, lineterm=""))[2:]
    found = [Change(line[:1], line[1:_LONGEST]) for line in compared if not line.startswith("@@")]
    return found[:_LINES], max(0, len(found) - _LINES)
