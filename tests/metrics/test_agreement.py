"""Agreement by hand: which decisions count, who is compared with whom, and who may see what.

======  ===  ===  ===  ===  ===  ====================================================
video   ann  ben  cem  dan  eve
======  ===  ===  ===  ===  ===  ====================================================
v1      a    a    q
v2      q    q                   ann accepted it first
v3      a    q                   ann saw it again and decided nothing
v4      a                        nobody else
v5      q    a    a    a    a
======  ===  ===  ===  ===  ===  ====================================================
"""

from datetime import date, timedelta

import numpy as np
import pytest

from accounts.models import Role
from analytics.access import PORTAL
from analytics.metrics.disputed_videos import cut_at_equal, disputed_head
from analytics.metrics.formulas import wilson
from analytics.metrics.registry import METRICS
from analytics.models import Moderator
from analytics.scope import Scope
from analytics.summaries.agreement import RolledUpVideos, read_shared_videos
from analytics.summaries.snapshots import snapshot
from analytics.summaries.writing import refresh, summarise, write_lock
from tests.brute import PlainSession, PlainView
from tests.conftest import make_user
from tests.factory import NOON, write_sessions

# (session, moderator, hours after noon, decisions).
SESSIONS = [
    (
        "s1",
        "ann",
        0,
        [("v1", "a"), ("v2", "a"), ("v3", "q"), ("v3", "a"), ("v4", "a"), (None, "a")],
    ),
    ("s2", "ann", 1, [("v3", ""), ("v2", "q"), ("v5", "q")]),
    # As late as the first, and before it by id.
    ("s0", "ann", 0, [("v1", "q")]),
    ("s3", "ben", 0, [("v1", "a"), ("v3", "q")]),
    ("s4", "ben", 2, [("v2", "q"), ("v5", "a")]),
    ("s5", "cem", 0, [("v1", "q"), ("v5", "a"), (None, "q")]),
    ("s6", "dan", 0, [("v5", "a")]),
    ("s7", "eve", 0, [("v5", "a")]),
]
# n = 12 decisions, 7 accepted: 1 - 11 * 3 / (7 * 5).
ALPHA = pytest.approx(2 / 35)
# In 35ths a video adds -(3 (a + r) + 11 d) + 33 (a / 7 + r / 5): v1 -3.9714, v2 7.2, v3 -5.6857,
# v5 -0.5429; around their mean of -0.75 the squares come to 97.984: 1.96 times the root is 19.4.
ALPHA_LOW, ALPHA_HIGH = -0.497174, 0.611460


def write(sessions=SESSIONS, *, summed=True):
    """Write the sessions, as the portal's own way in or as another program."""
    plain = [
        PlainSession(
            name,
            moderator,
            NOON + timedelta(hours=hours),
            None,
            [PlainView(video, "completed", list(keys), "muted") for video, keys in views],
            [],
            [],
        )
        for name, moderator, hours, views in sessions
    ]
    if not summed:
        write_sessions(plain)
        return
    with write_lock():
        summarise([session.pk for session in write_sessions(plain)])
    refresh()


@pytest.fixture(params=[True, False], ids=["rolled up", "raw"])
def sessions(request, db):
    write(summed=request.param)


def rows(slug, moderator=None, viewer=PORTAL, **days):
    person = moderator and Moderator.objects.get(username=moderator)
    return METRICS[slug](Scope(viewer, moderator=person, **days)).rows


@pytest.mark.usefixtures("sessions")
def test_the_summary():
    result = METRICS["agreement-summary"](Scope(PORTAL))
    (row,) = result.rows
    low, high = row.pop("alpha_low"), row.pop("alpha_high")
    # Alike: 1 of 3 pairs on v1, 1 of 1, 0 of 1, 6 of 10 on v5.
    assert row == {"videos": 4, "pairs": 15, "agreement": pytest.approx(8 / 15), "alpha": ALPHA}
    assert low < row["alpha"] < high
    assert result.n == 4


@pytest.mark.django_db
def test_without_data_the_summary_has_its_row():
    assert rows("agreement-summary") == [
        {
            "videos": 0,
            "pairs": 0,
            "agreement": None,
            "alpha": None,
            "alpha_low": None,
            "alpha_high": None,
        }
    ]
    for slug in ("agreement-by-month", "agreement-by-moderator", "disputed-videos"):
        result = METRICS[slug](Scope(PORTAL))
        assert (result.rows, result.notes, result.n) == ([], [], 0)


