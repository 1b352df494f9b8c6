"""One session of the demo, video by video, written down as the review tool writes it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from itertools import accumulate
from random import Random

from analytics.demo import seasons
from analytics.demo.library import Library, Video
from analytics.demo.people import DemoModerator
from analytics.demo.world import APPEALS, EXCEPTIONS, HARD, QUEUES

Document = dict[str, object]

# How the review tool's versions have written the same thing over the years, most often first.
SPELLINGS: dict[str, tuple[tuple[object, int], ...]] = {
    "completed": (("Completed", 90), ("completed", 6), ("COMPLETED ", 1)),
    "partial": (("Partially Watched", 60), ("partial", 6), ("partially_watched", 2)),
    "not_started": (("Not Started", 60), ("not_started", 5)),
    "unknown": ((None, 4), ("", 1)),
    "other": (("Skipped", 1),),
    "muted": (("yes", 80), ("Yes", 6), (True, 3)),
    "unmuted": (("no", 80), ("No", 6), (False, 3)),
    "odd sound": ((None, 6), ("maybe", 1)),
    "accepted": (
        (["a"], 70),
        (["A"], 6),
        (["ArrowRight", "a"], 12),
        (["a", "a"], 4),
        (["q", "a"], 1),
    ),
    "rejected": ((["q"], 70), (["Q"], 5), (["ArrowRight", "q"], 8), (["q", "q"], 6)),
    "none": (([], 60), (["ArrowRight"], 20), ([" "], 6), (["m", "l"], 2)),
}
# The same with the weights added up.
WAYS = {
    meaning: ([way for way, _ in ways], list(accumulate(weight for _, weight in ways)))
    for meaning, ways in SPELLINGS.items()
}
SPEEDS = (0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0)
CLIENTS = ("4.11.2", "4.12.0", "4.12.1")


#: What training videos are of: the queues that everybody has a share in.
TRAINED = tuple(name for name in QUEUES if name not in (APPEALS, HARD))


@dataclass
class Sitting:
    """A session in the making; ``run`` fills it and ``document`` writes it down."""

    rng: Random
    person: DemoModerator
    day: int
    started_at: datetime
    seconds: float = 0.0
    videos: list[Document] = field(default_factory=list)
    inactivity: list[Document] = field(default_factory=list)
    queues: list[Document] = field(default_factory=list)
    worked_on: list[str] = field(default_factory=list)
    """The session's queues that are active; ``shares``: their items, added up."""
    shares: list[int] = field(default_factory=list)
    last: Video | None = None
    muted: bool = False
    speed: float = 1.0
    is_detailed: bool = True
    """Whether the tool's version says of each video its queue, when it began, and the reason."""

    def run(self, length_seconds: float, library: Library) -> None:
        """Review videos until about ``length_seconds`` have gone by, with the pauses between."""
        rng, person = self.rng, self.person
        self._assign_queues()
        self.is_detailed = rng.random() < 0.9
        self.muted = rng.random() < person.mutes
        # Not every day is as good as another.
        pace = person.pace_on(self.day) * rng.lognormvariate(0, 0.1)
        while self.seconds < length_seconds:
            video = self._next_video(library)
            spent = pace * QUEUES[video.queue].pace * rng.lognormvariate(-0.12, 0.5)
            if self.seconds + 0.5 * spent > length_seconds:
                self.seconds = length_seconds
                break
            if self.videos and rng.random() < person.idle_per_hour * spent / 3600:
                self._idle()
            self.videos.append(self._view(video))
            self.seconds += spent

    def document(self, public_id: str, *, open_ended: bool = False) -> Document:
        """The session as the review tool sends it; ``open_ended``: still going on."""
        rng = self.rng
        # The tool keeps whole seconds, its newest version milliseconds.
        seconds = round(self.seconds, 3) if rng.random() < 0.08 else round(self.seconds)
        session: Document = {"_id": public_id, "starttime": self._time(0)}
        if open_ended:
            session["endtime"] = None
        else:
            session["endtime"] = self._time(seconds)
            if rng.random() < 0.9:
                session["duration"] = seconds
        if self.videos or rng.random() < 0.5:
            session["videos"] = self.videos
        if self.inactivity or rng.random() < 0.7:
            session["inactivity"] = self.inactivity
        session["queues"] = self.queues
        # Newer versions of the tool say more than the portal knows; it keeps what they say.
        if rng.random() < 0.35:
            session["client"] = {"version": rng.choice(CLIENTS)}
        return session

    def _next_video(self, library: Library) -> Video:
        """The next video of one of the queues; now and then the last one once more."""
        rng = self.rng
        if self.last is None or rng.random() >= 0.015:
            queue = rng.choices(self.worked_on, cum_weights=self.shares)[0]
            self.last = library.pick(rng, queue, self.day, TRAINED)
        return self.last

    def _view(self, video: Video) -> Document:
        """A video with what was done to it."""
        rng, person = self.rng, self.person
        status = self._status()
        if rng.random() < 0.12:
            self.muted = rng.random() < person.mutes
        decision = self._decision(status, video)
        view: Document = {"videoId": video.video_id, "status": self._spelled(status)}
        if rng.random() < 0.97:
            view["watched"] = status in ("completed", "partial")
            view["loopTime"] = int(rng.expovariate(0.9)) if status == "completed" else 0
        view["keys"] = self._spelled(decision)
        odd = rng.random() < 0.035
        view["soundMuted"] = self._spelled(
            "odd sound" if odd else "muted" if self.muted else "unmuted"
        )
        if speeds := self._speeds():
            view["speeds"] = speeds
        if self.is_detailed:
            view["queue"] = video.queue
            view["startedAt"] = self._time(self.seconds)
            if reason := self._reason(decision, video):
                view["reason"] = reason
        return view

    def _status(self) -> str:
        """How far the video is watched."""
        chance = self.rng.random()
        completes = self.person.completes
        if chance < completes:
            return "completed"
        rest = (chance - completes) / (1 - completes)
        if rest < 0.70:
            return "partial"
        return "not_started" if rest < 0.93 else "unknown" if rest < 0.98 else "other"

    def _decision(self, status: str, video: Video) -> str:
        """The verdict; what was never started is mostly left without one.

        It goes by the video and the day's policy, but for decisions made without care, and for
        what is ambiguous.
        """
        rng, person = self.rng, self.person
        undecided = 0.6 if status == "not_started" else person.undecided
        if rng.random() < undecided:
            return "none"
        by_chance = video.is_ambiguous or rng.random() < person.careless
        severity = rng.random() if by_chance else video.severity
        rejects = seasons.reject_rate(video.queue, self.day, person.logit)
        return "rejected" if severity < rejects else "accepted"

    def _reason(self, decision: str, video: Video) -> str | None:
        """The policy that the decision names: mostly where something is rejected."""
        chance = self.rng.random()
        if decision == "rejected" and chance < 0.95:
            return self.rng.choice(QUEUES[video.queue].policies)
        return self.rng.choice(EXCEPTIONS) if decision == "accepted" and chance < 0.08 else None

    def _speeds(self) -> list[object]:
        """The speeds chosen on this video: the favourite at first, then now and then."""
        rng = self.rng
        first = not self.videos
        chosen: list[object] = []
        changes = rng.choices((0, 1, 2), (25, 70, 5) if first else (80, 17, 3))[0]
        for _ in range(changes):
            step = 0 if first else rng.choice((-1, -1, 0, 1, 1))
            place = SPEEDS.index(self.person.favourite_speed) + step
            self.speed = SPEEDS[max(0, min(place, len(SPEEDS) - 1))]
            if rng.random() < 0.6:
                chosen.append({"value": self.speed, "at": self._time(self.seconds)})
            else:
                chosen.append(int(self.speed) if self.speed == int(self.speed) else self.speed)
        return chosen

    def _idle(self) -> None:
        """Add a stretch without work. Some have no place, some no length, some overlap."""
        rng = self.rng
        pause = rng.random() < 0.36
        length = round(rng.lognormvariate(4.7 if pause else 4.1, 0.75))
        stretch: Document = {"type": "pause" if pause else "inactivity", "duration": length}
        if rng.random() < 0.02:
            del stretch["type"]
        if rng.random() < 0.01:
            stretch["duration"] = None
        if rng.random() < 0.72:
            stretch["startedAt"] = self._time(self.seconds)
        self.inactivity.append(stretch)
        if rng.random() < 0.04:
            # The tool noticed the pause a second time while it went on.
            again: Document = {"type": "inactivity", "duration": length // 2}
            again["startedAt"] = self._time(self.seconds + length // 3)
            self.inactivity.append(again)
        self.seconds += length

    def _assign_queues(self) -> None:
        """Give the session one, two or three of the person's queues."""
        rng, person = self.rng, self.person
        queues = seasons.queues_on(self.day, person.queues)
        weights = [
            seasons.queue_weight(name, self.day, is_specialist=person.is_specialist)
            for name in queues
        ]
        wanted = rng.choices((1, 2, 3), (45, 42, 13))[0]
        # In the order drawn, each once.
        names = list(dict.fromkeys(rng.choices(queues, weights, k=wanted)))
        for name in names:
            items = max(1, round(seasons.queue_items(name, self.day) * rng.lognormvariate(0, 0.3)))
            self.queues.append(self._assignment(name, items))
            if self.queues[-1].get("active", True):
                self.worked_on.append(name)
                self.shares.append(items + sum(self.shares[-1:]))
        if not self.worked_on:
            self.worked_on, self.shares = names, list(range(1, len(names) + 1))

    def _assignment(self, name: str, items: int) -> Document:
        """A queue of the session, as the tool writes it."""
        rng = self.rng
        queue: Document = {"name": name, "count": items}
        parts = QUEUES[name].subqueues
        if parts and rng.random() < 0.85:
            cuts = sorted(rng.randint(0, items) for _ in parts[1:])
            edges = [0, *cuts, items]
            queue["subqueues"] = {
                part: high - low for part, low, high in zip(parts, edges, edges[1:], strict=False)
            }
        else:
            queue["subqueues"] = {}
        if rng.random() < 0.02:
            del queue["count"]
        chance = rng.random()
        if chance < 0.94:
            queue["active"] = chance >= 0.05
        elif chance < 0.95:
            queue["active"] = None
        queue["createdAt"] = self._time(0)
        return queue

    def _spelled(self, meaning: str) -> object:
        """One of the ways in which tools write the meaning, as often as each is met."""
        ways, limits = WAYS[meaning]
        chosen: object = self.rng.choices(ways, cum_weights=limits)[0]
        return list(chosen) if isinstance(chosen, list) else chosen

    def _time(self, seconds: float) -> str:
        """The moment so many seconds into the session, as this person's tool writes it."""
        moment = self.started_at + timedelta(seconds=seconds)
        moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
        precision = "milliseconds" if moment.microsecond else "seconds"
        if self.person.offset_hours:
            place = timezone(timedelta(hours=self.person.offset_hours))
            return moment.astimezone(place).isoformat(timespec=precision)
        # Without an offset a time is UTC, and the oldest version wrote it so.
        suffix = "" if self.rng.random() < 0.03 else "Z"
        return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec=precision) + suffix
