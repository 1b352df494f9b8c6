"""Made worlds of known truth: looks at 30 days of a team, people drawn anew for each."""

from dataclasses import dataclass, field

import numpy as np

from analytics.comparison.rows import within_variance
from analytics.comparison.times import TimedSessions
from analytics.comparison.work import Cells, Grid, Mixed, Sums, Work

#: Weeks of a look at 30 days.
WEEKS = 5


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
    #: Response times as skewed as a lognormal distribution of sd 0.8.
    skewed_rows: bool = False
    #: The share of people one of whose response times is one of hours.
    far_rows: float = 0.0
    deviants: dict[int, dict[str, float]] = field(default_factory=dict)


@dataclass
class Look:
    decided: Work
    completed: Work
    timed: TimedSessions
    row_counts: np.ndarray
    satisfaction: "Rows"
    response: "Rows"


@dataclass
class Rows:
    """The means of people's rows, the variance of each one's, and that within people, pooled."""

    means: np.ndarray
    own_variances: np.ndarray
    variance: float


def expit(x):
    return 1 / (1 + np.exp(-x))


def logit(p):
    return np.log(p / (1 - p))


@dataclass
class Shifts:
    """The sessions of a look: whose, when, on which queues, how many videos."""

    person: np.ndarray
    week: np.ndarray
    queue: np.ndarray
    second: np.ndarray
    share: np.ndarray
    videos: np.ndarray
    decided: np.ndarray
    first_decided: np.ndarray


def shifts_of(world: World, rng: np.random.Generator) -> Shifts:
    """Draw the sessions; specialists are mostly on the last queue, the hard one."""
    people = world.people
    each = np.full(people, world.sessions)
    if world.unequal:
        drawn = rng.lognormal(np.log(world.sessions), 0.6, people).astype(int)
        each = np.maximum(4, drawn)
    person = np.repeat(np.arange(people), each)
    many, hard = len(person), world.queues - 1
    week = rng.integers(0, WEEKS, many)
    special = np.zeros(people, bool)
    special[rng.permutation(people)[: int(np.ceil(people * world.specialists))]] = True
    queue = rng.integers(0, max(1, hard), many)
    if world.specialists:
        on_hard = rng.random(many) < np.where(special[person], 0.8, 0.05)
        queue = np.where(on_hard, hard, queue)
    second = np.full(many, -1)
    if world.two_queues:
        other = rng.integers(0, world.queues, many)
        # Colleagues seldom get a hard item beside their own.
        usual = (other != hard) | special[person] | (rng.random(many) < 0.15)
        other = np.where(usual, other, queue)
        second = np.where((rng.random(many) < 0.4) & (other != queue), other, -1)
    share = np.where(second >= 0, rng.uniform(0.2, 0.8, many), 1.0)
    videos = rng.poisson(world.videos, many).clip(2)
    decided = rng.binomial(videos, 0.9).clip(1)
    first = np.where(second >= 0, rng.binomial(decided, share), decided)
    return Shifts(person, week, queue, second, share, videos, decided, first)


def cells_of(n, hits, *, queue=(0, 1), week=(0, 0), queues=2, weeks=1) -> Cells:
    """The cells of two matrices, people x cells: also those in which somebody has not worked."""
    n, hits = np.array(n, float), np.array(hits, float)
    person, cell = np.indices(n.shape).reshape(2, -1)
    grid = Grid(len(n), queues, weeks, np.array(queue), np.array(week), person, cell)
    return Cells(grid, n.ravel(), hits.ravel())


def work_of(world: World, shifts: Shifts, trials: np.ndarray, hits: np.ndarray) -> Work:
    """The sums of sessions of one queue, and the sessions of two."""
    one = shifts.second < 0
    cell = (shifts.person * (world.queues + 1) + shifts.queue) * WEEKS + shifts.week
    cells, at = np.unique(cell[one], return_inverse=True)
    n, hit = trials[one].astype(float), hits[one].astype(float)

    def add(values):
        return np.bincount(at, values, len(cells))

    sums = Sums(
        cells // WEEKS // (world.queues + 1),
        cells // WEEKS % (world.queues + 1),
        cells % WEEKS,
        np.bincount(at, minlength=len(cells)),
        *(add(values) for values in (n, hit, n * n, hit * hit, hit * n)),
    )
    two = np.flatnonzero(~one)
    shares = np.column_stack([shifts.share[two], 1 - shifts.share[two]])
    mixed = Mixed(
        shifts.person[two],
        shifts.week[two],
        trials[two].astype(float),
        hits[two].astype(float),
        np.repeat(np.arange(len(two)), 2),
        np.column_stack([shifts.queue[two], shifts.second[two]]).ravel(),
        (trials[two][:, None] * shares).ravel(),
        np.full(2 * len(two), np.nan),
    )
    return Work(world.people, world.queues, WEEKS, sums, mixed)


