"""What the states and kinds of meetings are called, to be said in the language of the page."""

from service.language.speech import N_

STATES = {"proposed": N_("proposed"), "called": N_("called"), "held": N_("held"), "cancelled": N_("cancelled")}
# How a state looks (see static/style.css); the word itself says what it is.
LOOKS = {"proposed": "waiting", "called": "", "held": "done", "cancelled": "refused", "overdue": "late"}
LEVELS = {"principals": N_("principals"), "focal-points": N_("focal points")}
KINDS = {
    "decide": N_("for decision"), "discuss": N_("for discussion"), "inform": N_("for information"),
    "exchange": N_("exchange of news"),
}  # fmt: skip
ITEMS = {
    "proposed": N_("proposed"), "accepted": N_("on the agenda"), "concluded": N_("done"),
    "deferred": N_("left for the next meeting"), "referred": N_("referred to the other level"),
    "withdrawn": N_("withdrawn"), "dropped": N_("dropped"),
}  # fmt: skip
ANSWERS = {
    "accepted": N_("comes"), "tentative": N_("may come"), "declined": N_("does not come"),
    "delegated": N_("has delegated"),
}  # fmt: skip
PRESENCE = {
    "in-person": N_("in the room"), "remote": N_("from afar"), "absent": N_("absent"), "excused": N_("excused"),
}  # fmt: skip
RANKS = {"principal": N_("principal"), "alternate": N_("alternate"), "focal-point": N_("focal point")}
VOTES = {"yes": N_("yes"), "if-need-be": N_("if need be"), "no": N_("no")}
GUESTS = {
    "state": N_("a State"), "civil-society": N_("civil society"), "organization": N_("organization"),
    "expert": N_("expert"),
}  # fmt: skip
MINUTES = {
    "draft": N_("draft"), "circulated": N_("circulated"), "contested": N_("objected to"),
    "adopted": N_("adopted by the members"),
}  # fmt: skip
QUORUMS = {"majority": N_("more than half"), "two-thirds": N_("two thirds"), "all": N_("every member")}
# What happened to a meeting, as its history tells it.
EVENTS = {
    "meeting.proposed": N_("proposed"), "meetings.proposed": N_("proposed"), "meeting.called": N_("called"),
    "meeting.moved": N_("moved"), "meeting.edited": N_("edited"), "meeting.cancelled": N_("cancelled"),
    "meeting.held": N_("put on record as held"), "meeting.withdrawn": N_("gone from the rhythm of meetings"),
    "meeting.aligned": N_("brought into line with rhythm and terms"), "meeting.hosted": N_("another host by the terms"),
    "meeting.answered": N_("answered"), "attendance.noted": N_("attendance noted"),
    "observer.invited": N_("observer invited"), "observer.withdrawn": N_("observer's invitation taken back"),
    "minutes.written": N_("minutes written"), "minutes.circulated": N_("minutes circulated"),
    "minutes.objected": N_("minutes objected to"),
    "minutes.adopted": N_("minutes adopted"), "agenda.carried": N_("items carried to the next meeting"),
    "agenda.ordered": N_("agenda put into order"), "news.told": N_("news told"),
}  # fmt: skip
LOOKS_OF_MINUTES = {"draft": "waiting", "circulated": "waiting", "contested": "refused", "adopted": "done"}
