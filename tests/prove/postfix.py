"""A real Postfix on loopback, with a configuration, a queue and mailboxes of its own; it knows no other network."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import NamedTuple

DAEMONS = Path("/usr/lib/postfix/sbin")
_MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = {daemons}
mail_owner = postfix
setgid_group = postdrop
maillog_file = /dev/stdout
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
myhostname = mx.test.example
mydestination =
smtpd_relay_restrictions = permit_mynetworks, reject
# An unknown mailbox is found out on delivery, as behind a relay, so that a notification is sent.
smtpd_reject_unlisted_recipient = no
recipient_delimiter = +
virtual_mailbox_domains = test.example, gmg.example
virtual_mailbox_base = {folder}/boxes
virtual_mailbox_maps = inline:{{ ana@test.example=ana/, gmg@gmg.example=returns/ }}
virtual_minimum_uid = 1
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
default_transport = error:no other network is known here
relay_transport = error:no other network is known here
alias_maps =
alias_database =
"""
_MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
postlog unix-dgram n - n - 1 postlogd
"""


class Server(NamedTuple):
    """Where it listens and keeps its mailboxes."""

    port: int
    boxes: Path

    def mails(self, box: str) -> list[bytes]:
        """The mails that have arrived in a mailbox (`ana`, or `returns` for what came back), oldest first."""
        found = sorted((self.boxes / box / "new").glob("*"), key=lambda path: path.stat().st_mtime)
        return [path.read_bytes() for path in found]


@contextmanager
def running(port: int) -> Iterator[Server]:
    """A Postfix until the block ends; it has to be started by root, who gives each of its parts away."""
    folder = Path(tempfile.mkdtemp(prefix="gmg-postfix-"))
    owner, nobody = pwd.getpwnam("postfix"), pwd.getpwnam("nobody")
    folder.chmod(0o755)
    for name in ("etc", "queue", "data", "boxes"):
        (folder / name).mkdir(mode=0o755)
    os.chown(folder / "data", owner.pw_uid, -1)
    os.chown(folder / "boxes", nobody.pw_uid, nobody.pw_gid)
    values = {"folder": folder, "daemons": DAEMONS, "uid": nobody.pw_uid, "gid": nobody.pw_gid}
    (folder / "etc" / "main.cf").write_text(_MAIN.format(**values))
    (folder / "etc" / "master.cf").write_text(_MASTER.format(port=port))
    log = folder / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(["postfix", "-c", folder / "etc", "start-fg"], stdout=out, stderr=out)
        try:
            wait_until(lambda: b"daemon started" in log.read_bytes() or process.poll() is not None)
            assert process.poll() is None, log.read_text()
            yield Server(port, folder / "boxes")
        finally:
            subprocess.run(["postfix", "-c", folder / "etc", "stop"], stdout=out, stderr=out, check=False)
            process.wait(timeout=20)
            shutil.rmtree(folder, ignore_errors=True)


def wait_until(is_so: Callable[[], object], seconds: float = 15) -> None:
    """Look again and again; what a foreign process does is told by nothing else."""
    end = monotonic() + seconds
    while not is_so():
        assert monotonic() < end, "it did not come about in time"
        sleep(0.05)
