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
        # Class 53: out of room, memory or connections.
        out_of_resources = str(getattr(error.__cause__, "sqlstate", "")).startswith("53")
        if isinstance(error.__cause__, PostgresError) or out_of_resources:
            sys.exit(f"Error: {error}")
        raise


if __name__ == "__main__":
    main()
