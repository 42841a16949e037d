"""The kinds of messages that people get, and what a reader may choose for each. Pure data.

A duty of office cannot be switched off, nor put off into a digest; it may reach its reader by another channel. What
carries an entry for a calendar stays a message of its own, since a digest would lose it; but for a handover between
others, whose entry stands in the feeds: who wants that in a digest gets it without.
"""

from typing import Literal, NamedTuple

from service.language.speech import N_

Form = Literal["at-once", "daily", "weekly", "none"]
FORMS: tuple[Form, ...] = ("at-once", "daily", "weekly", "none")
_DUTY: tuple[Form, ...] = ("at-once",)
_OWN_WORK: tuple[Form, ...] = ("at-once", "daily", "weekly")
_AT_ONCE_OR_NOT: tuple[Form, ...] = ("at-once", "none")


class Kind(NamedTuple):
    """A kind of message: what people call it, what belongs to it, and the forms that a reader may choose.

    `personal` is what answers a request of the reader's own, this minute: it goes out whatever was chosen. What is
    not `shown` offers nothing to choose.
    """

    id: str
    name: str
    about: str
    forms: tuple[Form, ...]
    personal: bool = False
    shown: bool = True

    @property
    def is_duty(self) -> bool:
        return self.forms == _DUTY

    @property
    def may_be_none(self) -> bool:
        return "none" in self.forms


KINDS = {
    kind.id: kind
    for kind in (
        Kind("sign-in", N_("Links to sign in"), N_("What you ask for yourself."), _DUTY, True, False),
        Kind(
            "chair",
            N_("The chair that you hold or will hold"),
            N_("Your own turn: reminders, the question whether you take it, what the chair has to do."),
            _DUTY,
        ),
        Kind(
            "handovers",
            N_("Handovers between others"),
            N_("Reminders that the chair passes, and changes of what was announced."),
            FORMS,
        ),
        Kind(
            "invitations",
            N_("Invitations"),
            N_("Meetings that are called, changed or cancelled, as entries for your calendar."),
            _AT_ONCE_OR_NOT,
        ),
        Kind(
            "meetings",
            N_("Reminders of meetings"),
            N_("Agenda items, documents, answers and news that are still missing, the day before."),
            FORMS,
        ),
        Kind("minutes", N_("Minutes"), N_("Minutes that are circulated and adopted."), FORMS),
        Kind("polls", N_("Polls"), N_("Questions when a meeting suits you."), FORMS),
        Kind(
            "decisions",
            N_("Decisions that wait for your answer"),
            N_("Who is silent agrees: you are asked, and reminded before the silence ends."),
            _DUTY,
        ),
        Kind("decision-news", N_("What became of decisions"), N_("Decisions that are adopted or contested."), FORMS),
        Kind(
            "actions",
            N_("Your actions"),
            N_("Actions given to you, due soon, and overdue."),
            _OWN_WORK,
        ),
        Kind("activities", N_("Common activities"), N_("Activities you take part in, and their milestones."), FORMS),
        Kind("notices", N_("News of the members"), N_("What the members let each other know, on Mondays."), FORMS),
        Kind("people", N_("Changes of people"), N_("Who is appointed and whose appointment ends."), FORMS),
        Kind("digest", N_("Digests"), N_("What was gathered for you by your own choice."), _DUTY, shown=False),
        Kind(
            "faults",
            N_("Faults in delivery"),
            N_("Mailboxes and endpoints that do not take what is sent to them."),
            _DUTY,
        ),
    )
}
