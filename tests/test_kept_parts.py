"""Parts of answers: the same as if they were made again."""

import re
from datetime import UTC, datetime

import pytest

from analytics import kept_parts
from analytics.keeping import KeptThings
from analytics.kept_parts import are_kept, keeping_parts, kept_part
from analytics.models import Moderator
from analytics.placeholders import clock_text, good_until, placeholders
from analytics.reads import noting_reads, read, read_before

NOON = datetime(2026, 3, 20, 12, tzinfo=UTC)
FORM = '<input type="hidden" name="csrfmiddlewaretoken" value="abc">'


@read
def name_of(key):
    return Moderator.objects.get(pk=key).username


@pytest.fixture
def amy(db):
    return Moderator.objects.create(username="amy")


def made(make, made_of=(), answer="page", name="card"):
    """The texts of a part of an answer, and how often it was made for them."""
    calls = []

    def noted():
        calls.append(1)
        return make()

    with placeholders(), noting_reads() as reads, keeping_parts(answer):
        texts = kept_part(name, made_of, noted)
    return list(texts), len(calls), read_before(reads)


def test_a_part_is_made_again_when_what_it_reads_has_changed(amy):
    def make():
        return [f"<p>{name_of(amy.pk)}</p>", ""]

    assert made(make)[:2] == (["<p>amy</p>", ""], 1)
    again, calls, reads = made(make)
    assert (again, calls) == (["<p>amy</p>", ""], 0)
    # The answer is made of it, too.
    assert [call.args for call, _ in reads] == [(amy.pk,)]
    assert again[0].__html__() == "<p>amy</p>"
    Moderator.objects.update(username="zoe")
    assert made(make)[:2] == (["<p>zoe</p>", ""], 1)


def test_a_part_is_made_again_of_other_things_and_in_another_answer():
    for made_of, answer, name, calls in [
        ([1], "page", "card", 1),
        ([1], "page", "card", 0),
        ([1.0], "page", "card", 1),
        ([1.0], "other", "card", 1),
        ([1.0], "page", "other", 1),
        ([1.0], "other", "card", 0),
        # A part that the answer no longer has is forgotten.
        ([1.0], "page", "card", 1),
    ]:
        assert made(lambda: ["text"], made_of, answer, name)[:2] == (["text"], calls)


def test_what_reads_elsewhere_or_is_made_of_anything_is_made_each_time(amy):
    for make, made_of in [
        (lambda: [str(Moderator.objects.count())], ()),
        (lambda: ["1"], [object()]),
    ]:
        for _ in range(2):
            assert made(make, made_of)[:2] == (["1"], 1)


@pytest.mark.parametrize(
    "make",
    [
        lambda: [clock_text(lambda now: f"{now:%H:%M}", NOON)],
        lambda: [FORM],
        lambda: [good_until(NOON) or "until noon"],
    ],
)
def test_what_is_a_persons_or_the_moments_is_made_each_time_and_as_ever(make):
    for _ in range(2):
        with placeholders() as personal, keeping_parts("page"):
            (text,) = kept_part("card", (), make)
        if personal.fills:
            assert re.fullmatch(rf"{personal.token}n0n", text)
        assert not kept_parts._kept
        assert bool(personal.good_until) == (text == "until noon")


def test_outside_of_answers_everything_is_made():
    assert not are_kept()
    assert kept_part("card", (), lambda: ["a"]) == ["a"]
    with keeping_parts("page"):
        assert are_kept()


def test_what_is_kept_has_a_limit(monkeypatch):
    texts = [bytes(range(256)).decode("latin-1") * n for n in range(1, 9)]
    monkeypatch.setattr(kept_parts, "_kept", KeptThings(8000, kept_parts.size_of))
    for n, text in enumerate(texts):
        made(lambda text=text: [text], answer=n)
    assert 0 < len(kept_parts._kept) < len(texts)
    assert kept_parts._kept.currsize <= 8000
    made(lambda: ["".join(map(chr, range(9000)))], answer="long")
    assert "long" not in kept_parts._kept
