"""What is said to somebody, before any channel gives it its form: one shape for every message. Pure."""

from typing import NamedTuple

from pydantic import BaseModel, ConfigDict


class Reader(NamedTuple):
    """Who reads: their name and mailbox, whom they serve (empty for the group itself), and their duty station."""

    name: str
    address: str
    organization: str
    city: str
    zone: str


class Message(BaseModel):
    """A message in one language, all of it in whole sentences.

    `lead` is the one sentence that matters; `notes` follow it. `changes` are (what, before, now), `facts`
    (what, how it is), `lists` headings with their lines, `text` somebody else's words, `actions` what can be done
    with the link that does it, `because` why the reader gets it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    subject: str
    lead: str
    notes: tuple[str, ...] = ()
    changes: tuple[tuple[str, str, str], ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    lists: tuple[tuple[str, tuple[str, ...]], ...] = ()
    text: str = ""
    actions: tuple[tuple[str, str], ...] = ()
    because: str = ""
    language: str = "en"
