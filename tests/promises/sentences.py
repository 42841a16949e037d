"""The promises themselves: one sentence each, and the bugs that have to be planted and seen for it."""

from typing import NamedTuple


class Promise(NamedTuple):
    """A promise; `planted` are the bugs that a run has to plant, each of which some test must then see."""

    name: str
    title: str
    sentence: str
    planted: tuple[str, ...]


PROMISES = (
    Promise(
        "P1",
        "A change and its events are one",
        "A change and the events that tell of it are committed together or not at all, wherever the process is killed.",
        ("events_apart", "answer_first", "count_after_commit", "position_apart"),
    ),
    Promise(
        "P2",
        "No message is lost",
        "A message is tried until it is accepted, refused for good, superseded or past its last instant.",
        ("mark_first", "mark_first_in_service"),
    ),
    Promise(
        "P3",
        "A crash repeats one message at the most",
        "A killed worker repeats at most the message it had in its hands, with the same Message-ID and the same bytes.",
        ("mark_last", "fresh_message_id", "fresh_bytes", "fresh_message_id_in_service"),
    ),
    Promise(
        "P4",
        "Without a crash there is no duplicate",
        "However slowly a mail server answers within its deadline, no message goes out twice.",
        ("short_lease", "whole_batch"),
    ),
    Promise(
        "P5",
        "Any number of workers",
        "Workers share the work: a delivery has one owner at a time, and what falls due is recorded and told once.",
        ("no_unique",),
    ),
    Promise(
        "P6",
        "A database that restarts loses nothing",
        "While the database is away a request is answered 503 with Retry-After; what was answered 2xx is there when "
        "it is back, and workers go on by themselves.",
        ("swallow_5xx",),
    ),
    Promise(
        "P7",
        "A mail server that is down for an hour",
        "Nothing is lost, the server is not hammered (12 connections at the most), what is stale is not sent, and the "
        "rest goes within five minutes, what ends first in front.",
        ("no_breaker",),
    ),
    Promise(
        "P8",
        "The chair is a function of dates",
        "A service that slept through handovers shows the right chair before any job has run; each handover becomes "
        "one event with its own instant, and only the newest is told.",
        ("chair_of_the_job", "tells_each"),
    ),
    Promise(
        "P9",
        "A clock that jumps",
        "Three days forward or an hour back: nothing is lost, sent twice or sent in a storm, and no lease and no "
        "look freezes until the hour has come again.",
        ("wall_clock_lease", "wall_clock_robs", "wall_clock_ticker"),
    ),
    Promise(
        "P10",
        "Once a day on the clock on the wall",
        "A time that the clocks skip is the next that exists, one that comes twice is its first; a government that "
        "changes its clocks moves what is to come and nothing that was sent.",
        ("plain_local", "second_time", "every_24_hours"),
    ),
    Promise(
        "P11",
        "A full disk",
        "A write that finds no room fails whole with 507; what is there is still read, and writing goes on without a "
        "restart once there is room.",
        ("commit_in_bits",),
    ),
    Promise(
        "P12",
        "A migration ends at the old or the new revision",
        "Killed at any statement of any revision, the database stands at a revision, never between two.",
        ("upgrade_in_bits",),
    ),
    Promise(
        "P13",
        "A creation that is repeated is done once",
        "The same creation with the same Idempotency-Key gets the first answer; another body under the same key is "
        "refused, also after a crash between commit and answer.",
        ("key_after_commit", "key_after_commit_in_service"),
    ),
    Promise(
        "P14",
        "No change is lost to another",
        "A change names the version that it changes: without it 428, with an old one 412; of two writers none "
        "overwrites the other unseen.",
        ("deferred_tx",),
    ),
    Promise(
        "P15",
        "Order is not promised, and not needed",
        "Each event says its place in the order of its group: whoever keeps the highest of each subject ends at the "
        "newest state, in whatever order they come.",
        ("same_sequence", "falling_sequence"),
    ),
    Promise(
        "P16",
        "A restored backup sends nothing by itself",
        "What had not been sent when a backup was made is held after a restore until somebody lets it go, and then "
        "goes with its first Message-ID.",
        ("resend_on_restore",),
    ),
    Promise(
        "P17",
        "A service that is told to stop",
        "It claims nothing more, finishes what it has in hand, puts back what it has not begun, and ends with 0.",
        ("claim_after_stop", "kill_on_stop"),
    ),
)
BY_NAME = {promise.name: promise for promise in PROMISES}
DATABASES = ("SQLite", "PostgreSQL")
