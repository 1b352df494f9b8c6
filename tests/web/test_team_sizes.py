"""Portals of any size: insights, the moderators' page and a person's page answer sensibly."""

import re

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from tests.insights.test_people import stored, work

pytestmark = pytest.mark.django_db


def text_of(answer):
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", strip_tags(answer.content.decode()).replace("\u00a0", " "))


@pytest.mark.parametrize(
    ("people", "queue", "named"),
    [(1, "Spam", 0), (2, None, 0), (5, "Spam", 1), (8, None, 1), (40, "Spam", 1)],
)
def test_a_team_of_any_size_gets_whole_answers(client, lea, alice, people, queue, named):
    """Alice rejects 20 of 25 where all others do the same as one another."""
    others = [work(f"m{number:02}", 6, queue=queue) for number in range(people - 1)]
    stored(work("alice", 20, queue=queue), *others)
    client.force_login(lea)
    answer = client.get("/api/v1/insights/").json()
    by_slug = {finding["slug"]: finding for finding in answer["findings"]}
    rejects = by_slug["unusual-reject-rate"]
    assert [person["moderator"] for person in rejects["people"]] == ["alice"] * named
    assert all("nan" not in str(finding).lower() for finding in answer["findings"])
    if people < 5:
        assert rejects["level"] == "too-few"
        (seen,) = rejects["evidence"]["details"]
        assert "would have been seen" in seen
    pages = [
        client.get(reverse("portal:insights"), {"start": ""}),
        client.get(reverse("portal:moderators"), {"start": ""}),
        client.get(reverse("portal:person", args=["alice"]), {"start": ""}),
    ]
    client.force_login(alice)
    pages.append(client.get(reverse("portal:person", args=["alice"]), {"start": ""}))
    for text in map(text_of, pages):
        assert not re.search(r"\bnan\b|\binf\b|None", text)
    own = text_of(pages[-1])
    reason = "Nobody is judged: fewer than 5 people have enough data of this kind."
    assert (reason in own) is (people < 5)
    assert ("Reject rate lies outside its limits." in own) is bool(named)
