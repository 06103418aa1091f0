"""The kinds of secret: what each is called, whether it can be replaced, and how one asks for that.

A find of `Secret` names its kind in `Span.rule`. People read `what` and `request` in the incident
that a found credential opens.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SecretKind:
    """One kind of secret.

    `what` continues a sentence: "a GitHub token". `is_rotatable` says whether its holder can make
    it worthless by issuing a new one; `request` asks for that, or says why there is nothing to do.
    """

    what: str
    is_rotatable: bool
    request: str


def _issued(what: str, place: str) -> SecretKind:
    """A credential that its issuer's own pages revoke."""
    return SecretKind(
        f"{_article(what)} {what}", True, f"Revoke this {what} {place} and issue a new one."
    )


def _article(noun: str) -> str:
    return "an" if noun.startswith(("A", "E", "I", "O", "npm", "a", "e", "i", "o")) else "a"


KINDS: Mapping[str, SecretKind] = {
    # Named by the issuer's own format.
    "adobe_key": _issued("Adobe client secret", "in the Adobe Developer Console"),
    "age_key": SecretKind(
        "an age identity",
        True,
        "Make a new age identity and encrypt again whatever this one could open.",
    ),
    "airtable_token": _issued("Airtable token", "in Airtable's Developer Hub"),
    "alibaba_access_key": _issued("Alibaba Cloud access key", "in RAM"),
    "anthropic_key": _issued("Anthropic API key", "in the Anthropic Console"),
    "artifactory_token": _issued("Artifactory token", "in Artifactory's user profile"),
    "asana_token": _issued("Asana access token", "in Asana's developer console"),
    "atlassian_token": _issued("Atlassian API token", "in the Atlassian account's security page"),
    "auth0_secret": _issued("Auth0 client secret", "in the Auth0 application's settings"),
    "aws_access_key": SecretKind(
        "an AWS access key",
        True,
        "Deactivate this AWS access key in IAM and issue a new one.",
    ),
    "aws_secret_key": SecretKind(
        "an AWS secret access key",
        True,
        "Deactivate the AWS access key of this secret in IAM and issue a new one.",
    ),
    "azure_key": _issued("Azure credential", "in the Azure portal"),
    "brevo_key": _issued("Brevo API key", "in Brevo's settings under SMTP and API"),
    "cloudflare_token": _issued("Cloudflare token", "in the Cloudflare dashboard"),
    "databricks_token": _issued("Databricks token", "in Databricks' user settings"),
    "datadog_key": _issued("Datadog key", "in Datadog's organization settings"),
    "digitalocean_token": _issued("DigitalOcean token", "in DigitalOcean's API settings"),
    "discord_token": _issued("Discord bot token", "in the Discord Developer Portal"),
    "docker_token": _issued("Docker access token", "in the Docker account settings"),
    "doppler_token": _issued("Doppler token", "in the Doppler dashboard"),
    "dropbox_token": _issued("Dropbox token", "in the Dropbox App Console"),
    "dynatrace_token": _issued("Dynatrace token", "in Dynatrace's access tokens page"),
    "facebook_token": _issued("Facebook access token", "in the Meta app's settings"),
    "fastly_token": _issued("Fastly API token", "in the Fastly account"),
    "figma_token": _issued("Figma token", "in Figma's account settings"),
    "fly_token": _issued("Fly.io token", "with the fly command line"),
    "github_token": _issued("GitHub token", "in GitHub's developer settings"),
    "gitlab_token": _issued("GitLab token", "in GitLab's access token settings"),
    "google_key": _issued("Google API credential", "in the Google Cloud console"),
    "grafana_token": _issued("Grafana token", "in Grafana's administration pages"),
    "heroku_key": _issued("Heroku API key", "in the Heroku account settings"),
    "hubspot_token": _issued("HubSpot access token", "in the HubSpot private app"),
    "huggingface_token": _issued("Hugging Face token", "in Hugging Face's access token settings"),
    "linear_key": _issued("Linear API key", "in Linear's API settings"),
    "mailchimp_key": _issued("Mailchimp API key", "in the Mailchimp account's API keys page"),
    "mailgun_key": _issued("Mailgun API key", "in Mailgun's API security page"),
    "mapbox_token": _issued("Mapbox token", "in the Mapbox account"),
    "new_relic_key": _issued("New Relic key", "in New Relic's API keys page"),
    "notion_token": _issued("Notion token", "in Notion's integration settings"),
    "npm_token": _issued("npm token", "in the npm account's access tokens page"),
    "okta_token": _issued("Okta API token", "in the Okta admin console"),
    "onepassword_key": _issued("1Password key", "in the 1Password account"),
    "openai_key": _issued("OpenAI API key", "in the OpenAI platform settings"),
    "postman_key": _issued("Postman API key", "in Postman's account settings"),
    "pypi_token": _issued("PyPI token", "in the PyPI account settings"),
    "rubygems_key": _issued("RubyGems API key", "in the RubyGems account settings"),
    "sendgrid_key": _issued("SendGrid API key", "in SendGrid's API keys page"),
    "sentry_token": _issued("Sentry token", "in Sentry's auth token settings"),
    "shopify_token": _issued("Shopify token", "in the Shopify app's settings"),
    "slack_token": _issued("Slack token", "in the Slack app's settings"),
    "square_token": _issued("Square token", "in the Square Developer Console"),
    "stripe_key": _issued("Stripe key", "in the Stripe dashboard"),
    "telegram_token": _issued("Telegram bot token", "with BotFather"),
    "terraform_token": _issued("Terraform Cloud token", "in HCP Terraform's token settings"),
    "twilio_key": _issued("Twilio credential", "in the Twilio console"),
    "vault_token": _issued("HashiCorp Vault token", "with `vault token revoke`"),
    "vendor_token": _issued("token of a known service", "at the service that issued it"),
    # Named by what they are.
    "api_key": _issued("API key or token", "at the service that issued it"),
    "authorization_header": _issued("credential of a request header", "at the service it opens"),
    "basic_auth": SecretKind(
        "a user name with its password", True, "Change the password of this login."
    ),
    "connection_string": SecretKind(
        "a connection string with its password",
        True,
        "Change the password or key in this connection string on the server it opens.",
    ),
    "jwt": SecretKind(
        "a signed session token (JWT)",
        True,
        "End the session of this token; if it doesn't expire soon, revoke it where it was issued.",
    ),
    "license_key": SecretKind(
        "a license key",
        True,
        "Ask the vendor to block this license key and issue a new one.",
    ),
    "password": SecretKind(
        "a password", True, "Ask its owner to change this password wherever it is used."
    ),
    "private_key": SecretKind(
        "a private key",
        True,
        "Replace this key pair, and revoke certificates and access that rest on it.",
    ),
    "recovery_phrase": SecretKind(
        "the recovery phrase of a wallet",
        True,
        "Ask its owner to move everything to a new wallet: this phrase cannot be changed.",
    ),
    "session_token": SecretKind("a session cookie", True, "End this session on the server."),
    "webhook_url": _issued("webhook address", "in the settings of the channel it posts to"),
    "card_verification": SecretKind(
        "a card's verification code",
        False,
        "It belongs to the card: only the bank can replace both. If the card number was given "
        "too, advise the customer to have the card blocked.",
    ),
    "one_time_code": SecretKind(
        "a one-time code",
        False,
        "It expires by itself. Tell the customer never to pass such codes on.",
    ),
    "otp_seed": SecretKind(
        "the secret of an authenticator", True, "Ask its owner to set the authenticator up anew."
    ),
    "pin": SecretKind("a PIN", True, "Ask its owner to change this PIN."),
}
