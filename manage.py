#!/usr/bin/env python
"""The portal's command line: ``manage.py help`` lists what it can do."""

import os
import sys


def main() -> None:
    """Run one management command.

    On this command line a missing ``SECRET_KEY`` means somebody trying or developing the portal,
    so it turns ``DEBUG`` on unless the environment says otherwise. The entry points of production,
    ``wsgi.py`` and ``asgi.py``, never do that.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moderation_portal.settings")
    if not os.environ.get("SECRET_KEY"):
        os.environ.setdefault("DEBUG", "1")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    from moderation_portal.postgres import PostgresError

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        # These messages say what to do; a traceback would bury them.
        sys.exit(f"Error: {error}")
    except OperationalError as error:
        if isinstance(error.__cause__, PostgresError) or is_of_the_server(error):
            sys.exit(f"Error: {str(error).strip()}")
        raise


def is_of_the_server(error: Exception) -> bool:
    """Whether it tells of a server that is away or has no room, and nothing of the command.

    Without a state it is the connection's; class 08 are connections, too (PgBouncer's errors among
    them), 53 is out of room, memory or connections, 57P a server that stops or starts.
    """
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or state.startswith(("08", "53", "57P"))


if __name__ == "__main__":
    main()
