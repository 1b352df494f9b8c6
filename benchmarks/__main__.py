"""``python -m benchmarks --size 100k|1m|10m``."""

import os
import sys

import django


def main() -> int:
    """Run with production's settings, whatever the developer's own; return the exit code.

    Days begin in UTC, as in the plain SQL.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moderation_portal.settings")
    os.environ |= {"DEBUG": "0", "TIME_ZONE": "UTC", "HTTPS": "0", "LOG_LEVEL": "WARNING"}
    os.environ.setdefault("SECRET_KEY", "only-for-the-benchmarks-and-therefore-no-secret-at-all")
    os.environ["ALLOWED_HOSTS"] = "127.0.0.1,testserver"
    django.setup()
    # Needs the settings.
    from benchmarks import run

    return run.main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
