"""Links into the review tool."""

import pytest

from analytics.video_links import video_link


def test_an_id_is_percent_encoded_whole(settings):
    settings.VIDEO_URL = "https://review.example.org/watch/{video}?from=portal"
    assert video_link('a/b?c#d&"ü') == (
        "https://review.example.org/watch/a%2Fb%3Fc%23d%26%22%C3%BC?from=portal"
    )
    assert video_link("{video}") == "https://review.example.org/watch/%7Bvideo%7D?from=portal"


def test_without_an_address_or_an_id_there_is_no_link(settings):
    settings.VIDEO_URL = ""
    assert video_link("v1") == ""
    settings.VIDEO_URL = "https://review.example.org/{video}"
    assert video_link("") == ""


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert('{video}')",
        "http://review.example.org/{video}",
        "https://{video}.example.org/",
        "https://review.example.org/watch",
    ],
)
def test_an_address_that_the_system_check_refuses_is_no_link(settings, address):
    settings.VIDEO_URL = address
    assert video_link("v1") == ""
