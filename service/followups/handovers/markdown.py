"""A dossier as Markdown. Pure: what people wrote stands in it as they wrote it, and is markup nowhere."""

import re

from service.followups.handovers.contents import Cell, Dossier, Section

_MARKUP = re.compile(r"([\\*_\[\]<>~#&!])")
# Where these two meet in a table, readers differ on which is escaped; nobody takes an entity for either.
_ENTITIES = str.maketrans({"`": "&#96;", "|": "&#124;"})
# What makes a list, a heading or a rule at the beginning of a line.
_BEGINS = re.compile(r"^([-+=]|\d{1,9}(?=[.)]))", re.MULTILINE)


def markdown(dossier: Dossier) -> str:
    """The whole dossier as CommonMark with tables."""
    facts = "\n".join(f"- **{_text(name)}**: {_text(value)}" for name, value in dossier.facts)
    parts = [f"# {_text(dossier.title)}", facts, *(_section(section) for section in dossier.sections)]
    return "\n\n".join(parts) + "\n"


def _section(section: Section) -> str:
    parts = [f"## {_text(section.title)}"]
    parts += [_text(text) for text in section.texts]
    if section.table is not None:
        heads = tuple(_text(column) for column in section.table.columns)
        lines = [heads, tuple("---" for _ in heads)]
        parts.append(
            "\n".join(
                [
                    *(f"| {' | '.join(line)} |" for line in lines),
                    *(f"| {' | '.join(_cell(one) for one in row)} |" for row in section.table.rows),
                ]
            )
        )
    elif not section.texts:
        parts.append(section.none)
    return "\n\n".join(parts)


def _cell(cell: Cell) -> str:
    text = "<br>".join(_text(line) for line in cell.text.splitlines())
    return f"[{text}](<{cell.url.replace('|', '%7C')}>)" if cell.url else text


def _text(text: str) -> str:
    """As it was written, but for the white space at both ends of a line."""
    escaped = _MARKUP.sub(r"\\\1", "\n".join(line.strip() for line in text.strip().splitlines()))
    return _BEGINS.sub(_kept, escaped).translate(_ENTITIES)


def _kept(found: re.Match[str]) -> str:
    """A digit is no markup itself, so the backslash goes before the dot behind it."""
    return f"{found[0]}\\" if found[1].isdigit() else f"\\{found[1]}"
