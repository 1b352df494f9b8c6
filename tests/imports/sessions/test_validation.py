"""Documents checked and turned into records, and records back into documents."""

import json
import math
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.imports.report import Rejection
from analytics.imports.sessions import rendering, validation
from analytics.imports.sessions.fields import INACTIVITY, QUEUES, SPEEDS, VIDEOS
from analytics.imports.sessions.records import ModeratorRecord, SessionRecord
from analytics.imports.sessions.values import preserve_unknown
from analytics.imports.values import Invalid
from tests.imports.sessions import strategies

START = "2025-10-17T10:00:00Z"


def view_record(**values):
    """What a view's document is read as: None in every field that is not given."""
    return VIDEOS.record(**(dict.fromkeys(VIDEOS.record._fields) | values))


def view(**fields):
    return validation.read_view(fields)


def rejection(**fields) -> str:
    """Return why a session with these fields is rejected."""
    document = {"username": "ann", "sessions": [{"_id": "s", "starttime": START, **fields}]}
    _person, rejected = validation.read_document(document, place="line 7")
    assert isinstance(rejected, Rejection)
    return str(rejected)


def test_a_whole_document():
    person, session = validation.read_document(
        {
            "username": "user1",
            "team": "blue",
            "sessions": [
                {
                    "_id": {"$oid": "session123"},
                    "starttime": START,
                    "endtime": "2025-10-17T10:30:00Z",
                    "duration": 1800,
                    "client": "ios",
                    "videos": [
                        {
                            "videoId": "abc123",
                            "status": "Completed",
                            "watched": True,
                            "loopTime": 2,
                            "keys": ["a"],
                            "soundMuted": "no",
                            "speeds": [1, {"value": 1.5, "at": START, "by": "key"}],
                        }
                    ],
                    "inactivity": [{"type": "pause", "duration": 45, "startedAt": START}],
                    "queues": [{"name": "Spam", "count": 40, "subqueues": {"Links": 10}}],
                }
            ],
        },
        place="line 3",
    )
    start = validation.values.instant(START)
    assert person == ModeratorRecord("user1", '{"team":"blue"}')
    assert isinstance(session, SessionRecord)
    assert session[:2] == ("user1", "session123")
    assert session.content.duration_us == 1_800_000_000
    assert session.content.extra == '{"client":"ios"}'
    assert session.content.views == (
        view_record(
            video="abc123",
            status="completed",
            watched=True,
            loop_time=2.0,
            keys=("a",),
            sound="unmuted",
            speeds=(SPEEDS.record(1.0, None, None), SPEEDS.record(1.5, start, '{"by":"key"}')),
        ),
    )
    assert session.content.idle == (INACTIVITY.record("pause", 45_000_000, start, None),)
    assert session.content.queues == (QUEUES.record("Spam", 40, '{"Links":10}', True, None, None),)


@pytest.mark.parametrize(
    ("said", "status", "extra"),
    [
        ("Completed", "completed", None),
        ("completed", "completed", '{"status":"completed"}'),
        (" COMPLETED ", "completed", '{"status":" COMPLETED "}'),
        ("Partially Watched", "partial", None),
        ("partially--_watched", "partial", '{"status":"partially--_watched"}'),
        ("PARTIAL", "partial", '{"status":"PARTIAL"}'),
        ("Not Started", "not_started", None),
        ("not_started", "not_started", '{"status":"not_started"}'),
        ("Skipped", "Skipped", None),
        ("skipped ", "skipped", '{"status":"skipped "}'),
        ("--", "--", None),
        ("", "unknown", '{"status":""}'),
        (None, "unknown", None),
    ],
)
def test_statuses(said, status, extra):
    assert (view(status=said).status, view(status=said).extra) == (status, extra)


@pytest.mark.parametrize(
    ("said", "sound", "extra"),
    [
        ("yes", "muted", None),
        ("no", "unmuted", None),
        ("YES", "muted", '{"soundMuted":"YES"}'),
        (True, "muted", '{"soundMuted":true}'),
        (1, "muted", '{"soundMuted":1}'),
        ({"$numberInt": "1"}, "muted", '{"soundMuted":1}'),
        ("Muted", "muted", '{"soundMuted":"Muted"}'),
        ("False", "unmuted", '{"soundMuted":"False"}'),
        (0, "unmuted", '{"soundMuted":0}'),
        (False, "unmuted", '{"soundMuted":false}'),
        ("maybe", "unknown", '{"soundMuted":"maybe"}'),
        (" yes", "unknown", '{"soundMuted":" yes"}'),
        (2, "unknown", '{"soundMuted":2}'),
        ([], "unknown", '{"soundMuted":[]}'),
        (None, "unknown", None),
    ],
)
def test_sounds(said, sound, extra):
    assert (view(soundMuted=said).sound, view(soundMuted=said).extra) == (sound, extra)


