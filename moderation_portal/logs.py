"""How lines of the log look, and which of them are mailed."""

import logging
import time
from typing import Any

import structlog
from django.utils.log import AdminEmailHandler

#: Of every line: the request's id, what was given as ``extra``, level, logger and time.
SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]

# A fault that every request meets is told a few times, not thousands.
MAILS_AT_ONCE = 5
MAILS_EVERY_SECONDS = 600


def configuration(*, level: str, as_json: bool, mail: bool) -> dict[str, Any]:
    """The settings' ``LOGGING``: every line to standard error; errors by mail, too, if wished."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": formatter(as_json=as_json), "mail": formatter(as_json=False)},
        "filters": {"few": {"()": FewMails}},
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": "line"},
            "mail": {
                "()": ErrorMailHandler,
                "level": "ERROR",
                "filters": ["few"],
                "formatter": "mail",
            },
        },
        "root": {"handlers": ["console", *(["mail"] if mail else [])], "level": level},
        "loggers": {
            # Tells of failed logins with names and addresses masked; portal.login tells them whole.
            "axes": {"level": "ERROR"},
            # Django's own handlers, which would say and mail everything twice.
            "django": {"handlers": [], "propagate": True},
            # Nonsense that clients send is an error to Django; nobody is mailed for it.
            "django.security": {"handlers": ["console"], "propagate": False},
            # Is in portal.access already.
            "django.server": {"handlers": [], "propagate": False},
        },
    }


def formatter(*, as_json: bool) -> dict[str, Any]:
    """A formatter for ``LOGGING``: JSON for programs, or lines for people."""
    plain = structlog.dev.plain_traceback  # the other one shows what variables hold
    renderers: list[Any] = [
        structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0, exception_formatter=plain)
    ]
    if as_json:
        renderers = [
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(default=str),
        ]
    return {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": [*SHARED, drop_request],
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderers],
    }


def drop_request(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Leave out what Django gives along as objects, and what another handler left behind."""
    for name in ("request", "server_time", "message"):
        event.pop(name, None)
    return event


class FewMails(logging.Filter):
    """Lets so many through in a while, per process."""

    def __init__(self) -> None:
        super().__init__()
        self._sent: list[float] = []

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether this one is mailed."""
        now = time.monotonic()
        self._sent = [at for at in self._sent if now - at < MAILS_EVERY_SECONDS]
        if len(self._sent) >= MAILS_AT_ONCE:
            return False
        self._sent.append(now)
        return True


class ErrorMailHandler(AdminEmailHandler):
    """Mails a line with its traceback to ``ADMINS``; nothing that somebody sent is in it."""

    def emit(self, record: logging.LogRecord) -> None:
        """Send it; a mail server that is away is no further fault."""
        subject = f"{record.levelname}: {record.getMessage()}".splitlines()[0][:200]
        self.send_mail(subject, self.format(record), fail_silently=True)
