"""Calendar files as the body of a request."""

from service.strict import file_body

calendar_body = file_body("text/calendar")
