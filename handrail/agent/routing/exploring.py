"""Every reachable state of a routing machine, and proof that a person is near in each (R13).

Messages are abstract: a topic, which of the needed fields it gives, a language. The machine knows
nothing else of them, so trying each combination tries every conversation there can be.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, combinations
from typing import Protocol

from handrail.agent.routing.machine import (
    Action,
    Answer,
    Ask,
    Event,
    Message,
    Phase,
    QueueSaid,
    Regulated,
    Request,
    Silence,
    State,
    SwitchedOff,
    WantsPerson,
)
from handrail.agent.routing.plan import Plan
from handrail.agent.routing.telling import kind_of, told_step
from handrail.playbook.queues import Queue

MOST_STEPS = 2_000_000  # more than this is not tried, and what isn't tried isn't proven
NO_QUEUE = "a matter nobody takes"
FOREIGN = "a language nobody speaks"
_AT_WORK = (Phase.START, Phase.UNDERSTAND, Phase.COLLECT, Phase.CONFIRM)

Step = tuple[State, Event, Action, State]
Rule = Callable[[Plan, Step], str | None]


class Explorable(Protocol):
    """What can be explored: the machine, or a broken one in a test."""

    @property
    def plan(self) -> Plan:
        """What it goes by."""
        ...

    def start(self, language: str) -> State:
        """Where it begins."""
        ...

    def step(self, state: State, event: Event) -> tuple[State, Action]:
        """What comes of an event."""
        ...


@dataclass(frozen=True)
class Counterexample:
    """A rule that is broken, and the shortest way there, a step a line."""

    problem: str
    path: tuple[str, ...]

    def __str__(self) -> str:
        """The problem and its path."""
        return "\n    ".join((self.problem, *self.path))


@dataclass(frozen=True)
class Exploration:
    """What was found; `complete` is False if there was more than could be tried.

    `turns` is the largest number of messages that a customer, whatever they write, has to send from
    anywhere before people are asked to take over; None if there is no such number. `edges` say
    which phase leads to which, and by what.
    """

    states: int
    steps: int
    complete: bool
    turns: int | None
    edges: frozenset[tuple[Phase, str, Phase]]
    problems: tuple[Counterexample, ...]


def explore(
    machine: Explorable, *, rules: Mapping[str, Rule], most_steps: int = MOST_STEPS
) -> Exploration:
    """Walk every reachable state over every event, breadth first, and try the rules on each step.

    One counterexample a rule, the shortest. On top of the rules: no step fails, a conversation
    comes to a request whatever the customer does, and a request comes to the fallback however many
    queues refuse.
    """
    walk = _Walk(machine)
    walk.all(rules, most_steps)
    if walk.complete:
        walk.find_loops()
    return Exploration(
        states=len(walk.came_by),
        steps=walk.steps,
        complete=walk.complete,
        turns=walk.turns,
        edges=frozenset(walk.phases),
        problems=tuple(walk.problems.values()),
    )


def events_at(plan: Plan, state: State) -> Iterator[Event]:
    """Every event that the machine could tell from another one in this state."""
    unclear = state.phase in (Phase.START, Phase.UNDERSTAND)
    topics = (*plan.takers, NO_QUEUE, None) if unclear else (None,)
    for topic in topics:
        queue = plan.queues.get((plan.taker(topic) if unclear else state.queue) or "")
        for given in _subsets(queue):
            for language in (*plan.languages, FOREIGN):
                yield Message(topic, given, language)
        yield WantsPerson(topic)
    for matter in (*plan.takers, NO_QUEUE):
        yield Regulated((matter,))
    yield Regulated((NO_QUEUE, *plan.takers))
    yield Silence()
    yield SwitchedOff()
    for name in plan.queues if state.phase is Phase.REQUESTED else list(plan.queues)[:1]:
        for answer in Answer:
            yield QueueSaid(name, answer)


def _subsets(queue: Queue | None) -> list[frozenset[str]]:
    fields = [need.field for need in queue.needs] if queue else []
    sizes = range(len(fields) + 1)
    return [frozenset(c) for c in chain.from_iterable(combinations(fields, n) for n in sizes)]


class _Walk:
    """One exploration under way. `came_by` leads each state back to the one before it."""

    def __init__(self, machine: Explorable) -> None:
        self.machine = machine
        self.came_by: dict[State, tuple[State, Event, Action] | None] = {}
        self.edges: dict[State, dict[State, tuple[Event, Action]]] = {}
        self.problems: dict[str, Counterexample] = {}
        self.steps = 0
        self.complete = False
        self.turns: int | None = None
        self.phases: set[tuple[Phase, str, Phase]] = set()

    def all(self, rules: Mapping[str, Rule], most_steps: int) -> None:
        plan = self.machine.plan
        todo = deque(self.machine.start(language) for language in plan.languages)
        self.came_by = dict.fromkeys(todo)
        while todo:
            state = todo.popleft()
            for event in events_at(plan, state):
                self.steps += 1
                if self.steps > most_steps:
                    return
                try:
                    after, action = self.machine.step(state, event)
                except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
                    self._note("fails", f"a step fails with {type(error).__name__}", state, event)
                    continue
                for name, rule in rules.items():
                    problem = rule(plan, (state, event, action, after))
                    if problem and name not in self.problems:
                        self._note(name, problem, state, event, action, after)
                if after not in self.came_by:
                    self.came_by[after] = (state, event, action)
                    todo.append(after)
                if after.phase is not state.phase or isinstance(action, Ask | Request):
                    self.phases.add((state.phase, kind_of(state, event), after.phase))
                self._keep(state, event, action, after)
        self.complete = True

    def find_loops(self) -> None:
        """Conversations that never come to a request, and requests that never come to people."""
        depth: dict[State, int] = {}
        customers = [s for s in self.came_by if s.phase in _AT_WORK]
        loop = _longest(customers, self.edges, depth, stops=lambda s: s.phase not in _AT_WORK)
        if loop:
            self._note_loop("a conversation can go on for ever without a person", loop)
        else:
            self.turns = max(depth.values(), default=0)
        requests = [s for s in self.came_by if s.phase is Phase.REQUESTED]
        fallback = self.machine.plan.fallback
        loop = _longest(requests, self.edges, {}, stops=lambda s: s.queue == fallback)
        if loop:
            self._note_loop("queues can refuse a case for ever without people taking it", loop)

    def _keep(self, state: State, event: Event, action: Action, after: State) -> None:
        """Keep an edge that somebody can be kept waiting by."""
        mine = not isinstance(event, QueueSaid)
        unheard = state.phase is Phase.START and isinstance(event, Silence)
        refused = isinstance(event, QueueSaid) and (event.queue, event.answer) in (
            (state.queue, Answer.REFUSED),
            (state.queue, Answer.FULL),
        )
        if (state.phase in _AT_WORK and mine and not unheard) or (
            state.phase is Phase.REQUESTED and refused
        ):
            self.edges.setdefault(state, {}).setdefault(after, (event, action))

    def _note(
        self,
        name: str,
        problem: str,
        state: State,
        event: Event,
        action: Action | None = None,
        after: State | None = None,
    ) -> None:
        path = (*self._path_to(state), told_step(state, event, action, after))
        self.problems[name] = Counterexample(problem, path)

    def _note_loop(self, problem: str, loop: list[State]) -> None:
        path = [*self._path_to(loop[0])]
        for state, after in zip(loop, [*loop[1:], loop[0]], strict=True):
            event, action = self.edges[state][after]
            path.append(f"again and again: {told_step(state, event, action, after)}")
        self.problems[problem] = Counterexample(problem, tuple(path))

    def _path_to(self, state: State) -> list[str]:
        path: list[str] = []
        came = self.came_by[state]
        while came is not None:
            before, event, action = came
            path.append(told_step(before, event, action, state))
            state, came = before, self.came_by[before]
        return path[::-1]


def _longest(
    states: list[State],
    edges: Mapping[State, Mapping[State, object]],
    depth: dict[State, int],
    *,
    stops: Callable[[State], bool],
) -> list[State] | None:
    """Fill `depth` with the longest way from each state to one that stops; or the loop found."""
    for start in states:
        if start in depth or stops(start):
            continue
        on_the_way: dict[State, Iterator[State]] = {start: iter(edges.get(start, {}))}
        while on_the_way:
            state, following = next(reversed(on_the_way.items()))
            for after in following:
                if stops(after) or after in depth:
                    continue
                if after in on_the_way:
                    way = list(on_the_way)
                    return way[way.index(after) :]
                on_the_way[after] = iter(edges.get(after, {}))
                break
            else:
                on_the_way.pop(state)
                depth[state] = 1 + max(
                    (0 if stops(a) else depth[a] for a in edges.get(state, {})), default=0
                )
    return None
