"""Links into the review tool, where a video can be watched."""

from urllib.parse import quote, urlsplit

from django.conf import settings

#: What stands for the video's id in the setting ``VIDEO_URL``.
PLACE = "{video}"


def video_link(public_id: str) -> str:
    """The address of a video in the review tool.

    Empty for an unknown video, and without an address of videos that may be followed: a web server
    starts whatever the system checks say.
    """
    address = str(settings.VIDEO_URL)
    if not (address and public_id) or why_no_video_url(address):
        return ""
    return address.replace(PLACE, quote(public_id, safe=""))


def why_no_video_url(text: str) -> str:
    """What is wrong with an address of videos; empty when nothing is, or there is none."""
    if not text:
        return ""
    if any(character <= " " or character in "\"'<>\\" for character in text):
        return "holds a character that no address has"
    try:
        address = urlsplit(text)
        host = address.hostname
    except ValueError:
        return "is no address"
    if address.scheme != "https" or not host:
        return "is not an https address"
    if PLACE in address.netloc or text.count(PLACE) != 1:
        return f"does not have {PLACE} once, after the host"
    return ""