@pytest.mark.usefixtures("sessions")
def test_each_month_is_a_scope_of_its_own():
    hours = 24 * 30
    write([("s8", "cem", hours, [("v4", "a")]), ("s9", "dan", hours, [("v4", "a"), ("v1", "a")])])
    march = {
        "month": "2026-03",
        "videos": 4,
        "agreement": pytest.approx(8 / 15),
        "alpha": ALPHA,
        "alpha_low": pytest.approx(ALPHA_LOW, abs=1e-5),
        "alpha_high": pytest.approx(ALPHA_HIGH, abs=1e-5),
    }
    none = dict.fromkeys(("alpha", "alpha_low", "alpha_high"))
    assert rows("agreement-by-month") == [
        march,
        {"month": "2026-04", "videos": 1, "agreement": 1.0, **none},
    ]
    assert rows("agreement-by-month", end=NOON.date()) == [march]
    # v4 has three decisions in all, v1 four of which three accept.
    assert rows("agreement-summary")[0]["videos"] == 5


@pytest.mark.usefixtures("sessions")
def test_each_moderator_against_most_of_the_others():
    # Sessions of ann: (1 compared, 0 agree), (2, 1): N V = 3 * 2 * (2 / 9) / 9 = 4 / 27.
    # Of ben: (1, 0), (2, 2): N V = 3 * 2 * (8 / 9) / 9 = 16 / 27. p (1 - p) = 2 / 9 of each.
    effect = (4 / 27 + 16 / 27) / (4 / 9)
    people = {"ann": (1, 3), "ben": (2, 3), "cem": (1, 2), "dan": (1, 1), "eve": (1, 1)}
    expected = []
    for name, (agreeing, videos) in people.items():
        low, high = wilson(agreeing, videos, design_effect=effect)
        expected.append(
            {
                "moderator": name,
                "videos": videos,
                "agreement": pytest.approx(agreeing / videos),
                "low": pytest.approx(low),
                "high": pytest.approx(high),
            }
        )
    assert rows("agreement-by-moderator") == expected
    # The same row on the own page.
    assert rows("agreement-by-moderator", "ben") == [expected[1]]
    (note,) = METRICS["agreement-by-moderator"](Scope(PORTAL)).notes
    assert note == (
        "Intervals: D = 1.667, how many times more the rates of sessions vary than those of"
        " independent videos would; n counts as n / D."
    )


V1 = {"video": "v1", "accepted": 2, "rejected": 1, "moderators": 3}
V3 = {"video": "v3", "accepted": 1, "rejected": 1, "moderators": 2}
V5 = {"video": "v5", "accepted": 4, "rejected": 1, "moderators": 5}


@pytest.mark.usefixtures("sessions")
def test_disputed_videos_the_most_divided_first():
    assert rows("disputed-videos") == [V3, V1, V5]
    assert rows("disputed-videos", "cem") == [V1, V5]
    assert rows("disputed-videos", "dan") == [V5]


@pytest.mark.django_db
def test_of_equally_divided_videos_those_of_more_people_then_by_name():
    pairs = [(name, word) for name in ("B", "a", "Ä", "b") for word in "aq"]
    write(
        [
            (f"s{n}", "ann" if word == "a" else "ben", 0, [(name, word)])
            for n, (name, word) in enumerate(pairs)
        ]
        + [(f"m{n}", f"p{n}", 0, [("zz", "aq"[n % 2])]) for n in range(4)]
    )
    assert [row["video"] for row in rows("disputed-videos")] == ["zz", "B", "a", "b", "Ä"]


@pytest.mark.usefixtures("sessions")
def test_a_card_has_the_first_and_counts_all(monkeypatch):
    shown = METRICS["disputed-videos"].for_chart(Scope(PORTAL))
    assert (shown.rows, shown.n, shown.condensed) == ([V3, V1, V5], 3, False)
    monkeypatch.setattr("analytics.metrics.disputed_videos.MAX_POINTS", 2)
    monkeypatch.setattr("analytics.metrics.registry.MAX_POINTS", 2)
    days = Scope(PORTAL, end=NOON.date())
    shown = METRICS["disputed-videos"].for_chart(days)
    assert (shown.rows, shown.n, shown.condensed) == ([V3, V1], 3, True)


