"""Reads the YAML text of a charter into plain values and remembers where each of them stood."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

import yaml

MAX_BYTES = 1_000_000
MAX_DEPTH = 20

Path = tuple[str | int, ...]


class CharterProblem(ValueError):
    """One or more faults of a charter, each as `file:line: where: what to write instead`."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass
class Source:
    """The values of a charter file with the line (from 1) of every value, by its path."""

    name: str
    data: Any
    lines: dict[Path, int] = field(default_factory=dict)

    def line(self, path: Path) -> int:
        """The line of the value at `path`, or of the nearest value around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def fault(self, path: Path, message: str) -> str:
        where = ".".join(str(step) for step in path) or "charter"
        return f"{self.name}:{self.line(path)}: {where}: {message}"


class _Reader(yaml.SafeLoader):
    """Refuses what can make a small file large (anchors) or deep, and double keys."""

    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise yaml.MarkedYAMLError(
                problem="anchors and aliases (& and *) are not taken; write the value out",
                problem_mark=event.start_mark,
            )
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise yaml.MarkedYAMLError(problem=f"nested deeper than {MAX_DEPTH} levels", problem_mark=event.start_mark)
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def read(text: str | bytes, name: str = "charter") -> Source:
    """Parse `text`; errors carry `name` and a line.

    Raises:
        CharterProblem: the text is too large, not UTF-8, not YAML, or repeats a key.
    """
    if len(text) > MAX_BYTES:
        raise CharterProblem([f"{name}:1: the file is larger than {MAX_BYTES} bytes; split the group or drop text"])
    try:
        plain = text.decode() if isinstance(text, bytes) else text
        loader = _Reader(plain)
        node = loader.get_single_node()
        source = Source(name, None)
        source.data = _values(loader, node, (), source) if node is not None else None
    except UnicodeDecodeError as error:
        raise CharterProblem([f"{name}:1: the file is not UTF-8 (byte {error.start}); save it as UTF-8"]) from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise CharterProblem([f"{name}:{line}: {error.problem or 'not readable as YAML'}"]) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise CharterProblem([f"{name}:1: not readable as YAML: {str(error).splitlines()[0]}"]) from None
    return source


def _values(loader: _Reader, node: yaml.Node, path: Path, source: Source) -> Any:
    source.lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        return [_values(loader, item, (*path, at), source) for at, item in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        found: dict[Hashable, Any] = {}
        for key_node, value_node in node.value:
            key = _scalar(loader, key_node)
            if isinstance(key, bool):
                key = key_node.value  # YAML 1.1 reads on, off, yes and no as truth values; as keys they are words.
            if not isinstance(key, str | int):
                raise yaml.MarkedYAMLError(
                    problem=f"the key {key!r} is not a word; put it in quotes",
                    problem_mark=key_node.start_mark,
                )
            if key in found:
                raise yaml.MarkedYAMLError(
                    problem=f"the key {key!r} stands twice; keep one", problem_mark=key_node.start_mark
                )
            found[key] = _values(loader, value_node, (*path, key), source)
        return found
    return _scalar(loader, node)


def _scalar(loader: _Reader, node: yaml.Node) -> Any:
    try:
        return loader.construct_object(node, deep=True)
    except ValueError as error:
        raise yaml.MarkedYAMLError(problem=f"{node.value}: {error}", problem_mark=node.start_mark) from None
