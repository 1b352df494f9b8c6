"""Made worlds of known truth: looks at 30 days of a team, people drawn anew for each."""

from dataclasses import dataclass, field

import numpy as np

from analytics.comparison.times import TimedSessions
from analytics.comparison.work import Mixed, Sums, Work


@dataclass
class World:
    """How a team works. Standard deviations in the logit (rates) and the logarithm (times)."""

    people: int
    sessions: int = 17
    videos: float = 30
    reject: float = 0.3
    completion: float = 0.75
    seconds: float = 60
    person_sd: float = 0.0
    person_time_sd: float = 0.0
    session_sd: float = 0.0
    session_time_sd: float = 0.2
    specialists: float = 0.0
    queues: int = 1
    two_queues: bool = False
    unequal: bool = False
    tab_hours: tuple[float, float] | None = None
    rows: int = 12
    satisfaction_sd: float = 0.0
    response_sd: float = 0.0
    deviants: dict[int, dict[str, float]] = field(default_factory=dict)


@dataclass
class Look:
    decided: Work
    completed: Work
    timed: TimedSessions
    row_counts: np.ndarray
    satisfaction: tuple[np.ndarray, float]
    response: tuple[np.ndarray, float]


def expit(x):
    return 1 / (1 + np.exp(-x))


def logit(p):
    return np.log(p / (1 - p))


def look(world: World, rng: np.random.Generator) -> Look:
    people, weeks = world.people, 5
    each = np.full(people, world.sessions)
    if world.unequal:
        each = np.maximum(4, rng.lognormal(np.log(world.sessions), 0.6, people).astype(int))
    person = np.repeat(np.arange(people), each)
    many = len(person)
    week = rng.integers(0, weeks, many)
    base_r = logit(world.reject) + rng.normal(0, world.person_sd, people)
    base_c = logit(world.completion) + rng.normal(0, world.person_sd, people)
    base_t = rng.normal(0, world.person_time_sd, people)
    decided_share = np.full(people, 0.9)
    for who, change in world.deviants.items():
        base_r[who] = logit(world.reject + change.get("reject", 0.0))
        if "completion" in change:
            base_c[who] = logit(change["completion"])
        base_t[who] = np.log(change.get("time", 1.0))
    special = np.zeros(people, bool)
    if world.specialists:
        special[rng.permutation(people)[: max(1, int(people * world.specialists))]] = True
    hard = world.queues - 1
    queue = (
        rng.integers(0, max(1, world.queues - 1), many) if world.queues > 1 else np.zeros(many, int)
    )
    if world.specialists:
        on_hard = np.where(special[person], rng.random(many) < 0.8, rng.random(many) < 0.05)
        queue = np.where(on_hard, hard, queue)
    second = np.full(many, -1)
    if world.two_queues and world.queues > 1:
        other = rng.integers(0, world.queues, many)
        if world.specialists:
            # Colleagues seldom get a hard item beside their own.
            keep = (other != hard) | special[person] | (rng.random(many) < 0.15)
            other = np.where(keep, other, queue)
        second = np.where((rng.random(many) < 0.4) & (other != queue), other, -1)
    share = np.where(second >= 0, rng.uniform(0.2, 0.8, many), 1.0)
    videos = rng.poisson(world.videos, many).clip(2)
    n = rng.binomial(videos, decided_share[person]).clip(1)

    def rate(base, sd, factor):
        own = base[person] + rng.normal(0, sd, many)

        def of(q):
            p = expit(own)
            return np.where((world.specialists > 0) & (q == hard), np.minimum(0.95, factor * p), p)

        return of

    rejects = rate(base_r, world.session_sd, 2.0)
    n1 = rng.binomial(n, share) if world.two_queues else n
    hits = rng.binomial(n1, rejects(queue)) + rng.binomial(n - n1, rejects(second))
    completes = rate(base_c, world.session_sd, 1.0)(queue)
    done = rng.binomial(videos, completes)
    pace = world.seconds * np.exp(base_t[person] + rng.normal(0, world.session_time_sd, many))
    slow = lambda q: np.where((world.specialists > 0) & (q == hard), 2.0, 1.0)
    seconds = pace * (
        rng.gamma(np.maximum(n1 * 2.0, 1e-9), 0.5) * slow(queue)
        + np.where(n - n1 > 0, rng.gamma(np.maximum((n - n1) * 2.0, 1e-9), 0.5), 0) * slow(second)
    )
    if world.tab_hours:
        seconds[rng.integers(0, many)] += 3600 * rng.uniform(*world.tab_hours)

    def work(trials, hit):
        one = second < 0
        key = (person[one] * (world.queues + 1) + queue[one]) * weeks + week[one]
        keys, at = np.unique(key, return_inverse=True)
        add = lambda v: np.bincount(at, v.astype(float), len(keys))
        t, h = trials[one].astype(float), hit[one].astype(float)
        sums = Sums(
            keys // weeks // (world.queues + 1),
            keys // weeks % (world.queues + 1),
            keys % weeks,
            np.bincount(at, minlength=len(keys)),
            add(t),
            add(h),
            add(t * t),
            add(h * h),
            add(h * t),
        )
        two = np.flatnonzero(~one)
        k = len(two)
        mixed = Mixed(
            person[two],
            week[two],
            trials[two].astype(float),
            hit[two].astype(float),
            np.repeat(np.arange(k), 2),
            np.column_stack([queue[two], second[two]]).ravel(),
            (trials[two][:, None] * np.column_stack([share[two], 1 - share[two]])).ravel(),
            np.full(2 * k, np.nan),
        )
        return Work(people, world.queues, weeks, sums, mixed)

    two = second >= 0
    part_session = np.concatenate([np.arange(many), np.flatnonzero(two)])
    timed = TimedSessions(
        people,
        world.queues,
        weeks,
        person,
        week,
        n.astype(float),
        seconds,
        part_session,
        np.concatenate([queue, second[two]]),
        np.concatenate([share, 1 - share[two]]),
    )
    counts = np.full(people, world.rows)
    if world.unequal:
        counts = rng.integers(4, 2 * world.rows - 3, people)

    def rows(mean, sd, row_sd, name):
        level = mean + rng.normal(0, sd, people)
        for who, change in world.deviants.items():
            level[who] = mean + change.get(name, level[who] - mean)
        who = np.repeat(np.arange(people), counts)
        values = level[who] + rng.normal(0, row_sd, len(who))
        if name == "satisfaction":
            values = values.clip(1, 5)
        sums, squares = np.bincount(who, values, people), np.bincount(who, values**2, people)
        variance = (squares - sums**2 / counts).sum() / (counts - 1).sum()
        return sums / counts, float(variance)

    return Look(
        work(n, hits),
        work(videos, done),
        timed,
        counts.astype(float),
        rows(4.0, world.satisfaction_sd, 0.5, "satisfaction"),
        rows(10.0, world.response_sd, 2.0, "response"),
    )
