"""The values that the sentences of one conversation are filled with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random

from handrail.simulate import identifiers, pasted
from handrail.simulate.data import read
from handrail.simulate.people import Person, names
from handrail.simulate.phrasing import Phrases, Style

_CODES = ("SPRING", "HELLO", "THANKS", "WINTER", "EXTRA", "FRIEND")


def circumstances(
    rng: Random, person: Person, phrases: Phrases, *, area: str, is_health: bool, day: date
) -> dict[str, str]:
    """Everything true of this customer's case, by slot name: personal data, order, money, dates."""
    locale = person.locale
    amount = locale.money(rng.randint(499, 48000))
    is_health = is_health and phrases.has("values.health_product")
    product = "values.health_product" if is_health else "values.product"
    code = f"{rng.choice(_CODES)}{rng.choice((5, 10, 15, 20, 25))}"
    card = person.values["card"]

    def near(least: int, most: int) -> str:
        return locale.written_day(day + timedelta(days=rng.randint(least, most)))

    return {
        **person.values,
        "first_name": person.first_name,
        "agent_name": rng.choice(names(locale.names).first),
        "order_id": identifiers.order_id(rng),
        "password": identifiers.password(rng),
        "api_key": identifiers.api_key(rng),
        "token": pasted.token(rng),
        "session": pasted.session(rng),
        "last4": card[-4:],
        "product": phrases.pick(product, rng),
        "amount": amount,
        "code": code,
        "days": str(rng.randint(2, 14)),
        "date": near(-6, 6),
        "area": area,
        # the context slots of the example playbook
        "status": phrases.pick("values.status", rng),
        "expected_on": near(1, 6),
        "tracking_status": phrases.pick("values.tracking_status", rng),
        "promo_code": code,
        "promo_ends_on": near(5, 40),
        "refund_amount": amount,
        "refund_sent_on": near(-5, -1),
        "account_balance": locale.money(rng.randint(1200, 940000)),
        "balance_on": near(-1, 0),
        "transfer_amount": amount,
        "transfer_on": near(-5, -1),
        "transfer_reason": phrases.pick("values.transfer_reason", rng),
    }


def as_typed(
    rng: Random, person: Person, style: Style, values: Mapping[str, str]
) -> dict[str, str]:
    """The values as this customer types them: known people often write their name in lower case."""
    spoken = dict(values)
    if style is not Style.NEAT and person.is_known and rng.random() < 0.5:
        spoken["name"] = spoken["name"].lower()
    return spoken


def missed_value(rng: Random, kind: str, person: Person) -> str:
    """A personal value of a kind that rules alone don't find."""
    locale = person.locale
    raw = read(f"names/{locale.names}.yaml")
    words = names(locale.names)
    match kind:
        case "nickname":
            return "-".join(rng.sample(raw["nicknames"].split(), 2))
        case "license_plate":
            return locale.license_plate(rng)
        case "spoken_phone":
            spoken = [rng.choice(raw["digits"].split()) for _ in range(8)]
            spoken.insert(rng.randint(1, 6), raw["double"])
            return " ".join(spoken)
    phrase: str = raw[kind]
    return phrase.format(
        town=rng.choice(words.towns),
        landmark=rng.choice(raw["landmarks"].split(",")),
        school=rng.choice(raw["school"].split(",")),
        trade=rng.choice(raw["trades"].split(",")),
        first=person.first_name.lower(),
        last=person.values["name"].split()[-1].lower(),
    )
