"""A number about a person is the same wherever it stands: finding, comparison, API, CSV, page."""

import csv
from datetime import timedelta

import numpy as np
import pytest
from django.urls import reverse

from tests.insights.conftest import plain
from tests.insights.test_people import START, session_of, stored

pytestmark = pytest.mark.django_db

OF_WORK = ("reject_rate", "completion_rate", "handle_seconds")
QUEUES = ("Spam", "Violence", "Appeals", None)


def random_team(random):
    """Twelve people on random queues over three weeks; three who reject, skip or dawdle."""
    documents = []
    for number in range(12):
        name = "alice" if number == 0 else f"m{number:02}"
        sessions = []
        for place in range(int(random.integers(5, 9))):
            rejected = int(random.binomial(25, 0.8 if number == 0 else 0.25))
            completed = int(random.binomial(25, 0.2 if number == 1 else 0.75))
            pace = {1: 15.0, 2: 200.0}.get(number, 40.0) * float(np.exp(random.normal(0, 0.2)))
            made = session_of(
                name, place, rejected=rejected, completed=completed, seconds=pace,
                queue=QUEUES[int(random.integers(0, 1 + number % 4))],
            )  # fmt: skip
            day = START + timedelta(days=int(random.integers(0, 21)), hours=place)
            sessions.append({**made, "starttime": day.isoformat()})
        documents.append({"username": name, "sessions": sessions})
    return documents


def rows_of(client, **scope):
    answer = client.get("/api/v1/metrics/moderator-comparison/", scope).json()
    return {row["moderator"]: row for row in answer["rows"]}


def csv_rows_of(client, **scope):
    answer = client.get("/api/v1/metrics/moderator-comparison/", {**scope, "format": "csv"})
    lines = b"".join(answer).decode("utf-8-sig").splitlines()
    return {row["moderator"]: row for row in csv.DictReader(lines)}


def people_of(client, **scope):
    answer = client.get("/api/v1/insights/", scope).json()
    return [person for finding in answer["findings"] for person in finding["people"]]


def numbers_of(row, measure):
    names = [measure, *(f"{measure}_{of}" for of in ("expected", "low", "high"))]
    return [row[name] if row[name] in (None, "") else float(row[name]) for name in names]


@pytest.mark.parametrize("seed", [1, 2])
def test_numbers_of_findings_are_those_of_the_comparison(client, lea, alice, seed):
    stored(*random_team(np.random.default_rng(seed)))
    named = set()
    for viewer, scope in ((lea, {}), (lea, {"moderator": "alice"}), (alice, {})):
        client.force_login(viewer)
        rows, lines = rows_of(client, **scope), csv_rows_of(client, **scope)
        for person in people_of(client, **scope):
            name, measure = person["moderator"], person["measure"]
            named.add((name, measure))
            assert measure in OF_WORK
            found = [person[of] for of in ("value", "expected", "low", "high")]
            assert found == numbers_of(rows[name], measure)
            assert found == [each or None for each in numbers_of(lines[name], measure)]
            assert not person["low"] <= person["value"] <= person["high"]
    assert {("alice", "reject_rate"), ("m01", "completion_rate")} <= named
    # The page's figures, and the words that both read, are made of the same.
    for viewer in (lea, alice):
        client.force_login(viewer)
        page = client.get(reverse("portal:person", args=["alice"]), {"start": ""})
        row = rows_of(client, moderator="alice")["alice"]
        (reject,) = [each for each in page.context["rows"] if each.label == "Reject rate"]
        assert plain(reject.ladder.low.text) == f"{100 * row['reject_rate_low']:.1f} %"
        assert plain(reject.ladder.high.text) == f"{100 * row['reject_rate_high']:.1f} %"
