"""The documents as a program sees them: blocks of code, the `gmg` commands in them, links and headings.

`faults_of(path)` names every `gmg` command of a Markdown file that the program does not know as it is written there:
a verb, an option, a value that is missing or too many. Blocks between fences and blocks set in by four spaces count;
so does `gmg …` in a line of text, where only verbs and options are looked at.
"""

import re
import shlex
from collections.abc import Iterator
from enum import EnumType
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import typer

from service.cli import app

ROOT = Path(__file__).parents[1]
_FENCE = re.compile(r"^(\s*)(`{3,}|~{3,})\s*(.*)$")
_INLINE = re.compile(r"`(gmg [^`\n]+)`")
# Lines end a command; so do the shell's own signs, which stand alone in what we write.
_SHELL = {"|", "||", "&&", ";", "&", ">", ">>", "<", "2>"}
# What may stand before the command: settings, and programs that run another.
_SETTING = re.compile(r"^[A-Z][A-Z0-9_]*=\S*$")


class Block(NamedTuple):
    """A block of code: its word behind the fence (empty where set in), the line it begins on (from 1), its text."""

    language: str
    line: int
    text: str


class Said(NamedTuple):
    """A `gmg` command in a document: the line, the words behind `gmg`, and whether it is written out in full."""

    line: int
    words: list[str]
    whole: bool


def blocks(text: str) -> Iterator[Block]:
    """Every block of code of a document, in order; fences may be set in, as in lists."""
    lines = text.split("\n")
    number, before = 0, ""
    while number < len(lines):
        line = lines[number]
        if fence := _FENCE.match(line):
            first = number + 1
            inside, number = _until_closed(lines, first, fence[2])
            yield Block(fence[3].strip(), first + 1, "\n".join(inside))
        elif line.startswith("    ") and not before.strip():
            first = number
            while number < len(lines) and (lines[number].startswith("    ") or not lines[number].strip()):
                number += 1
            yield Block("", first + 1, "\n".join(one[4:] for one in lines[first:number]).rstrip("\n"))
            before = ""
            continue
        before = lines[number] if number < len(lines) else ""
        number += 1


def _until_closed(lines: list[str], first: int, fence: str) -> tuple[list[str], int]:
    for number in range(first, len(lines)):
        if lines[number].strip().startswith(fence):
            return lines[first:number], number
    raise ValueError(f"line {first}: the fence is never closed")


def plain(text: str) -> str:
    """The document without its blocks of code, line for line."""
    lines = text.split("\n")
    for block in blocks(text):
        for number in range(block.line - 1, block.line - 1 + block.text.count("\n") + 1):
            lines[number] = ""
    return "\n".join(lines)


def commands(text: str) -> Iterator[Said]:
    """Every `gmg` command of a document. What stands behind two spaces is taken for an explanation."""
    for block in blocks(text):
        if block.language in {"", "sh", "bash", "shell", "console", "text"}:
            for offset, line in _joined(block.text):
                yield from (Said(block.line + offset, words, True) for words in _in_line(line))
    for number, line in enumerate(plain(text).split("\n"), start=1):
        for found in _INLINE.findall(line):
            yield from (Said(number, words, False) for words in _in_line(found))


def _joined(text: str) -> Iterator[tuple[int, str]]:
    """Lines with those that a backslash carries on, and the number of the first."""
    held, first = "", 0
    for number, line in enumerate(text.split("\n")):
        first = first if held else number
        held += re.sub(r"\s*\\$", " ", line.lstrip() if held else line)
        if not line.endswith("\\"):
            yield first, held
            held = ""


def _in_line(line: str) -> Iterator[list[str]]:
    line = re.sub(r"^\s*[$#] ", "", line).strip()
    line = re.split(r"\s{2,}|\s#\s", line)[0]
    words: list[str] = []
    for word in [*_words(line), ";"]:
        if word not in _SHELL:
            words.append(word)
            continue
        if called := _called(words):
            yield called
        words = []


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line.replace("$(", "(").replace(";", " ; "))
    except ValueError:
        return line.split()


def _called(words: list[str]) -> list[str] | None:
    """What stands behind `gmg`, where that is the program, or what another one runs (`sudo`, `docker compose exec`)."""
    if any(word.startswith("argv=") for word in words):
        return None
    while words and _SETTING.match(words[0]):
        words = words[1:]
    if not words:
        return None
    for place, word in enumerate(words):
        if word == "gmg" or word.endswith("/gmg"):
            runs = place == 0 or words[0].lstrip("(") in {
                "sudo",
                "docker",
                "env",
                "exec",
                "runuser",
                "su",
                "time",
                "nice",
            }
            following = words[place + 1 : place + 2]
            # `sudo -u gmg gmg …`: the first is a user.
            if following and (following[0] == "gmg" or following[0].endswith("/gmg") or following[0].startswith("/")):
                continue
            if runs and (place == 0 or words[place - 1] not in {"-u", "--user"}):
                return words[place + 1 :]
    return None


