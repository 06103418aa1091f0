"""A small seeded corpus of opening messages about six topics of the example playbook."""

from __future__ import annotations

from datetime import date
from random import Random

from handrail.dataset.model import TrainingExample
from tests.dataset.test_splits import split

CORES = {
    "en": {
        "password_reset": (
            "i forgot my password and can not sign in", "the password reset mail never came",
            "locked out of my account, need a new password", "my password is not accepted any more",
            "how do i reset the password", "login fails, it says wrong password",
        ),
        "account_onboarding": (
            "i want to open a new account", "how do i sign up as a new customer",
            "the confirmation of my new account is missing", "setting up my account stops halfway",
            "which documents do i need to register", "finish the registration of my account",
        ),
        "order_status": (
            "where is my order", "when will order [ORDER_1] arrive",
            "the tracking of my parcel shows nothing", "has my order been shipped yet",
            "status of order [ORDER_1] please", "my parcel should have been here by now",
        ),
        "promo_code": (
            "the promo code does not work at checkout", "my voucher code is refused",
            "can i use two promo codes together", "the discount code says expired",
            "where do i enter the promotion code", "the coupon was not applied to my basket",
        ),
        "refund_status": (
            "when do i get my refund", "the money for my return has not arrived",
            "how long does a refund take", "refund for order [ORDER_1] is still missing",
            "you promised a refund, where is the money", "my refund is not on the account",
        ),
        "fraud_report": (
            "there is a payment i did not make", "someone used my card without permission",
            "unknown charge on my statement", "i think somebody hacked my bank login",
            "a stranger took money from my account", "report an unauthorized transaction",
        ),
    },
    "de": {
        "password_reset": (
            "ich habe mein passwort vergessen", "mein passwort wird nicht mehr angenommen",
            "wie setze ich das passwort zurück", "ich komme nicht in mein konto, passwort falsch",
        ),
        "account_onboarding": (
            "ich möchte ein neues konto eröffnen", "wie registriere ich mich als neukunde",
            "die bestätigung für mein neues konto fehlt", "die registrierung bricht ab",
        ),
        "order_status": (
            "wo ist meine bestellung", "wann kommt die bestellung [ORDER_1] an",
            "die sendungsverfolgung zeigt nichts", "wurde mein paket schon verschickt",
        ),
        "promo_code": (
            "der gutscheincode funktioniert nicht", "mein rabattcode wird abgelehnt",
            "wo gebe ich den aktionscode ein", "der gutschein ist angeblich abgelaufen",
        ),
        "refund_status": (
            "wann bekomme ich meine erstattung", "das geld für die retoure ist noch nicht da",
            "wie lange dauert die rückerstattung", "die erstattung fehlt auf dem konto",
        ),
        "fraud_report": (
            "da ist eine zahlung die ich nicht gemacht habe", "jemand hat meine karte benutzt",
            "unbekannte abbuchung auf dem konto", "mein bankzugang wurde gehackt",
        ),
    },
}  # fmt: skip
OPENINGS = {
    "en": (
        "hi",
        "hello there",
        "good morning",
        "hey team",
        "",
        "quick question",
        "sorry to bother",
    ),
    "de": ("hallo", "guten tag", "moin", "", "kurze frage", "servus zusammen"),
}
DETAILS = {
    "en": ("since monday", "again", "on my phone", "on the website", "for two days", "this week",
           "in the app", "it is urgent for me", "my name is [PERSON_1]", "and i tried twice"),
    "de": ("seit montag", "schon wieder", "auf dem handy", "auf der webseite", "seit zwei tagen",
           "in der app", "es ist dringend", "mein name ist [PERSON_1]", "ich habe es oft versucht"),
}  # fmt: skip
CLOSINGS = {
    "en": ("please help", "thanks", "can you check", "what can i do", "", "any idea"),
    "de": ("bitte um hilfe", "danke", "können sie nachsehen", "was kann ich tun", ""),
}


def rows(
    count: int, *, region: str, languages: tuple[str, ...], seed: int
) -> list[dict[str, object]]:
    """Rows as the `training_examples` mart gives them; two of three customers wrote once."""
    rng = Random(seed)
    made: list[dict[str, object]] = []
    for number in range(count):
        language = rng.choice(languages)
        topic = rng.choice(sorted(CORES[language]))
        parts = (
            rng.choice(OPENINGS[language]), rng.choice(CORES[language][topic]),
            rng.choice(DETAILS[language]), rng.choice(CLOSINGS[language]),
        )  # fmt: skip
        made.append({
            "example_id": f"c-{number:05}", "source_system": "desk", "region": region,
            "language": language,
            "channel": "chat", "product_area": "account", "sector": "retail", "topic": topic,
            "message": ", ".join(p for p in parts if p), "reply": "done", "template": None,
            "weight": 1.0, "outcome_weight": 0.0, "accepted": None,
            "subject_group": f"s{rng.randrange(count)}",
            "topic_set_by": "export", "simulated": True, "severity": "normal",
            "basis": "contract", "agent": None,
            "reply_accepted": None, "flagged_message": None, "flagged_reply": None,
            "day": date(2026, 1, 5),
        })  # fmt: skip
    return made


def examples(count: int = 1500, *, region: str = "eu", seed: int = 3) -> list[TrainingExample]:
    """The rows, split."""
    languages = ("en", "de") if region == "eu" else ("en",)
    return split(rows(count, region=region, languages=languages, seed=seed), seed=seed)
