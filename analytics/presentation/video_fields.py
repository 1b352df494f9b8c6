"""The fields of a view as the session's page and the admin show them."""

from analytics.imports.sessions.fields import VIDEOS

# These have cells of their own making: links, marks, words.
CUSTOM_CELLS = ("videoId", "status", "watched", "loopTime", "keys", "soundMuted")
#: The others, whose values are shown as they are, behind them.
PLAIN_FIELDS = tuple(field for field in VIDEOS.fields if field.name not in CUSTOM_CELLS)