def test_rows_equal_to_the_last_one_are_told_apart_by_name():
    disputed = np.array([[1, 2, 2], [5, 1, 2], [3, 2, 1], [9, 1, 2], [4, 1, 3]], np.int32)
    cut = [[part.tolist() for part in cut_at_equal(disputed, wanted)] for wanted in (1, 2, 5, 9)]
    assert cut == [
        [[], disputed[:1].tolist()],
        [disputed[:1].tolist(), disputed[1:4].tolist()],
        [disputed.tolist(), []],
        [disputed.tolist(), []],
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("most", [2, 3, 5])
def test_a_card_shows_the_most_divided_and_the_rows_are_all(monkeypatch, most):
    names = ["B", "a", "b", "Ä"]
    write(
        [(f"s{word}", who, 0, [(name, word) for name in names[::-1]]) for who, word in ("xa", "yq")]
        + [(f"m{n}", f"p{n}", 0, [("zz", "aq"[n % 2])]) for n in range(4)]
    )
    monkeypatch.setattr("analytics.metrics.disputed_videos.MAX_POINTS", most)
    whole, head = METRICS["disputed-videos"](Scope(PORTAL)), disputed_head(Scope(PORTAL))
    assert [row["video"] for row in whole.rows] == ["zz", *names]
    assert head.rows == whole.rows[:most]
    assert (whole.n, head.n) == (5, 5)


@pytest.mark.usefixtures("sessions")
@pytest.mark.parametrize("values", [{}, {"moderator": "cem"}, {"end": str(NOON.date())}])
def test_one_disputed_video_is_found_without_the_others(lea, values):
    metric = METRICS["disputed-videos"]
    scope = Scope.parse(values, lea, accepts=metric.parameters)
    known = {row["video"]: row for row in metric(scope).rows}
    assert len(known) > 1
    for name in ("v1", "v2", "v3", "v4", "v5", "none"):
        found = metric.with_keys(scope, {"video": name}).rows
        assert found == ([known[name]] if name in known else [])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("start", "end", "stale", "is_rolled_up"),
    [
        (None, None, False, True),
        ("2026-03-01", "2026-03-31", False, True),
        ("2026-03-10", "2026-03-10", False, True),
        ("2026-02-28", "2026-12-31", False, True),
        (None, "2026-03-31", False, True),
        ("2026-03-11", None, False, False),
        ("2026-03-10", "2026-03-31", True, False),
    ],
)
def test_days_with_all_sessions_of_a_month_are_read_from_its_roll_up(
    start, end, stale, is_rolled_up
):
    write()
    if stale:
        write([("s8", "fay", 5, [("v5", "q")])], summed=False)
    days = [day and date.fromisoformat(day) for day in (start, end)]
    with snapshot():
        shared = read_shared_videos(Scope(PORTAL, start=days[0], end=days[1]))
    assert isinstance(shared, RolledUpVideos) is is_rolled_up


OWN = ["video", "decision", "otherwise"]


@pytest.mark.usefixtures("sessions")
@pytest.mark.parametrize(
    ("name", "expected"), [("ann", ("v5", "rejected", 4)), ("ben", ("v5", "accepted", 1))]
)
def test_a_moderator_learns_how_many_of_many_others_decided_otherwise(client, name, expected):
    client.force_login(make_user(name, Role.MODERATOR, moderates=True))
    found = client.get("/api/v1/metrics/disputed-videos/").json()
    assert [column["name"] for column in found["columns"]] == OWN
    assert found["rows"] == [dict(zip(OWN, expected, strict=True))]
    lines = b"".join(client.get("/api/v1/metrics/disputed-videos/?format=csv")).decode()
    assert lines.splitlines() == [",".join(OWN), ",".join(map(str, expected))]


