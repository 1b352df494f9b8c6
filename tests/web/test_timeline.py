"""The geometry of a session's picture."""

from datetime import UTC, datetime, timedelta

import pytest

from analytics.web.timeline import (
    LEFT,
    WIDTH,
    TimelineIdle,
    TimelineVideo,
    draw_timeline,
    speed_marks,
)

START = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
ROOM = WIDTH - LEFT


def at(seconds):
    return START + timedelta(seconds=seconds)


def drawn(views, idle=(), seconds=1000.0):
    return draw_timeline(views, list(idle), started=START, seconds=seconds)


def views(count, **more):
    return [TimelineVideo("accepted", False, **more) for _ in range(count)]


def test_a_video_says_what_it_is_and_leads_somewhere():
    made = drawn([TimelineVideo("accepted", False, words="1: v1, Accepted", href="#video-1")])
    assert [(box.words, box.href) for box in made.videos] == [("1: v1, Accepted", "#video-1")]


def test_videos_have_equal_widths_over_all_the_room():
    made = drawn([TimelineVideo("accepted", False), TimelineVideo("rejected", False)])
    assert [(box.x, box.kind) for box in made.videos] == [
        (LEFT, "accepted"),
        (LEFT + ROOM / 2, "rejected"),
    ]
    assert made.gaps == []


def test_an_idle_gap_stands_where_the_clock_puts_it_and_to_scale():
    # 1000 s with 200 s idle at 400 s: half of the active 800 s are over, so before video 3 of 4.
    made = drawn(views(4), [TimelineIdle("pause", 200.0, at(400))])
    assert made.places == [3]
    gap = made.gaps[0]
    assert gap.width == pytest.approx(ROOM * 0.2)
    assert gap.x == pytest.approx(LEFT + 2 * ROOM * 0.2)
    assert (gap.kind, gap.label, gap.words) == ("pause", "Pause", "3\u00a0min\u00a020\u00a0s")
    assert made.videos[2].x == pytest.approx(gap.x + gap.width)
    last = made.videos[-1]
    assert last.x + ROOM * 0.2 == pytest.approx(WIDTH)


def test_times_of_speeds_place_a_gap_better_than_the_clock_alone():
    quick = [*views(8), TimelineVideo("accepted", False, [2.0], at(100)), *views(1)]
    assert drawn(quick, [TimelineIdle("pause", 10.0, at(50))]).places == [5]
    assert drawn(quick, [TimelineIdle("pause", 10.0, at(400))]).places == [10]


def test_gaps_take_no_more_than_their_share_and_keep_their_ratio():
    made = drawn(
        views(2), [TimelineIdle("pause", 600.0, at(10)), TimelineIdle("inactivity", 300.0, at(700))]
    )
    first, second = made.gaps
    assert first.width + second.width == pytest.approx(ROOM * 0.4)
    assert first.width == pytest.approx(2 * second.width)


@pytest.mark.parametrize(
    "idle",
    [
        TimelineIdle("pause", 30.0, None),
        TimelineIdle("pause", None, at(100)),
        TimelineIdle("pause", 30.0, at(-5)),
        TimelineIdle("pause", 30.0, at(1001)),
    ],
)
def test_an_interval_without_a_place_or_a_length_is_listed_only(idle):
    made = drawn(views(3), [idle])
    assert made.places == [None]
    assert made.gaps == []


def test_in_an_open_session_only_known_times_place_a_gap():
    assert drawn(views(3), [TimelineIdle("pause", 30.0, at(100))], seconds=None).places == [None]
    timed = [*views(2), TimelineVideo("accepted", False, [1.5], at(200)), *views(1)]
    assert drawn(timed, [TimelineIdle("pause", 30.0, at(100))], seconds=None).places == [2]
    assert drawn(timed, [TimelineIdle("pause", 30.0, at(900))], seconds=None).places == [4]


def test_an_interval_at_the_end_stands_after_the_last_video():
    made = drawn(views(2), [TimelineIdle("inactivity", 100.0, at(900))])
    assert made.places == [3]
    assert made.gaps[0].x + made.gaps[0].width == pytest.approx(WIDTH)


def test_kinds_without_a_colour_of_their_own_share_one():
    made = drawn(views(2), [TimelineIdle('odd "kind"', 400.0, at(300))])
    assert (made.gaps[0].kind, made.gaps[0].label) == ("other", 'odd "kind"')


def test_words_over_gaps_do_not_run_into_each_other():
    idle = [
        TimelineIdle("pause", 40.0, at(240)),
        TimelineIdle("pause", 40.0, at(330)),
        TimelineIdle("pause", 40.0, at(800)),
    ]
    told = [gap.words for gap in drawn(views(30), idle).gaps]
    assert told == ["40\u00a0s", "40\u00a0s", "40\u00a0s"]
    minutes = [TimelineIdle("pause", 61.0, at(240)), TimelineIdle("pause", 61.0, at(305))]
    made = drawn(views(30), minutes, seconds=2000.0)
    assert [gap.words for gap in made.gaps] == ["1\u00a0min\u00a001\u00a0s", ""]


def test_muted_videos_side_by_side_are_one_run():
    muted = [TimelineVideo("none", sound) for sound in (True, True, False, True)]
    made = drawn(muted)
    step = ROOM / 4
    assert [(box.x, box.width) for box in made.muted] == [
        (LEFT, pytest.approx(2 * step)),
        (LEFT + 3 * step, step),
    ]


def test_speeds_are_drawn_where_chosen_and_carried_on_after():
    made = drawn(
        [
            TimelineVideo("none", False),
            TimelineVideo("none", False, [1.0, 2.0]),
            TimelineVideo("none", False),
        ],
        seconds=None,
    )
    step = ROOM / 3
    assert made.chosen_speeds == (
        f"M{LEFT + step:.1f} 88.0H{LEFT + 1.5 * step:.1f}"
        f"M{LEFT + 1.5 * step:.1f} 88.0V14.0H{LEFT + 2 * step:.1f}"
    )
    assert made.carried_speeds == f"M{LEFT + 2 * step:.1f} 14.0H{WIDTH:.1f}"
    assert [(tick.at, tick.words) for tick in made.speeds] == [
        (88.0, "1×"),
        (51.0, "1.5×"),
        (14.0, "2×"),
    ]


@pytest.mark.parametrize(
    ("low", "high", "marks"),
    [
        (1.0, 1.25, [1.0, 1.25]),
        (0.75, 2.5, [0.75, 1.0, 1.5, 2.0, 2.5]),
        (0.5, 4.0, [0.5, 1.0, 2.0, 3.0, 4.0]),
        (1.0, 1.0, [1.0]),
    ],
)
def test_the_axis_of_speeds_names_round_ones(low, high, marks):
    assert speed_marks(low, high) == marks


def test_without_speeds_there_is_no_axis_of_speeds():
    made = drawn(views(2))
    assert (made.speeds, made.chosen_speeds, made.carried_speeds) == ([], "", "")


@pytest.mark.parametrize(
    ("count", "numbers"),
    [
        (1, ["1"]),
        (3, ["1", "2", "3"]),
        (54, ["1", "5", "10", "15", "20", "25", "30", "35", "40", "45", "50", "54"]),
        (201, ["1", "20", "40", "60", "80", "100", "120", "140", "160", "180", "201"]),
    ],
)
def test_the_first_the_last_and_round_numbers_between(count, numbers):
    assert [tick.words for tick in drawn(views(count)).numbers] == numbers


def test_a_session_without_videos_has_no_picture():
    made = drawn([], [TimelineIdle("pause", 30.0, at(100))])
    assert made.videos == []
    assert made.places == [1]
