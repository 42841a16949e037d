"""How mails are written and read: as the library does, but with the class of each header made once.

`HeaderRegistry` makes a class for every header of every mail, which is a third of all the time that a mail takes.
"""

from email import policy
from email.headerregistry import HeaderRegistry


class _Headers(HeaderRegistry):
    def __init__(self) -> None:
        super().__init__()
        self._made: dict[str, type] = {}

    def __getitem__(self, name: str) -> type:
        name = name.lower()
        # Only names that it knows are kept: others come from whoever writes to us.
        if name not in self.registry:
            return super().__getitem__(name)
        if name not in self._made:
            self._made[name] = super().__getitem__(name)
        return self._made[name]


_HEADERS = _Headers()
# A subject of a common length stays on one line: folded ones are shown with a space in front by some readers.
WRITING = policy.SMTP.clone(max_line_length=200, header_factory=_HEADERS)
READING = policy.default.clone(header_factory=_HEADERS)
