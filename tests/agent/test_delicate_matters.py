"""Who is in danger, or whose account is in strange hands, is answered by people (R26)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from handrail.agent.answer import redact_message
from handrail.agent.terms import load_terms
from handrail.agent.triggers import RegulatedTriggers
from handrail.playbook.model import Playbook
from handrail.redaction.ruleset import STANDARD


@pytest.fixture(scope="module")
def triggers(playbook: Playbook) -> RegulatedTriggers:
    return RegulatedTriggers.of(playbook, terms=load_terms())


@pytest.mark.parametrize(
    "message",
    ["I forgot my password and I want to die", "I don't want to live any more",
     "sometimes I think of ending my life", "Ich will sterben.", "ich will nicht mehr leben",
     "Passwort weg, ich bin lebensmüde", "je veux mourir", "j'en peux plus, je veux mourir",
     "je veux en finir", "Je veux mettre fin à ma vie", "me quiero morir", "quiero morir",
     "ya no quiero vivir", "quiero acabar con mi vida", "no tengo ganas de vivir"],
)  # fmt: skip
def test_danger_to_life_goes_to_people(message: str, triggers: RegulatedTriggers) -> None:
    """R26: in every language, whatever else the message asks for."""
    assert "keyword:danger" in triggers.fired(message, ())


@pytest.mark.parametrize("message", ["quiero morir", "me quiero morir", "Quiero Morir"])
def test_redaction_leaves_the_words_that_tell_of_danger(
    message: str, triggers: RegulatedTriggers
) -> None:
    """R26: a message that redaction took for a name would reach nobody."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    redacted = redact_message(message, language="es", region="eu", at=at, ruleset=STANDARD)
    assert "keyword:danger" in triggers.fired(redacted, ())


@pytest.mark.parametrize(
    "message",
    ["I can't log in, someone changed my password", "somebody changed my e-mail address",
     "someone else is logged into my account", "someone is using my account",
     "I gave my password to a caller", "I clicked a link and typed my password",
     "I got a reset mail I did not request", "money was taken from my account",
     "reset my ex-girlfriend's password", "my husband died, reset his password",
     "jemand hat mein Passwort geändert", "jemand anderes ist in meinem Konto eingeloggt",
     "jemand benutzt mein Konto", "ich habe mein Passwort einem Anrufer gegeben",
     "ich habe auf einen Link geklickt und mein Passwort eingegeben",
     "die Mail zum Zurücksetzen habe ich nicht angefordert", "mir wurde Geld abgebucht",
     "Passwort meiner Ex-Freundin zurücksetzen",
     "mein Mann ist gestorben, ich brauche sein Passwort",
     "quelqu'un a changé mon mot de passe", "quelqu'un d'autre est connecté à mon compte",
     "quelqu'un utilise mon compte", "j'ai donné mon mot de passe à un inconnu au téléphone",
     "j'ai cliqué sur un lien et tapé mon mot de passe",
     "j'ai reçu un mail de réinitialisation que je n'ai pas demandé", "on m'a pris de l'argent",
     "réinitialiser le mot de passe de mon ex copine", "mon mari est décédé, son mot de passe ?",
     "alguien cambió mi contraseña", "alguien está en mi cuenta", "otra persona usa mi cuenta",
     "le di mi contraseña a uno que llamó", "hice clic en un enlace y puse mi contraseña",
     "recibí un correo de restablecimiento que no pedí", "me han sacado dinero de la cuenta",
     "restablecer la contraseña de mi exnovia", "mi marido ha muerto, necesito su contraseña",
     "My husband changed my password", "My ex logs in with my password",
     "Is somebody logging into my account? I forgot my password",
     "Mein Mann hat mein Passwort geaendert", "Meine Schwester benutzt mein Konto",
     "Mon mari se connecte avec mon mot de passe", "Ma sœur utilise mon compte",
     "Mi hermano entra con mi contrasena", "Mi hermana usa mi cuenta"],
)  # fmt: skip
def test_an_account_in_strange_hands_goes_to_people(
    message: str, triggers: RegulatedTriggers
) -> None:
    """R26: takeover, phishing, and the account of somebody else."""
    assert "keyword:fraud_report" in triggers.fired(message, ())


@pytest.mark.parametrize(
    "message",
    ["I forgot my password", "I clicked the reset link and nothing happens",
     "I changed my password and can't log in", "Passwort vergessen",
     "ich habe auf den Link geklickt, nichts passiert", "j'ai oublié mon mot de passe",
     "j'ai tapé mon mot de passe trois fois", "olvidé mi contraseña",
     "puse mi contraseña y no funciona", "I got an item I never ordered",
     "recibí un artículo que no pedí", "me han cambiado la fecha de entrega",
     "My husband and I share an order", "Can someone change my password?",
     "Could somebody reset my password for me please", "My brother can't log in to his account",
     "My friend told me to reset my password", "Wer kann mein Passwort zurücksetzen?",
     "Mein Mann hat ein Paket bestellt, mein Konto zeigt es nicht",
     "Mein Bruder kommt nicht in sein Konto", "Quelqu'un peut-il changer mon mot de passe ?",
     "Le lien qui permet d'accéder à mon compte ne marche pas",
     "Mon frère n'arrive pas à se connecter à son compte", "¿Alguien puede cambiar mi contraseña?",
     "El reembolso entró en mi cuenta", "Mi hermano no puede entrar en su cuenta"],
)  # fmt: skip
def test_a_plain_matter_sets_off_no_keyword(message: str, triggers: RegulatedTriggers) -> None:
    """R26: who only forgot a password needs no person."""
    assert triggers.fired(message, ()) == ()
