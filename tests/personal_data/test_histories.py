"""Random histories with erasures and retention in them: figures are exact after every step."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from analytics.access import PORTAL
from analytics.imports.sessions.store import store_documents
from analytics.models import Moderator, Session
from analytics.personal_data.erasure import erase
from analytics.personal_data.subjects import find_subject
from analytics.retention import delete_before
from analytics.scope import Scope
from analytics.summaries.checking import differences
from tests import factory
from tests.summaries.test_exact import History, any_session, assert_exact


def document_of(plain, **changes):
    """A session as the review tool sends it."""
    return {
        "username": plain.moderator,
        "sessions": [
            {
                "_id": plain.public_id,
                "starttime": plain.started_at.isoformat(),
                "duration": None if plain.duration_us is None else plain.duration_us / 1_000_000,
                "videos": [
                    {"videoId": view.video, "status": view.status, "keys": view.keys}
                    for view in plain.views
                ],
                "note": f"of {plain.moderator}",
                **changes,
            }
        ],
    }


class LongHistory(History):
    """One in which people are erased, months end, and everything is sent again."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.gone: list[dict] = []

    def send(self) -> None:
        """New sessions by document; then one of them again, corrected."""
        plain = [self.fresh() for _ in range(3)]
        assert store_documents([document_of(each) for each in plain]).counts.created == 3
        again = store_documents([document_of(plain[0], videos=[])]).counts
        assert again.created == 0

    def erase_somebody(self) -> None:
        """All of a person's sessions stay, of a pseudonym, and nobody else's change."""
        people = Moderator.objects.exclude(username__startswith="erased-").order_by("pk")
        somebody = self.rng.choice(list(people)).username
        before = factory.all_plain_sessions()
        pseudonym = erase(find_subject(somebody)).pseudonym
        after = factory.all_plain_sessions()
        assert key_of(after) == key_of(
            [
                replace(each, moderator=pseudonym) if each.moderator == somebody else each
                for each in before
            ]
        )
        self.gone += [document_of(each) for each in before if each.moderator == somebody]

    def end_months(self) -> None:
        """What began before a month goes, and nothing else."""
        day = date(2026, self.rng.randint(2, 5), 1)
        before = factory.all_plain_sessions()
        list(delete_before(day))
        kept = [each for each in before if each.started_at.date() >= day]
        assert key_of(factory.all_plain_sessions()) == key_of(kept)
        self.gone += [document_of(each) for each in before if each.started_at.date() < day]

    def send_gone(self) -> None:
        """What went is sent again."""
        count = Session.objects.count()
        counts = store_documents(self.gone, partial=True).counts
        assert (counts.created, counts.updated, counts.unchanged) == (0, 0, 0)
        assert counts.rejected == len(self.gone)
        assert Session.objects.count() == count

    def step(self) -> str:
        steps = [self.send, self.erase_somebody, self.end_months, self.send_gone, self.refresh]
        steps += [self.replace, self.move_person, self.write_elsewhere, self.delete]
        chosen = self.rng.choice(steps)
        chosen()
        return chosen.__name__


def key_of(sessions):
    return Counter(map(repr, sorted(sessions, key=lambda each: each.public_id)))


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(4))
def test_figures_are_exact_whatever_is_erased_and_however_long_is_kept(seed: int) -> None:
    history = LongHistory(seed)
    history.store()
    done = []
    for _ in range(10):
        done.append(history.step())
        for scope in (Scope(PORTAL), history.scope()):
            assert_exact(scope, " ".join(done[-4:]))
        if any_session(history.rng) is None:
            history.store()
    history.send_gone()
    assert list(differences()) == []
