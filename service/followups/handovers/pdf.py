"""A dossier as a PDF, made offline. The words go in as data, so nothing that anybody wrote is read as markup."""

import json
import re
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

import structlog
import typst

from service.followups.handovers.contents import Dossier

# So long a word may have to be broken to stay on the page.
_LONG = re.compile(r"(\S{32})(?=\S)")
_BREAK = "\u200b"
log = structlog.get_logger()


class NoPdf(RuntimeError):
    """The PDF could not be made."""


def pdf(dossier: Dossier, standing: str, at: datetime) -> bytes:
    """The dossier on A4; the same values give the same bytes on one machine, since `at` stands for the present.

    `standing` says on each page whether it is frozen. Latin, Greek and Cyrillic letters come along; those of other
    scripts are shown where the machine has a font for them.

    Raises:
        NoPdf: it could not be made.
    """
    shown = _breakable(dossier.model_dump() | {"standing": standing})
    try:
        made = typst.compile(
            _template(), format="pdf", sys_inputs={"dossier": json.dumps(shown)}, timestamp=int(at.timestamp())
        )
    except typst.TypstError as error:
        log.error("no dossier as a PDF", error=str(error)[:300])
        raise NoPdf from error
    if not isinstance(made, bytes):
        raise NoPdf
    return made


@cache
def _template() -> bytes:
    return (files("service") / "followups" / "handovers" / "dossier.typ").read_bytes()


def _breakable(value: Any, name: str = "") -> Any:
    if isinstance(value, str):
        return value if name == "url" else _LONG.sub(rf"\1{_BREAK}", value)
    if isinstance(value, dict):
        return {name: _breakable(part, name) for name, part in value.items()}
    return [_breakable(part) for part in value] if isinstance(value, list | tuple) else value