def fault(said: Said) -> str | None:
    """What the program would refuse of a command, or None; names of values (`FILE`, `ID`) stand for a value."""
    command: Any = _program()
    words, path = list(said.words), ["gmg"]
    while hasattr(command, "commands") and words and not words[0].startswith("-"):
        found = command.commands.get(words[0])
        if found is None:
            if not said.whole and re.fullmatch(r"[^a-z]\S*|…", words[0]):
                return None
            return f"{' '.join(path)} has no {words[0]}; it has {', '.join(sorted(command.commands))}"
        command, path = found, [*path, words.pop(0)]
    if "--help" in words:
        return None
    context = command.context_class(command, info_name=path[-1])
    try:
        given, left, _ = command.make_parser(context).parse_args(words)
    except Exception as refused:  # the parser's own errors, whichever parser it is
        return f"{' '.join(path)}: {getattr(refused, 'message', refused)}"
    if left:
        return f"{' '.join(path)} takes no further word, and {left[0]} is one"
    if not said.whole:
        return None
    if hasattr(command, "commands") and not command.invoke_without_command and not words:
        return f"{' '.join(path)} needs one of {', '.join(sorted(command.commands))}"
    for wanted in command.params:
        value = given.get(wanted.name)
        if wanted.required and value in (None, ()):
            return f"{' '.join(path)} needs {wanted.opts[0]}"
        choices = getattr(wanted.type_descriptor, "annotation", None)
        if isinstance(choices, EnumType) and isinstance(value, str) and not value.isupper():
            members: dict[str, Any] = dict(choices.__members__)
            known = [str(one.value) for one in members.values()]
            if value not in known:
                return f"{' '.join(path)} {wanted.opts[0]} knows no {value}; it knows {', '.join(known)}"
    return None


@cache
def _program() -> Any:
    return typer.main.get_command(app)


def faults_in(text: str, name: str) -> list[str]:
    """`name:line: gmg …: what is wrong` for each command that would be refused."""
    return [
        f"{name}:{said.line}: gmg {' '.join(said.words)}: {wrong}" for said in commands(text) if (wrong := fault(said))
    ]


def faults_of(path: Path) -> list[str]:
    """The same for a file of this project."""
    return faults_in(path.read_text(encoding="utf-8"), str(path.relative_to(ROOT)))


_LINK = re.compile(r"(?<!\\)!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(([^()\s]+(?:\([^()]*\))?)(?:\s+\"[^\"]*\")?\)")
_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$")


def links(text: str) -> Iterator[tuple[int, str]]:
    """Where a document leads to, with the line of each link; not those in code."""
    for number, line in enumerate(plain(text).split("\n"), start=1):
        for target in _LINK.findall(re.sub(r"`[^`]*`", "``", line)):
            yield number, target


def anchors(text: str) -> set[str]:
    """The names of a document's headings, as GitHub and GitLab make them, and those set by hand."""
    found: dict[str, int] = {}
    for line in plain(text).split("\n"):
        if heading := _HEADING.match(line):
            shown = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading[2]).replace("`", "")
            slug = re.sub(r"[^\w\- ]", "", shown.strip().lower()).replace(" ", "-")
            times = found.get(slug, 0)
            found[slug] = times + 1
            if times:
                found[f"{slug}-{times}"] = 1
    return set(found) | set(re.findall(r"<a (?:id|name)=\"([^\"]+)\"", text))


def broken_links(path: Path) -> list[str]:
    """`file:line: target: why` for each link of a file of this project that leads nowhere; the web is not asked."""
    text, found = path.read_text(encoding="utf-8"), []
    for line, target in links(text):
        if re.match(r"[a-z][a-z0-9+.-]*:", target):
            continue
        name, _, anchor = target.partition("#")
        leads = (path.parent / name).resolve() if name else path
        where = f"{path.relative_to(ROOT)}:{line}: {target}"
        if not leads.is_relative_to(ROOT) or not leads.exists():
            found.append(f"{where}: there is no such file")
        elif anchor and leads.suffix == ".md" and anchor not in anchors(leads.read_text(encoding="utf-8")):
            found.append(f"{where}: {leads.name} has no such heading")
    return found
