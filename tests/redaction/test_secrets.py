"""R31, R34: credentials by kind and language, what must stay, and the kind that a find names."""

from __future__ import annotations

import base64

import pytest

from handrail.redaction.plain import plain
from handrail.redaction.recognizers import find_all
from handrail.redaction.recognizers.base import Recognizer
from handrail.redaction.recognizers.login import Login
from handrail.redaction.recognizers.one_time_code import OneTimeCode
from handrail.redaction.recognizers.password import Password
from handrail.redaction.recognizers.secret import Secret
from handrail.redaction.recognizers.secret_formats import FORMATS
from handrail.redaction.recognizers.secret_kinds import KINDS
from handrail.redaction.spans import merge

_HEX = "27f133febd73af1c5b7d5a8e13f56786"
_BODY = "MIIBOgIBAAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf9Cnzj4p4WGeKLs1Pt8Qu"
_BASIC = base64.b64encode(b"anna:Sommer2019!").decode()

# A find's kind, and a line whose «guillemets» mark it; a line without them must be left alone.
TABLE: dict[type[Recognizer], tuple[tuple[str, str], ...]] = {
    Secret: (
        ("aws_access_key", "key «AKIAIOSFODNN7BQXMPL2»"),
        ("github_token", "«ghp_g7X4JuOjg7HiRhjd9HnqPZhjea415oR5DG6V»"),
        ("github_token", "token is «ghp_g7X4JuOjg7HiRhjd9HnqPZhjea415oR5DG6V», sorry"),
        ("gitlab_token", "«glpat-aB3dE5fG7hJ9kL1mN3pQ»"),
        ("slack_token", "«xoxb-263594206564-2343594206574-FGqddMF8t08v8N7Oq4i57vs1»"),
        ("stripe_key", "Bearer «sk_live_sjG9F6g7nIFd0x26neksRca4»"),
        ("sendgrid_key", f"«SG.{_HEX[:22]}.{_HEX}aB3dE5fG7hJ»"),
        ("google_key", "«AIzaSyD4rG7uXq2ZkLwP9vNmT5bYcH1eJfR8sQa»"),
        ("openai_key", "our key «sk-proj-aB3dE5fG7hJ9kL1mN3pQaB3dE5fG7hJ9kL1mN3pQ» leaked"),
        ("telegram_token", "bot «110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw9»"),
        ("jwt", "«eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVPmB92K27uhbUJU1p1r»"),
        ("vendor_token", "«pul-" + _HEX + "0a1b2c3d»"),
        (
            "private_key",
            f"«-----BEGIN RSA PRIVATE KEY-----\n{_BODY}\n-----END RSA PRIVATE KEY-----»",
        ),
        ("private_key", f"«-----BEGIN PRIVATE KEY-----\\n{_BODY}\\n-----END PRIVATE KEY-----»\\n"),
        ("private_key", f"«-----BEGIN EC PRIVATE KEY-----\n{_BODY}\n{_BODY}» that is all I have"),
        ("session_token", f"session=«{_HEX}»"),
        ("aws_secret_key", "aws_secret_access_key = «wJalrXUtnFEMIK7MDENGbPxRfiCYzq8LmNop12Rs»"),
        ("datadog_key", f'export DATADOG_API_KEY="«{_HEX}»"'),
        ("api_key", f"STORAGE_KEY=«{_HEX}»"),
        ("api_key", f'{{"api_key": "«{_HEX}»"}}'),
        ("api_key", "<acmeToken>\n    «q7x2m9k4w1z8v5t3r6p0»\n</acmeToken>"),
        ("api_key", "acme_TOKEN ?= «q7x2m9k4w1z8v5t3r6p0»"),
        ("api_key", "acmeSecret: «d9428888-122b-11e1-b85c-61cd3cbb3210»"),
        ("api_key", "mein API-Schlüssel lautet «q7x2m9k4w1z8v5t3r6p0»"),
        ("api_key", "ma clé «q7x2m9k4w1z8v5t3r6p0»"),
        ("api_key", 'curl -H "Token: «3fea6af1349166ea»"'),
        ("license_key", "license «ABCDE-12345-FGHIJ-67890-KLMNO»"),
        ("api_key", "here it is: «aB3dE5fG7hJ9kL1mN3pQ5rS7»"),
        ("api_key", "JWT_SECRET=«change-is-good-2291»"),
        ("api_key", "curl -H 'X-Auth-Token: «b7f3c9e1d5a2»' https://api.example"),
        ("api_key", "the first half is «9f8s7d6f5g4h», the second follows"),
        ("", "imagePullSecret: regcred2"),
        ("", "tls-secret=wildcard-cert-2024"),
        ("", "secret: projects/12/secrets/db-3"),
        ("", "X-Request-Id: b7f3c9e1d5a2"),
        ("", "the first half is 2-1 already"),
        ("", "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"),
        ("", "AKIAIOSFODNN7EXAMPLE"),
        ("", "api_key = YOUR_API_KEY_GOES_HERE"),
        ("", "token: ${ACCESS_TOKEN_FOR_CI_2024}"),
        ("", "apiKey: process.env.ACME_KEY_2024"),
        ("", "secret_name = prod-cluster-payment-04"),
        ("", "commit 9fceb02d0ae598e95dc970b74767f19372d61af8 broke it"),
        ("", "sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("", "md5 checksum 27f133febd73af1c5b7d5a8e13f56786"),
        ("", "request id d9428888-122b-11e1-b85c-61cd3cbb3210"),
        ("", f"-----BEGIN PUBLIC KEY-----\n{_BODY}\n-----END PUBLIC KEY-----"),
        ("", f"-----BEGIN CERTIFICATE-----\n{_BODY}\n-----END CERTIFICATE-----"),
        ("", "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC7vbqajDhA4bGpQ5Jx"),
        ("", "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAA"),
        ("", 'public_key = "9Cnzj4p4WGeKLs1Pt8QuKUpRKfFLfRYC9AIKjbJTWit"'),
        ("", "SRCREV_moby = '43fc912ef59a83054ea7f6706df4d53a7dea4d80'"),
        ("", "BlindKeySignatures = Ed25519.BlindKeySignatures"),
        ("", "Error code 0x80070057 in module AcmeDownloadManagerService2"),
        ("", "the key is under the mat, the token economy, a secret santa"),
        ("", "tracking 1Z999AA10123456784 and JD014600003526810734"),
    ),
    Login: (
        ("connection_string", "«postgres://app:s3cr3t@db.internal:5432/shop»"),
        ("connection_string", "«mongodb+srv://u:p4ssw0rd@cluster0.abc.mongodb.net/test»"),
        ("connection_string", "«redis://:f0obar99@cache:6379/0» is down"),
        ("connection_string", "Server=tcp:db,1433;User ID=app;Password=«Tr0ub4dor»;Encrypt=true"),
        ("connection_string", f"AccountName=shop;AccountKey=«{_HEX}==»;EndpointSuffix=core"),
        (
            "webhook_url",
            "post to «https://hooks.slack.com/services/T03KX9QLM/B05ABCD7/q7x2m9k4w1z8»",
        ),
        ("webhook_url", "«https://discord.com/api/webhooks/815327091234567890/q7x2m9k4w1z8v5»"),
        ("basic_auth", "curl -u «elastic:P@ssw0rd1» https://localhost:9200"),
        ("basic_auth", "curl -s --user «'api:d2LkV78zLx!t'» https://api.example.net"),
        ("password", "mysql -u root -p«Sup3rS3cret» shop"),
        ("password", "sshpass -p '«S3cr3tPass!»' ssh host"),
        ("password", "unzip -P «z1pper-x» dump.zip"),
        ("password", "openssl enc -aes-256-cbc -k «enigmaPass3»"),
        ("password", "mongo -u root -p «m0ng0-pass» --authenticationDatabase admin"),
        ("password", "mongosh --username root --password '«m0ng0 pass»'"),
        ("password", "smbclient //nas/share -U lee%«Quagga55»"),
        ("password", "ldapsearch -D cn=admin -w «l-dap-77»"),
        ("password", "echo '«Gl4cier»' | sudo -S reboot"),
        ("password", 'echo "root:«Gl4cier9»" | chpasswd'),
        ("password", "create user app identified by '«m4ria-db»'"),
        ("password", "deploy --api-key=«9sdk29dks8d7f6»"),
        ("password", "admin:«Sup3rvisor»"),
        ("password", "a note says: admin «Qx4tzB81»"),
        ("", "admin Dashboard2024 and root Cause"),
        ("password", "basic auth is stage:«st4ge-only»"),
        ("", "docker run -p 8080:80 shop"),
        ("", "az vm list -o table"),
        ("", "root:x:0:0:root:/root:/bin/bash"),
        ("", "admin/settings page is blank"),
        ("", "echo hello123 | sudo tee /etc/motd"),
        ("", "--key value.json --token-limit 4096"),
        ("", "basic auth is off / use oauth2"),
        ("basic_auth", f"Authorization: Basic «{_BASIC}»"),
        ("", "postgres://app:${DB_PASSWORD}@db/shop"),
        ("", "https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX"),
        ("", 'curl -u "$USER:$PASSWORD" https://localhost'),
        ("", "curl -u <user:password> https://localhost"),
        ("", "curl -u username:password https://localhost"),
        ("", "docker run -u 1000:1000 shop"),
        ("", "the basic subscription is enough"),
        ("", "see https://shop.example/help"),
    ),
    Password: (
        ("password", "password is «hunter70»"),
        ("password", "pw: «Xk9!mm2p»"),
        ("password", "my wifi password at home is «BlueMoon42»"),
        ("password", "Passwort lautet «Sommer2019!»"),
        ("password", "passwort ist «es*3UpBCY6#p»"),
        ("password", "das Kennwort war «Winter_88» glaube ich"),
        ("password", "mon mot de passe est «Tournesol77»"),
        ("password", "le mdp c'est «chat!2024»"),
        ("password", "mot de passe: «azerty123»"),
        ("password", "mot de passe : «s0leil!x»"),
        ("password", "mon mot de passe actuel est «Kurum$13675» si ça peut aider"),
        ("password", "mon mot de passe pour le site est «Lune88!»"),
        ("password", "mi contraseña es «Girasol77»"),
        ("password", "la contraseña: «gato!2024»"),
        ("password", "mi clave es «azul2023»"),
        ("password", "mi clave de acceso es «rio_verde9»"),
        ("password", "mi contraseña actual es «Suson%43027» por si ayuda"),
        ("password", "my password is «Kookaburra7»"),
        ("password", "ich hab es mit «Regenbogen#99» als Passwort versucht"),
        ("password", "I tried «Snowdrop!44» as the password"),
        ("password", "mein Kundenkennwort ist «Sonnenblume»"),
        ("password", "memorable word is «barnacle»"),
        ("password", "Kennwort fürs Portal: «Dackel4ever»"),
        ("password", "mein passwrot: «Donner!5»"),
        ("password", "motdepasse «cornichon12»"),
        ("password", "mi contraceña: «Trueno!5»"),
        ("password", "le mdp c «minou75» je crois"),
        ("password", 'the passphrase for the key is "«seven angry llamas dancing»"'),
        ("password", "guest network pass phrase: «coffee before meetings 9»"),
        ("password", "mdp root du nas: «grosdisque»"),
        ("password", "ipsec psk «Qm7-nnP-xx2»"),
        ("password", '{"user": "lee", "pass": "«brisket44»"}'),
        ("otp_seed", "my 2FA secret is «JBSW Y3DP EHPK 3PXP»"),
        ("otp_seed", "totp seed «KRSXG5CTMVRXEZLU»"),
        (
            "recovery_phrase",
            "mes 12 mots : «gravity machine north sort system female filter attitude "
            "volume fold club stay»",
        ),
        ("", "a season pass 2024 is sold out"),
        ("", "palabras clave 2024"),
        ("", 'it says password "too weak"'),
        ("", "passphrase: please reset it for me"),
        ("", '{"pass": 14, "fail": 2}'),
        ("", "setup key is greyed out"),
        (
            "recovery_phrase",
            "12 word backup: «legal winner thank year wave sausage worth useful legal "
            "winner thank yellow»",
        ),
        ("", "12 words or less please tell me how your company plans on fixing this for me"),
        ("", "verwende die PIN als Passwort"),
        ("", "das Kundenkennwort ist erforderlich"),
        ("", "memorable word is required"),
        ("password", "password is «$ecret99»"),
        ("password", 'dbPassword = "«correct horse battery»"'),
        ("password", "DB_PASSWORD=«Tr0ub4dor»"),
        ("password", "I log in with anna.k / «Sommer2019!»"),
        ("password", "Zugangsdaten: anna / «Sommer2019!»"),
        (
            "recovery_phrase",
            "my seed phrase: «ripple vivid acid lunar tobacco orbit fence caught "
            "narrow slim dentist ozone»",
        ),
        ("", "password reset doesn't work"),
        ("", "my password is wrong"),
        ("", "password_reset"),
        ("", "password: ${DB_PASSWORD}"),
        ("", "password = os.environ['DB']"),
        ("", "Passwort vergessen, was tun?"),
        ("", "mi contraseña no funciona"),
        ("", "my recovery phrase does not work since the last update and the app hangs on start"),
        ("password", "my password is «correct horse battery staple»"),
        ("password", "passphrase: «purple otter violin marble». it fails"),
        ("", "my password is correct and still refused every time"),
        ("", "my password is incorrect despite several resets"),
        ("", "my password is correct according to your page"),
        ("", "my password is correct despite several resets"),
        ("", "password is another story altogether friends"),
        ("", "la contraseña es siempre incorrecta desde ayer noche"),
        ("", "mein Passwort ist angeblich falsch seit gestern Abend"),
        ("", "olvidé la password: páseme un enlace"),
        ("", "quiero cambiar la password, ¿puede pasarme un enlace?"),
        ("", "ho dimenticato la password, potete aiutarmi?"),
        ("", "ho perso la password: potete mandarne una nuova"),
        ("password", "password: «extreme»"),
        ("password", "password, «hunter70»"),
        ("password", 'password, "«paseme»"'),
    ),
    OneTimeCode: (
        ("pin", "the pin is «9255»"),
        ("pin", "der Torcode ist «2580»"),
        ("pin", "lockbox is «3390»"),
        ("pin", "buzzer code «0912» if nobody answers"),
        ("one_time_code", "Abholcode «883 201» hab ich bekommen"),
        ("one_time_code", "der Zustellcode wäre «7741»"),
        ("one_time_code", "delivery OTP «7713»"),
        ("one_time_code", "the code it texted me: «G-448120»"),
        ("", "Abholcode seit 3 Tagen nicht bekommen"),
        ("", "the lockbox is broken, 300 people wait"),
        ("card_verification", "the security code on the back says «456»"),
        ("card_verification", "der Sicherheitscode auf der Rückseite ist «456»"),
        ("card_verification", "le cryptogramme au dos c'est «456»"),
        ("card_verification", "el código de seguridad al dorso es «456»"),
        ("", "the security code on the back is hidden, 456 people saw it"),
        ("pin", "meine Geheimzahl ist «4412»"),
        ("pin", "mon code secret est «4412»"),
        ("pin", "le code pin est le «0912»"),
        ("pin", "mi pin es «4412»"),
        ("pin", "el pin es el «0912»"),
        ("pin", "pincode «400076»"),
        ("pin", "pin code is «110001»"),
        ("pin", "PIN: «400076»"),
        ("card_verification", "cvv «850»"),
        ("card_verification", "Prüfziffer: «773»"),
        ("card_verification", "le cryptogramme est «431»"),
        ("card_verification", "code de sécurité «773»"),
        ("card_verification", "el cvv es «431»"),
        ("card_verification", "código de seguridad «773»"),
        ("one_time_code", "verification code: «482 913»"),
        ("one_time_code", "«482913» is your verification code"),
        ("one_time_code", "«482913» ist Ihr Bestätigungscode"),
        ("one_time_code", "die TAN lautet «482913»"),
        ("one_time_code", "le code reçu par sms est «552901»"),
        ("one_time_code", "code de vérification : «448120»"),
        ("one_time_code", "el código que me llegó es «552901»"),
        ("one_time_code", "código de verificación: «448120»"),
        ("pin", "I changed my PIN from «1122» to «3344» at the branch"),
        ("pin", "mi nip pasó de «1212» a «3434»"),
        ("one_time_code", "Sperrcode vom iPad ist «061109»"),
        ("one_time_code", "Garagencode «6602» falls jemand früher kommt"),
        ("one_time_code", "I got «552 018» by sms"),
        ("one_time_code", "hab «552 018» bekommen aber die Seite nimmt es nicht"),
        ("one_time_code", "hab «771203» eingegeben, abgelaufen"),
        ("one_time_code", "use «884213» to approve the payment of 20.00"),
        ("one_time_code", "mon authenticator dit «209385»"),
        ("one_time_code", "my backup codes are «3k9d-22hf» and «88sl-10qp»"),
        ("one_time_code", "spare codes: «482 193», «771 004», «390 118»"),
        ("one_time_code", "activation code «9QRT2» is on the tv"),
        ("card_verification", "the 3 digits are «204»"),
        ("card_verification", "los 3 números de atrás son «204»"),
        ("", "I got 552 018 points"),
        ("", "I received 120 000 pesos"),
        ("", "the price went from 1200 to 1500"),
        ("", "code coverage went from 8000 to 9000 lines"),
        ("", "Fehlercode 4471, Gutscheincode SOMMER24, Barcode 40451"),
        ("", "alfonsoview nevada bhutan 140552408"),
        ("", "three digits 404 came up"),
        ("", "authenticator setup takes 10 minutes"),
        ("", "postal code 560123"),
        ("", "pin the tab"),
        ("", "use code SAVE on friday"),
        ("", "the pin was 12 € too expensive"),
        ("", "error code 40451"),
        ("", "promo code 2024"),
        ("", "le code promo ETE2024 ne marche pas"),
    ),
}
ROWS = [(finder, *row) for finder, rows in TABLE.items() for row in rows]


@pytest.mark.parametrize(("finder", "kind", "line"), ROWS, ids=[f"{r[1]}: {r[2]}" for r in ROWS])
def test_find_is_exactly_what_is_marked_and_names_its_kind(
    finder: type[Recognizer], kind: str, line: str
) -> None:
    """R31, R34"""
    wanted = [part.split("»")[0] for part in line.split("«")[1:]]
    text = line.replace("«", "").replace("»", "")
    shown = plain(text)
    spans = merge(finder().find(shown.text, language=""))
    assert [text[slice(*shown.source(span.start, span.end))] for span in spans] == wanted
    assert {span.rule for span in spans} == ({kind} if kind else set())


def test_every_format_is_of_a_kind_that_people_can_read() -> None:
    """R34"""
    assert set(FORMATS) <= set(KINDS)


def test_every_kind_says_what_to_do() -> None:
    """R34"""
    for kind in KINDS.values():
        assert kind.what.startswith(("a ", "an ", "the "))
        assert kind.request.endswith(".")


@pytest.mark.parametrize(("finder", "kind", "line"), [r for r in ROWS if r[1]])
def test_secret_never_stays_whoever_finds_it(
    finder: type[Recognizer], kind: str, line: str
) -> None:
    """R31: with all recognizers together no letter of it is left."""
    secret = line.split("«")[1].split("»")[0]
    shown = plain(line.replace("«", "").replace("»", ""))
    spans = merge(find_all(shown.text, language=""))
    start = line.index("«")
    assert any(s.start <= start and s.end >= start + len(secret) for s in spans)