def timed_of(world: World, shifts: Shifts, seconds: np.ndarray) -> TimedSessions:
    many, two = len(shifts.person), np.flatnonzero(shifts.second >= 0)
    return TimedSessions(
        world.people,
        world.queues,
        WEEKS,
        shifts.person,
        shifts.week,
        shifts.decided.astype(float),
        seconds,
        np.concatenate([np.arange(many), two]),
        np.concatenate([shifts.queue, shifts.second[two]]),
        np.concatenate([shifts.share, 1 - shifts.share[two]]),
    )


def rows_of(world: World, counts, rng, name, *, mean, sd, row_sd):
    """Draw everybody's rows of one figure."""
    level = mean + rng.normal(0, sd, world.people)
    for who, change in world.deviants.items():
        level[who] = mean + change.get(name, level[who] - mean)
    who = np.repeat(np.arange(world.people), counts)
    values = level[who] + rng.normal(0, row_sd, len(who))
    if name == "satisfaction":
        values = values.clip(1, 5)
    elif world.skewed_rows:
        # 0.32 is half of 0.8 squared: the mean stays the level.
        values = level[who].clip(2) * np.exp(rng.normal(-0.32, 0.8, len(who)))
    if name == "response" and world.far_rows:
        first = np.cumsum(counts) - counts
        is_far = rng.random(world.people) < world.far_rows
        values[first[is_far]] += rng.uniform(60, 600, is_far.sum())
    sums = np.bincount(who, values, world.people)
    squares = np.bincount(who, values**2, world.people)
    return Rows(
        sums / counts,
        (squares - sums**2 / counts) / (counts - 1),
        within_variance(counts.astype(float), sums, squares),
    )


def look(world: World, rng: np.random.Generator) -> Look:
    """Draw one look."""
    people, shifts = world.people, shifts_of(world, rng)
    many, hard = len(shifts.person), world.queues - 1
    rejects = logit(world.reject) + rng.normal(0, world.person_sd, people)
    completes = logit(world.completion) + rng.normal(0, world.person_sd, people)
    pace = rng.normal(0, world.person_time_sd, people)
    for who, change in world.deviants.items():
        rejects[who] = logit(world.reject + change.get("reject", 0.0))
        completes[who] = logit(change.get("completion", world.completion))
        pace[who] = np.log(change.get("time", 1.0))
    own = expit(rejects[shifts.person] + rng.normal(0, world.session_sd, many))
    is_hard = [(queue == hard) & (world.specialists > 0) for queue in (shifts.queue, shifts.second)]
    parts = [shifts.first_decided, shifts.decided - shifts.first_decided]
    hits, seconds = np.zeros(many, int), np.zeros(many)
    for on_hard, n in zip(is_hard, parts, strict=True):
        hits += rng.binomial(n, np.where(on_hard, np.minimum(0.95, 2 * own), own))
        drawn = rng.gamma(np.maximum(2.0 * n, 1e-9), 0.5)
        seconds += np.where(n > 0, drawn, 0.0) * np.where(on_hard, 2.0, 1.0)
    done = expit(completes[shifts.person] + rng.normal(0, world.session_sd, many))
    noise = rng.normal(0, world.session_time_sd, many)
    seconds *= world.seconds * np.exp(pace[shifts.person] + noise)
    if world.tab_hours:
        seconds[rng.integers(0, many)] += 3600 * rng.uniform(*world.tab_hours)
    counts = np.full(people, world.rows)
    if world.unequal:
        counts = rng.integers(4, 2 * world.rows - 3, people)
    return Look(
        work_of(world, shifts, shifts.decided, hits),
        work_of(world, shifts, shifts.videos, rng.binomial(shifts.videos, done)),
        timed_of(world, shifts, seconds),
        counts.astype(float),
        rows_of(world, counts, rng, "satisfaction", mean=4.0, sd=world.satisfaction_sd, row_sd=0.5),
        rows_of(world, counts, rng, "response", mean=10.0, sd=world.response_sd, row_sd=2.0),
    )
