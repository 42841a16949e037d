"""The requests of docs/api.md and their answers, read so that they can be made and compared.

A fenced block `http` is a request where it begins with a method, and the answer to the request before it where it
begins with `HTTP/1.1`. What may differ is marked:

- `{{name}}` in a request is filled in. In an answer it takes the value that stands there, or, where `name` is known
  already, demands it;
- `…` inside a text or line stands for any characters; alone among the fields of an object or the elements of a list it
  stands for further ones, and alone on a line for any lines. Without it an object shows every field that it has.

`<!-- at 2008-05-16T12:00:00Z -->` before a request moves the clock, `<!-- 5 times before -->` makes the request as
often before it is compared. Neither is seen by readers.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.docs_commands import blocks

MORE = "…"
_BEFORE = re.compile(r"<!-- (?:at (?P<at>\S+)|(?P<times>\d+) times before) -->")
_VARIABLE = re.compile(r"\{\{([a-z-]+)\}\}")


class Asked(NamedTuple):
    """A request as it is written: the line it stands on, what comes before it, and its own parts."""

    line: int
    at: str | None
    times: int
    method: str
    target: str
    headers: dict[str, str]
    body: str


class Shown(NamedTuple):
    """An answer as it is written; `line` is that of its status."""

    line: int
    status: int
    headers: dict[str, str]
    body: str


def pairs(text: str) -> Iterator[tuple[Asked, Shown]]:
    """Each request with the answer that is shown for it.

    Raises:
        ValueError: a request without an answer, or an answer without a request; the line is named.
    """
    lines, asked, after = text.split("\n"), None, 0
    for block in blocks(text):
        if block.language == "http":
            first = block.text.split("\n", 1)[0]
            if first.startswith("HTTP/1.1 "):
                if asked is None:
                    raise ValueError(f"line {block.line}: no request stands before this answer")
                yield asked, _shown(block.line, block.text)
                asked = None
            else:
                if asked is not None:
                    raise ValueError(f"line {asked.line}: the answer to this request is not shown")
                asked = _asked(block.line, block.text, "\n".join(lines[after : block.line]))
        after = block.line + block.text.count("\n")
    if asked is not None:
        raise ValueError(f"line {asked.line}: the answer to this request is not shown")


def _asked(line: int, text: str, before: str) -> Asked:
    head, _, body = text.partition("\n\n")
    first, *rest = head.split("\n")
    while rest and rest[0][:1] in (" ", "&", "?"):
        first += rest.pop(0).strip()
    method, target = first.split(" ", 1)
    told = list(_BEFORE.finditer(before))
    at = next((found["at"] for found in reversed(told) if found["at"]), None)
    times = next((int(found["times"]) for found in reversed(told) if found["times"]), 0)
    return Asked(line, at, times, method, target, _headers(rest), body)


def _shown(line: int, text: str) -> Shown:
    head, _, body = text.partition("\n\n")
    first, *rest = head.split("\n")
    return Shown(line, int(first.split(" ")[1]), _headers(rest), body)


def _headers(lines: list[str]) -> dict[str, str]:
    return {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)}


def filled(text: str, known: dict[str, str]) -> str:
    """`text` with each `{{name}}` filled in.

    Raises:
        KeyError: no answer before it has shown that name.
    """
    return _VARIABLE.sub(lambda found: known[found[1]], text)


def read_json(text: str) -> Any:
    """A body that is shown, with `…` among fields and elements as `{"…": "…"}` and `"…"`."""
    out, inside, quoted, place = "", list[str](), False, 0
    while place < len(text):
        sign = text[place]
        if quoted:
            out += text[place : place + 2] if sign == "\\" else sign
            place += 2 if sign == "\\" else 1
            quoted = sign != '"'
            continue
        if sign in "{[":
            inside.append(sign)
        elif sign in "}]":
            inside.pop()
        out += f'"{MORE}": "{MORE}"' if sign == MORE and inside[-1] == "{" else f'"{MORE}"' if sign == MORE else sign
        quoted = sign == '"'
        place += 1
    return json.loads(out)


def differs(shown: Any, given: Any, known: dict[str, str], where: str = "") -> Iterator[str]:
    """Where an answer is not as it is shown; what `{{name}}` takes is put into `known`."""
    if isinstance(shown, dict) and isinstance(given, dict):
        if missing := [name for name in shown if name not in given and name != MORE]:
            yield f"{where or 'the answer'} has no {', '.join(missing)}; it has {', '.join(given)}"
        if MORE not in shown and (unsaid := [name for name in given if name not in shown]):
            yield f"{where or 'the answer'} has {', '.join(unsaid)} as well"
        for name in shown.keys() & given.keys():
            yield from differs(shown[name], given[name], known, f"{where}.{name}")
    elif isinstance(shown, list) and isinstance(given, list):
        yield from _elements(shown, given, known, where)
    elif isinstance(shown, str) and isinstance(given, str):
        yield from differs_text(shown, given, known, where)
    elif isinstance(shown, str) and (found := _VARIABLE.fullmatch(shown)) and isinstance(given, int):
        known[found[1]] = str(given)
    elif shown != given or type(shown) is not type(given):
        yield f"{where} is {json.dumps(given, ensure_ascii=False)}, not {json.dumps(shown, ensure_ascii=False)}"


def _elements(shown: list[Any], given: list[Any], known: dict[str, str], where: str) -> Iterator[str]:
    wanted = [one for one in shown if one != MORE]
    if MORE in shown and shown[-1] != MORE:
        given = given[len(given) - len(wanted) :]
    elif MORE in shown:
        given = given[: len(wanted)]
    if len(given) != len(wanted):
        yield f"{where} has {len(given)} elements, not {len(wanted)}: {json.dumps(given, ensure_ascii=False)}"
    for number, (one, other) in enumerate(zip(wanted, given, strict=False)):
        yield from differs(one, other, known, f"{where}[{number}]")


def differs_text(shown: str, given: str, known: dict[str, str], where: str) -> Iterator[str]:
    """The same for a text, in which `…` stands for anything and `{{name}}` for a value."""
    names: list[str] = []

    def part(found: re.Match[str]) -> str:
        if found[0] == MORE:
            return "(?s:.*?)"
        name = found[1]
        if name in known:
            return re.escape(known[name])
        names.append(name)
        return "(.+?)"

    pattern, place = "", 0
    for found in re.finditer(rf"{MORE}|\{{\{{([a-z-]+)\}}\}}", shown):
        pattern += re.escape(shown[place : found.start()]) + part(found)
        place = found.end()
    taken = re.fullmatch(pattern + re.escape(shown[place:]), given)
    if taken is None:
        yield f"{where} is {given!r}, not {shown!r}"
    else:
        known.update(zip(names, taken.groups(), strict=True))


def differs_lines(shown: str, given: str, known: dict[str, str]) -> Iterator[str]:
    """The same for a body of lines: a line of `…` alone stands for any number of lines."""
    text = shown.rstrip("\n")
    text = re.sub(rf"(?m)^{MORE}\n", MORE, text)
    yield from differs_text(text, given.replace("\r\n", "\n").rstrip("\n"), known, "the body")
