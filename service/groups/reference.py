"""The charter's format, told from its models: a schema for editors (JSON Schema 2020-12), and a page for readers.

Pure: what is told follows from the models alone, so neither can say what a charter would not be held to.
"""

from collections.abc import Iterator
from datetime import date, time
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from service.groups.cadence import Cadence, Rhythm
from service.groups.charter import Charter
from service.groups.decision import FIELDS_OF, VERBS, Decision
from service.groups.parts import FIRST_DAY, LAST_DAY, ClockTime, Day
from service.text import HttpsUrl, Id, Line, Mailbox, Text, Zone

# What a value may be, with the words for it. The words are told under "Values".
_WORDS: tuple[tuple[Any, str], ...] = (
    (Day, "day"), (ClockTime, "time of day"), (Id, "id"), (Line, "line"), (Text, "text"), (Zone, "zone"),
    (HttpsUrl, "https address"), (Mailbox, "mail address"), (Rhythm, "rhythm"),
)  # fmt: skip
_HEAD = """\
# The charter, field by field

What a charter may say, written by `gmg charter schema --format markdown` from the models that read it. How to write
one is told in [charter.md](charter.md). An editor that knows JSON Schema completes and checks a charter while you
write it:

    gmg charter schema > charter.schema.json

and, for the YAML language server, a first line `# yaml-language-server: $schema=charter.schema.json`. It finds what is
misspelt; only `gmg charter check` knows whether the terms fit together.

**needed** says that a field has to be there; where nothing stands, it may be left out. No other field is taken, no
number for a text, no text for a number.

## Values

"""
_VALUES = f"""\
| value | what it is |
|---|---|
| day | `2008-07-01`, from {FIRST_DAY} to {LAST_DAY}, in the group's zone; a range holds its first day and not `until` |
| time of day | `"15:00"`, in quotes, since YAML reads a bare one as a number |
| id | small letters, digits and hyphens, at most 40, beginning with a letter or digit |
| line | one line of at most 300 characters, not empty |
| text | paragraphs of at most 4,000 characters |
| zone | an IANA name such as `Europe/Zurich` |
| https address | `https://host/path`, at most 500 characters |
| mail address | one plain address, `name@agency.example` |
| rhythm | one of the four forms under [Cadence](#cadence) |
"""
_FORMS = """\
The forms of `when`; numbers may be written out up to twelve:

    every 6 weeks on thursday
    every 2 months on the second tuesday            first, second, third, fourth, last
    in month 3 of each term on the second tuesday   or: in the third month of each term …
    2 weeks before handover on tuesday              that day or the last such one before it; or without a weekday
"""


def json_schema() -> dict[str, Any]:
    """The format as JSON Schema. It takes every charter that `gmg charter check` takes; the check sees more."""
    schema = Charter.model_json_schema(by_alias=True)
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema | {"title": "A charter of gmg"}
    schema["$defs"]["Decision"]["oneOf"] = [_names(verb) for verb in VERBS]
    _of_charters(schema)
    return schema


def _names(verb: str) -> dict[str, Any]:
    """A decision with this verb, and what it needs; a field that is null is not given."""
    given = [verb, *sorted(FIELDS_OF[verb][0])]
    return {"required": given, "properties": {name: {"not": {"type": "null"}} for name in given}}


def _of_charters(node: Any) -> None:
    """Say of hours what a charter writes: the framework's own form of a time has seconds and a zone."""
    for one in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        _of_charters(one)
    if isinstance(node, dict) and node.get("format") == "time":
        del node["format"]
        node["pattern"] = r"^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"
        if "default" in node:
            node["default"] = node["default"].removesuffix(":00")


def as_markdown() -> str:
    """Every part with each of its fields: value, default, bounds, meaning."""
    lines = [*_HEAD.splitlines(), *_VALUES.splitlines()]
    for model in _parts(Charter):
        lines += ["", f"## {model.__name__}", "", *_told(model), "", *_table(model)]
        if model is Cadence:
            lines += ["", *_FORMS.splitlines()]
        if model is Decision:
            lines += ["", *_verbs()]
    return "\n".join(lines) + "\n"


