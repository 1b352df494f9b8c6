"""The page in plain words, which is a document of docs/ too."""

import re
from html import unescape
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

DOCUMENT = Path(__file__).parents[2] / "docs" / "for-moderators.md"
#: What no plain text needs: marks, lines of tables, addresses of links.
MARKS = re.compile(r"\]\([^)]*\)|^\|[-| ]+\|$|[\[\]*#]", re.MULTILINE)


def words(text):
    return re.findall(r"\S+", text)


def test_the_page_and_the_document_have_the_same_words(client, alice):
    client.force_login(alice)
    page = client.get(reverse("portal:for-moderators")).content.decode()
    section = re.search(r'<section class="card span-12 prose".*?</section>', page, re.DOTALL)[0]
    _title, body = DOCUMENT.read_text().split("\n", 1)
    assert words(unescape(strip_tags(section))) == words(MARKS.sub("", body).replace("|", " "))


@pytest.mark.parametrize("name", ["portal:person", "portal:who-looked"])
def test_a_moderator_is_led_to_it(client, alice, name):
    client.force_login(alice)
    page = client.get(reverse(name, args=["alice"])).content.decode()
    assert reverse("portal:for-moderators") in page
