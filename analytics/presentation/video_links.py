"""Links into the review tool, where a video can be watched."""

from urllib.parse import quote

from django.conf import settings

#: What stands for the video's id in the setting ``VIDEO_URL``.
PLACE = "{video}"


def video_link(public_id: str) -> str:
    """The address of a video in the review tool; empty without one, and for an unknown video."""
    if not settings.VIDEO_URL or not public_id:
        return ""
    return str(settings.VIDEO_URL).replace(PLACE, quote(public_id, safe=""))