def _told(model: type[BaseModel]) -> list[str]:
    return [line.strip() for line in (model.__doc__ or "").strip().splitlines()]


def _parts(model: type[BaseModel]) -> list[type[BaseModel]]:
    """A model and all that it is made of, each once, in the order in which they are met."""
    found, waiting = list[type[BaseModel]](), [model]
    while waiting:
        here = waiting.pop(0)
        if here not in found:
            found.append(here)
            hints = get_type_hints(here, include_extras=True)
            waiting += [part for name in here.model_fields for part in _models(hints[name])]
    return found


def _models(hint: Any) -> Iterator[type[BaseModel]]:
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        yield hint
    for inner in get_args(hint):
        yield from _models(inner)


def _table(model: type[BaseModel]) -> Iterator[str]:
    hints = get_type_hints(model, include_extras=True)
    said = model.model_json_schema(by_alias=True)
    properties = said.get("properties") or said["$defs"][model.__name__]["properties"]
    yield "| field | value | default | meaning |"
    yield "|---|---|---|---|"
    for name, field in model.model_fields.items():
        written = field.alias or name
        value = _value(hints[name]) + _bounds(properties[written])
        default = "**needed**" if field.is_required() else f"`{_shown(field.get_default(call_default_factory=True))}`"
        yield f"| `{written}` | {value} | {default} | {field.description} |".replace("``", "")


def _value(hint: Any) -> str:
    """What a field takes, in words; parts are links."""
    for known, word in _WORDS:
        if hint == known:
            return word
    origin, inside = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _value(inside[0])
    if origin is Literal:
        return ", ".join(f"`{one}`" for one in inside)
    if origin in (Union, UnionType):
        return " or ".join(_value(one) for one in inside if one is not NoneType)
    if origin is list:
        return f"list of {_value(inside[0])}"
    if origin is tuple:
        return "list of two: " + ", ".join(_value(one) for one in inside)
    if origin is dict:
        return f"{_value(inside[1])}, by {_value(inside[0])}"
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return f"[{hint.__name__}](#{hint.__name__.lower()})"
    return {bool: "`true` or `false`", int: "number"}[hint]


def _bounds(schema: dict[str, Any]) -> str:
    """The bounds of numbers and of how many; those of texts follow from their kind."""
    told = []
    for one in (schema, *schema.get("anyOf", ())):
        if one.get("type") == "integer" and "minimum" in one:
            told.append(f"{one['minimum']} to {one['maximum']}")
        most = one.get("maxItems") or one.get("maxProperties")
        if most and "prefixItems" not in one:
            least = f"{one['minItems']} to " if "minItems" in one else "at most "
            told.append(f"{least}{most}")
        items = one.get("items")
        if isinstance(items, dict) and items.get("type") == "integer":
            told.append(f"each {items['minimum']} to {items['maximum']}")
    return f" ({'; '.join(told)})" if told else ""


def _shown(value: Any) -> str:
    """A default as a charter would write it; a part of which nothing is said stands for its own defaults."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, time):
        return f'"{value:%H:%M}"'
    if isinstance(value, date):
        return "" if value == FIRST_DAY else str(value)
    return "{}" if isinstance(value, BaseModel) else str(value).replace("'", "")


def _verbs() -> Iterator[str]:
    yield "Exactly one verb:"
    yield ""
    yield "| verb | needs | may have |"
    yield "|---|---|---|"
    for verb in VERBS:
        needed, allowed = FIELDS_OF[verb]
        order = ("term", "from", "until")
        needs, may = (", ".join(f"`{name}`" for name in order if name in some) for some in (needed, allowed))
        yield f"| `{verb}` | {needs} | {may} |"
