"""What the agent would offer for a labeled message: the route and the template it would propose.

Correctness head, promise and weight curve all ask what would happen to rows whose outcome people
know. It is worked out here by the code that answers customers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from handrail.agent.backends.grounded import GroundedBackend
from handrail.agent.misfits import misfits, read_closely
from handrail.agent.retrieval import Retrieval
from handrail.agent.router import Router
from handrail.agent.terms import Terms
from handrail.agent.triggers import RegulatedTriggers
from handrail.agent.types import AgentRole, Case, MisfitRules, Route
from handrail.dataset.model import Split, TrainingExample
from handrail.dataset.splits import calibration_parts
from handrail.errors import HandrailError
from handrail.playbook.model import Boundary, Playbook

# Stands for a value that our systems verified, as in redacted text; a link needs an address.
_PLACEHOLDER, _PLACEHOLDER_URL = "[ORDER_1]", "https://example.org/"


@dataclass(frozen=True)
class Offer:
    """A row, its route, and the template of the proposal; None: nothing to propose.

    `misfit`: what the message says keeps the answer from being sent, whatever its topic.
    """

    row: TrainingExample
    route: Route
    template: str | None
    misfit: bool = False

    @property
    def is_right(self) -> bool:
        """Whether people gave the message the routed topic, and nobody flagged its outcome.

        That is topic and flags, not the choice among a topic's templates: nobody judged that.
        """
        return self.route.topic == self.row.topic and self.row.accepted is not False

    @property
    def may_be_sent(self) -> bool:
        """Whether nothing but confidence could keep it from being sent that a message shows."""
        return self.template is not None and not self.route.regulated and not self.misfit


@dataclass(frozen=True)
class Evidence:
    """Offers for rows that nothing was fitted on, by use; no customer is in two.

    `fit` calibrates the head and sets where a promise's tests start, `promise` is what is tested,
    `test` are the held-out rows. Which messages no answer fits is worked out for the first two: a
    promise is about what is sent.
    """

    fit: Sequence[Offer]
    promise: Sequence[Offer]
    test: Sequence[Offer]


@dataclass(frozen=True)
class Offering:
    """The agent as it would answer on a day.

    `context` stands for a customer's verified facts: the templates that need them are those sent.
    """

    backend: GroundedBackend
    triggers: RegulatedTriggers
    region: str
    on: date
    context: Mapping[str, str]
    playbook: Playbook
    misfits: MisfitRules

    @classmethod
    def of(
        cls,
        playbook: Playbook,
        *,
        retrieval: Retrieval | None,
        terms: Terms,
        region: str,
        on: date,
    ) -> Offering:
        """What a release of this playbook would offer, ranked by `retrieval` where there is one."""
        return cls(
            backend=GroundedBackend(playbook, retrieval),
            triggers=RegulatedTriggers.of(playbook, terms=terms),
            region=region,
            on=on,
            context=_verified_placeholders(playbook, region),
            playbook=playbook,
            misfits=terms.misfits,
        )

    @property
    def by_words(self) -> Offering:
        """The same, ranking templates by words alone: quick enough for thousands of messages."""
        return replace(self, backend=self.backend.by_words)

    def offers(self, rows: Sequence[TrainingExample], router: Router) -> list[Offer]:
        """What each row would be offered, in order."""
        asked = [(row.message, row.language) for row in rows]
        routes = router.route_many(asked, triggers=self.triggers)
        return [
            Offer(row, route, self.template(row.example_id, row.message, row.language, route))
            for row, route in zip(rows, routes, strict=True)
        ]

    def held_against(self, offers: Sequence[Offer], router: Router) -> list[Offer]:
        """The offers, each with whether the message keeps its answer from being sent."""
        asked = [(o.row.message, o.row.language, o.route, o.template) for o in offers]
        return [
            replace(offer, route=route, misfit=misfit)
            for offer, (route, misfit) in zip(offers, self._closely(asked, router), strict=True)
        ]

    def _closely(
        self, asked: Sequence[tuple[str, str, Route, str | None]], router: Router
    ) -> list[tuple[Route, bool]]:
        """Each (message, language, route, template) read closely: its route, and if it misfits."""
        routes = read_closely(
            [(route, message, language) for message, language, route, _ in asked],
            router,
            self.misfits,
            triggers=self.triggers,
            topics=self.playbook.topics,
        )
        texts = {template.id: template.text for template in self.playbook.templates}
        return [
            (route, self._misfits(message, route, texts.get(template or "", "")))
            for route, (message, _, _, template) in zip(routes, asked, strict=True)
        ]

    def _misfits(self, message: str, route: Route, answer: str) -> bool:
        return any(misfits(message, (), route, answer, self.misfits))

    def template(self, case_id: str, message: str, language: str, route: Route) -> str | None:
        """The template the backend proposes for a message, None where it proposes nothing."""
        if route.topic is None:
            return None
        case = Case(
            case_id=case_id,
            region=self.region,
            language=language,
            channel="chat",
            role=AgentRole.RESOLVE,
            message=message,
            history=(),
            context=self.context,
            at=datetime.combine(self.on, time(12), tzinfo=UTC),
        )
        try:
            return self.backend.propose(case, route).template_id
        except HandrailError:
            return None

    def to_boundaries(
        self, boundaries: Iterable[Boundary], router: Router
    ) -> list[tuple[Boundary, Route, str | None]]:
        """What each boundary's message would be offered, in order."""
        asked = tuple(boundaries)
        routes = router.route_many([(b.message, b.language) for b in asked], triggers=self.triggers)
        return [
            (b, route, self.template(b.type, b.message, b.language, route))
            for b, route in zip(asked, routes, strict=True)
        ]

    def sendable_boundaries(
        self, boundaries: Iterable[Boundary], router: Router
    ) -> list[tuple[Boundary, Route, str | None]]:
        """The same, with no template where triggers or the message itself keep it from being sent.

        What is left is kept from the customer by confidence alone.
        """
        offered = self.to_boundaries(boundaries, router)
        asked = [(b.message, b.language, route, template) for b, route, template in offered]
        return [
            (b, route, None if misfit or route.regulated else template)
            for (b, _, template), (route, misfit) in zip(
                offered, self._closely(asked, router), strict=True
            )
        ]


def _verified_placeholders(playbook: Playbook, region: str) -> dict[str, str]:
    """A value for each slot that a region's templates fill from verified facts, by its name."""
    return {
        slot.name: _PLACEHOLDER_URL if slot.kind == "url" else _PLACEHOLDER
        for template in playbook.templates
        for slot in template.slots
        if template.region == region and slot.source == "context"
    }


def evidence(
    examples: Sequence[TrainingExample], offering: Offering, router: Router, *, seed: int
) -> Evidence:
    """The held-out rows as the trained agent would answer them; synthetic rows are none."""
    fit, promised = calibration_parts(examples, seed=seed)
    test = [e for e in examples if e.split is Split.TEST and not e.synthetic]
    return Evidence(
        fit=offering.held_against(offering.offers(fit, router), router),
        promise=offering.held_against(offering.offers(promised, router), router),
        test=offering.offers(test, router),
    )
