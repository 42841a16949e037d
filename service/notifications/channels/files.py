"""Mail as files: one `.eml` for each message in a directory, for trying out and for groups not yet confirmed."""

import os
from pathlib import Path

from service.notifications.outbox.dispatch import Message, NotNow


class Files:
    """Writes each message under its id; a repeated attempt writes the same file again."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def send(self, message: Message) -> str:
        target = self.directory / f"{message.at:%Y-%m-%d}-{message.recipient.partition('@')[0]}-{message.id}.eml"
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            partial = target.with_suffix(f".{os.getpid()}")
            partial.write_bytes(message.body)
            partial.replace(target)
        except OSError as error:
            raise NotNow(f"the file could not be written: {error.strerror}") from None
        return target.name