def test_what_is_missing_or_null_is_unknown():
    nothing = view_record(status="unknown", keys=(), sound="unknown", speeds=())
    assert view() == nothing
    assert validation.read_view(dict.fromkeys(VIDEOS.names)) == nothing
    assert validation.read_idle({}) == INACTIVITY.record("unknown", None, None, None)
    assert validation.read_queue({"name": "Spam"}) == QUEUES.record(
        "Spam", None, "{}", True, None, None
    )
    assert validation.read_queue({"name": "Spam", "active": None}).active is False
    found = validation.read_content({"starttime": START})
    assert found[1:] == (None, None, None, (), (), ())


UNDEFINED = {"$undefined": True}


def test_undefined_is_missing_wherever_it_stands():
    assert validation.read_content(
        {
            "starttime": START,
            **dict.fromkeys(("endtime", "duration", "videos", "inactivity", "queues"), UNDEFINED),
        }
    ) == validation.read_content({"starttime": START})
    assert validation.read_view(dict.fromkeys(VIDEOS.names, UNDEFINED)) == view()
    queue = {"name": "Spam", "active": UNDEFINED, "subqueues": {"Links": UNDEFINED}}
    assert validation.read_queue(queue) == QUEUES.record(
        "Spam", None, '{"Links":null}', True, None, None
    )
    (person,) = validation.read_document({"username": "ann", "sessions": UNDEFINED})
    assert person.username == "ann"


def test_decimals_of_more_digits_than_a_float_are_kept():
    exact = {"$numberDecimal": "1.5000000000000000000001"}
    raw = {
        "_id": "s",
        "starttime": START,
        "duration": exact,
        "videos": [{"loopTime": exact, "speeds": [exact, {"value": exact}]}],
    }
    public_id, content = validation.read_session(raw)
    assert content.duration_us == 1_500_000
    assert content.views[0].loop_time == 1.5
    document = rendering.render_session(public_id, content)
    assert document["duration"] == exact
    assert document["videos"][0]["loopTime"] == exact
    assert document["videos"][0]["speeds"] == [{"value": exact}] * 2
    assert validation.read_session(document) == (public_id, content)


def test_a_missing_duration_is_end_minus_start():
    found = validation.read_content({"starttime": START, "endtime": "2025-10-17T10:00:00.000007Z"})
    assert (found.duration_us, found.extra) == (7, None)


def test_originals_finer_than_microseconds_are_kept():
    found = validation.read_content(
        {"starttime": "2025-10-17T10:00:00.1234567Z", "duration": 0.1 + 0.2}
    )
    assert found.duration_us == 300_000
    assert found.extra == (
        '{"duration":0.30000000000000004,"starttime":"2025-10-17T10:00:00.1234567Z"}'
    )


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"_id": None}, "line 7: sessions[0]._id: missing"),
        ({"_id": {"$undefined": True}}, "line 7: sessions[0]._id: missing"),
        ({"_id": 5}, "line 7: sessions[0]._id: expected a string, got a number"),
        ({"starttime": None}, "line 7: sessions[0].starttime: missing (session s)"),
        (
            {"endtime": "2025-10-17T09:59:59Z"},
            "line 7: sessions[0].endtime: is before the start (session s)",
        ),
        (
            {"videos": [{"keys": {"a": 1}}]},
            "line 7: sessions[0].videos[0].keys: expected a list, got an object (session s)",
        ),
        (
            {"videos": [{}, {"keys": ["a", 1]}]},
            "line 7: sessions[0].videos[1].keys[1]: expected a string, got a number (session s)",
        ),
        (
            {"videos": [{"keys": ["a", []]}]},
            "line 7: sessions[0].videos[0].keys[1]: expected a string, got a list (session s)",
        ),
        (
            {"videos": [{"speeds": [1, {"value": -1}]}]},
            "line 7: sessions[0].videos[0].speeds[1].value: must not be negative (-1) (session s)",
        ),
        (
            {"videos": [{"speeds": [{"at": START}]}]},
            "line 7: sessions[0].videos[0].speeds[0].value: missing (session s)",
        ),
        (
            {"videos": [{"watched": 1}]},
            (
                "line 7: sessions[0].videos[0].watched: expected true or false, got a number"
                " (session s)"
            ),
        ),
        (
            {"videos": [{"frames": [math.nan]}]},
            "line 7: sessions[0].videos[0].frames[0]: not a finite number (nan) (session s)",
        ),
        (
            {"videos": {"$oid": "x"}},
            "line 7: sessions[0].videos: expected a list, got a string (session s)",
        ),
        (
            {"videos": [{"$oid": "x"}]},
            "line 7: sessions[0].videos[0]: expected an object, got a string (session s)",
        ),
        (
            {"inactivity": [{"duration": "12"}]},
            (
                "line 7: sessions[0].inactivity[0].duration: expected a number of seconds,"
                " got a string (session s)"
            ),
        ),
        (
            {"endtime": "2095-01-01T00:00:00Z"},
            "line 7: sessions[0].endtime: comes to more than 100,000,000 seconds (session s)",
        ),
        (
            {"inactivity": [{"duration": 60_000_000}] * 2},
            "line 7: sessions[0].inactivity: comes to more than 100,000,000 seconds (session s)",
        ),
        (
            {"queues": [{"name": "Spam", "count": 10**12}] * 2},
            (
                "line 7: sessions[0].queues: larger than 1,000,000,000,000 (2000000000000)"
                " (session s)"
            ),
        ),
        ({"queues": [{}]}, "line 7: sessions[0].queues[0].name: missing (session s)"),
        (
            {"queues": [{"name": "Spam", "subqueues": {"Links": -1}}]},
            "line 7: sessions[0].queues[0].subqueues.Links: must not be negative (-1) (session s)",
        ),
        (
            {"note": "\ud800"},
            (
                "line 7: sessions[0].note: contains a lone surrogate, or bytes that"
                " are not UTF-8 (session s)"
            ),
        ),
    ],
)
def test_rejections_say_where_and_why(fields, reason):
    assert rejection(**fields) == reason


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (7, "line 1: expected an object, got a number"),
        ([], "line 1: expected an object, got a list"),
        ({"sessions": []}, "line 1: username: missing"),
        ({"username": {"$undefined": True}}, "line 1: username: missing"),
        ({"username": "a", "sessions": {}}, "line 1: sessions: expected a list, got an object"),
    ],
)
def test_a_useless_document_is_one_rejection(document, reason):
    (rejected,) = validation.read_document(document, place="line 1")
    assert str(rejected) == reason