@pytest.mark.usefixtures("sessions")
def test_who_sees_what(client, alice, lea, ada):
    paths = {
        "agreement-summary/": (403, 200),
        "agreement-by-month/": (403, 200),
        "agreement-summary/?team=true&start=2026-03-01&end=2026-03-31": (403, 200),
        "agreement-by-moderator/": (200, 200),
        "agreement-by-moderator/?moderator=ann": (404, 200),
        "agreement-by-moderator/?session=s1": (400, 400),
        "disputed-videos/": (200, 200),
        "disputed-videos/?moderator=ann": (404, 200),
        "disputed-videos/?team=true&start=2026-03-01&end=2026-03-31": (403, 200),
        "disputed-videos/rows/?video=v5": (404, 200),
    }
    for path, (own, everyone) in paths.items():
        assert client.get(f"/api/v1/metrics/{path}").status_code in (401, 403)
        for user, status in ((alice, own), (lea, everyone), (ada, everyone)):
            client.force_login(user)
            assert client.get(f"/api/v1/metrics/{path}").status_code == status, (path, user)
        client.logout()
    client.force_login(alice)
    assert client.get("/api/v1/metrics/agreement-by-moderator/").json()["rows"] == []
    assert client.get("/api/v1/metrics/disputed-videos/").json()["rows"] == []


@pytest.mark.django_db
def test_what_comes_later_counts_at_once():
    write()
    write([("s8", "fay", 5, [("v5", "q"), ("v3", "q")])], summed=False)
    assert rows("disputed-videos") == [
        {"video": "v5", "accepted": 4, "rejected": 2, "moderators": 6},
        V1,
        {"video": "v3", "accepted": 1, "rejected": 2, "moderators": 3},
    ]


def opened(client, path):
    found = client.get(f"/api/v1/metrics/{path}").json()
    kinds = found["of"]["how"], found["of"]["count"], found["of"]["shown"]
    return (*kinds, found["results"])


@pytest.mark.usefixtures("sessions")
def test_the_records_behind_the_numbers(client, lea):
    client.force_login(lea)
    *summary, videos = opened(client, "agreement-summary/rows/?column=videos")
    assert summary == ["distinct", 4, 4]
    assert videos[0] == {"videoId": "v1", "views": 4, "sessions": 4, "moderators": 3}
    *summary, videos = opened(client, "agreement-by-month/rows/?column=videos&month=2026-03")
    assert summary == ["distinct", 4, 4]
    *summary, views = opened(client, "agreement-by-moderator/rows/?moderator=ann&column=agreement")
    assert summary == ["rate", 3, pytest.approx(1 / 3)]
    assert sorted((v["videoId"], v["session"], v["counted"]) for v in views) == [
        ("v2", "s2", True),
        ("v3", "s1", False),
        ("v5", "s2", False),
    ]
    assert opened(client, "agreement-by-moderator/rows/?moderator=ann")[:3] == ("count", 3, 3)
    for column, sessions in (
        ("accepted", ["s1", "s3"]),
        ("rejected", ["s5"]),
        ("moderators", ["s1", "s3", "s5"]),
    ):
        for scope in ("", "&moderator=cem"):
            path = f"disputed-videos/rows/?video=v1&column={column}{scope}"
            *summary, views = opened(client, path)
            assert summary == ["count", len(sessions), len(sessions)]
            assert sorted(view["session"] for view in views) == sessions


@pytest.mark.usefixtures("sessions")
@pytest.mark.parametrize(
    ("path", "status", "reason"),
    [
        ("agreement-summary/rows/?column=alpha", 404, "computed from all decisions"),
        ("agreement-summary/rows/?column=pairs", 404, "counts pairs"),
        ("agreement-by-moderator/rows/", 400, "name the moderator"),
        ("disputed-videos/rows/?column=accepted", 400, "name it by video"),
        ("disputed-videos/rows/?column=accepted&video=v2", 404, "No row"),
    ],
)
def test_numbers_that_open_nothing_say_why(client, lea, path, status, reason):
    client.force_login(lea)
    response = client.get(f"/api/v1/metrics/{path}")
    assert response.status_code == status
    assert reason in response.content.decode()


@pytest.mark.usefixtures("sessions")
def test_what_others_decided_opens_for_leads_only(client):
    client.force_login(make_user("ann", Role.MODERATOR, moderates=True))
    for path in (
        "agreement-by-moderator/rows/?column=agreement",
        "agreement-by-moderator/rows/?column=videos",
        "disputed-videos/rows/?video=v5&column=otherwise",
    ):
        response = client.get(f"/api/v1/metrics/{path}")
        assert response.status_code == 404
        assert "for leads and admins" in response.content.decode()
    assert client.get("/api/v1/metrics/agreement-summary/rows/").status_code == 403