def test_a_bad_session_and_a_bad_field_are_rejected_alone():
    person, field, first, second = validation.read_document(
        {
            "username": "ann",
            "note": math.inf,
            "sessions": [5, {"_id": "good", "starttime": START}],
        }
    )
    assert person == ModeratorRecord("ann", None)
    assert str(field) == "note: not a finite number (inf)"
    assert str(first) == "sessions[0]: expected an object, got a number"
    assert second.public_id == "good"


def test_remembered_keys_and_statuses_are_told_from_look_alikes():
    view(keys=["1"], status="x")
    with pytest.raises(Invalid, match="expected a string, got a number"):
        view(keys=[1])
    with pytest.raises(Invalid, match="expected a string, got a boolean"):
        view(keys=[True])


@given(strategies.SESSIONS)
def test_a_session_given_back_is_read_as_the_same(raw):
    public_id, content = validation.read_session(raw)
    document = rendering.render_session(public_id, content)
    assert validation.read_session(document) == (public_id, content)
    assert preserve_unknown(document) == document


@given(strategies.VIEWS)
def test_nothing_of_a_view_is_dropped(raw):
    """Whatever was said is said again, but for null and ways of writing the same."""
    given_back = rendering.render_view(validation.read_view(raw))
    for name, value in raw.items():
        if value is None or name in ("speeds", "keys", "loopTime"):
            continue
        assert given_back[name] == preserve_unknown(value)


def test_an_original_that_was_corrected_since_counts_no_more():
    corrected = view(status=" COMPLETED ", frames=30)._replace(status="partial")
    assert rendering.render_view(corrected)["status"] == "Partially Watched"
    assert rendering.render_view(corrected)["frames"] == 30
    found = validation.read_content({"starttime": START, "duration": 0.1 + 0.2})
    assert rendering.render_session("s", found._replace(duration_us=5))["duration"] == 0.000005


LOOK_ALIKES = [
    None,
    False,
    0,
    0.0,
    True,
    1,
    1.0,
    "1",
    "true",
    math.nan,
    2**70,
    {"$undefined": True},
]


def outcome(document: object) -> object:
    """What a view is read as, with the types of its values, or why it is refused."""
    try:
        return repr(validation.read_view(document))
    except Invalid as reason:
        return str(reason)


@given(st.fixed_dictionaries(dict.fromkeys(("watched", "loopTime"), st.sampled_from(LOOK_ALIKES))))
def test_what_is_remembered_of_views_is_told_from_what_looks_alike(fields):
    document = {"videoId": "v", "soundMuted": fields["watched"], **fields}
    again = outcome(document)
    # Together with a field that never recurs in this form, nothing is remembered.
    unremembered = outcome({**document, "keys": ["x" * 400]})
    assert again == unremembered.replace(repr("x" * 400) + ",", "")


@pytest.mark.parametrize("left_out", [None, "videoId", "keys", "soundMuted", "queue", "note"])
def test_fields_of_views_stand_in_any_order(left_out):
    document = {
        "videoId": "v",
        "status": "COMPLETED",
        "watched": True,
        "loopTime": 1,
        "keys": ["a"],
        "soundMuted": "maybe",
        "queue": "Spam",
        "note": 1,
    }
    document.pop(left_out, None)
    read = validation.read_view(document)
    assert validation.read_view(dict(reversed(document.items()))) == read
    kept = {"status": "COMPLETED", "soundMuted": "maybe", "note": 1}
    assert json.loads(read.extra) == {name: kept[name] for name in kept if name != left_out}


def test_views_with_something_that_no_parser_gave_are_not_remembered():
    moment = datetime(2025, 10, 17, tzinfo=UTC)
    assert view(videoId="v", soundMuted=moment).sound == "unknown"
    assert "expected true or false" in outcome({"videoId": "v", "watched": moment})
