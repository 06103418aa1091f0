r"""The formats in which issuers write their credentials, from the issuers' own pages.

A line is a kind of `secret_kinds` (`-` for `vendor_token`: known, but seldom seen in a chat) and a
pattern; adding an issuer is adding a line. Lengths are exact where the issuer says so, since a
longer run of the same characters is something else. `\w` is `[A-Za-z0-9_-]` here, `\U` a UUID.
"""

from __future__ import annotations

from handrail.redaction.recognizers.base import Sought

_TABLE = r"""
adobe_key           p8e-\w{32}
age_key             AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}
airtable_token      pat[A-Za-z0-9]{14}\.[0-9a-f]{64}
alibaba_access_key  LTAI[A-Za-z0-9]{12,20}
anthropic_key       sk-ant-[a-z0-9]{3,12}-\w{40,128}
artifactory_token   AKCp[A-Za-z0-9]{69}|cmVmd[A-Za-z0-9]{59}
asana_token         [0-9]/[0-9]{16}(?:/[0-9]{16})?:[A-Za-z0-9]{32}
atlassian_token     AT[A-Z]{2}T3[A-Za-z0-9_=-]{20,400}|BBDC-[A-Za-z0-9+/@_-]{40,52}
aws_access_key      (?:A3T[A-Z0-9]|A[KS]IA|AGPA|AIDA|AROA|AIPA|ANPA|ANVA|ABIA|ACCA)[A-Z0-9]{16}
aws_access_key      ABSK[A-Za-z0-9+/]{40,300}={0,2}
azure_key           [A-Za-z0-9_~.]{3}\dQ~[A-Za-z0-9_~.-]{31,34}
azure_key           (?<![+/])[A-Za-z0-9+/]{76,80}(?:APIM|ACDb|\+A(?:Ba|MC|St))[A-Za-z0-9+/=]{4,7}
brevo_key           x(?:keysib|smtpsib)-[0-9a-f]{64}-[A-Za-z0-9]{16}
cloudflare_token    v1\.0-[0-9a-f]{24}-[0-9a-f]{146}
databricks_token    dapi[0-9a-f]{32}(?:-\d)?
datadog_key         dd(?:api|app)_[A-Za-z0-9]{32,40}
digitalocean_token  do[opr]_v1_[0-9a-f]{64}
discord_token       [MNO][A-Za-z0-9]{23,28}\.\w{6}\.\w{27,38}
docker_token        dckr_(?:pat|oat)_\w{27,64}
doppler_token       dp\.(?:pt|st|ct|sa|scim|audit)\.(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,44}
dropbox_token       sl\.(?:u\.)?\w{130,1100}
dynatrace_token     dt0[a-z]\d\d\.[A-Z0-9]{24}\.[A-Z0-9]{64}
facebook_token      EAA[A-Za-z0-9]{40,300}|\d{15,16}\|\w{27,40}
figma_token         fig[duo]r?_\w{36,64}
fly_token           fo1_\w{43}|fm(?:1[ar]|2)_[A-Za-z0-9+/]{80,1500}={0,3}
github_token        gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{60,255}
gitlab_token        gl(?:pat|ptt|dt|rt|soat|cbt|ft|imt|agent|ffct|oas)-[A-Za-z0-9_.=-]{20,128}
gitlab_token        GR1348941(?=\d{0,19}\D)\w{20}|_gitlab_session=[0-9a-z]{32}
google_key          AIza\w{35}|GOCSPX-\w{28}|ya29\.\w{20,512}|1//0\w{40,120}
grafana_token       glc_[A-Za-z0-9+/]{32,400}={0,3}|glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}
grafana_token       eyJrIjoi[A-Za-z0-9]{60,400}={0,3}
heroku_key          HRKU-(?:AA\w{58}|\U)
hubspot_token       pat-(?:na|eu)\d-\U
huggingface_token   (?:hf_|api_org_)(?:[A-Za-z]{34}|[A-Za-z0-9]{34})
jwt                 (?<![\w-])ey[JI]\w{14,2000}\.\w{8,4000}(?:\.\w{8,2000})?
linear_key          lin_(?:api|oauth)_[A-Za-z0-9]{32,64}
mailchimp_key       [0-9a-f]{32}-us\d{1,2}
mailgun_key         (?:pub)?key-[0-9a-f]{32}|[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}
mapbox_token        [psu]k\.(?:eyJ)?\w{57,100}\.\w{22}
new_relic_key       NRAK-[A-Z0-9]{27}|NRJS-[0-9a-f]{19}|NRII-\w{32}|NRRA-[0-9a-f]{40}
new_relic_key       [0-9a-f]{36}NRAL
notion_token        ntn_[0-9]{11}[A-Za-z0-9]{35}|secret_[A-Za-z0-9]{43}
npm_token           npm_[A-Za-z0-9]{36}
okta_token          00\w{39}[A-Za-z0-9_](?![\w-])
onepassword_key     ops_eyJ[A-Za-z0-9+/]{200,1200}={0,3}
onepassword_key     A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}
openai_key          sk-(?:(?:proj|svcacct|admin|None|or-v1)-\w{20,200}|[A-Za-z0-9]{32,64})
postman_key         PMAK-[0-9a-f]{24}-[0-9a-f]{34}|PMAT-[0-9A-Z]{26}
pypi_token          pypi-\w{60,1000}
rubygems_key        rubygems_[0-9a-f]{48}
sendgrid_key        SG\.\w{16,64}\.\w{16,128}
sentry_token        sntryu_[0-9a-f]{64}|sntrys_eyJ[A-Za-z0-9+/=_-]{60,600}
shopify_token       shp(?:at|ca|pa|ss|tka|ua)_[A-Fa-f0-9]{32}
slack_token         xox[abeoprs]-(?:\d-)?\d{8,14}(?:-\d{8,14}){0,3}-[A-Za-z0-9]{16,64}
slack_token         xox[ears]-(?:\d-)?(?=[A-Za-z]{0,20}\d)[0-9A-Za-z]{20,180}
slack_token         xoxe\.xox[bp]-\d-[A-Z0-9]{100,180}
slack_token         xapp-\d-[A-Z0-9]{8,12}-\d{10,14}-[a-z0-9]{40,64}
square_token        EAAA\w{60}|sq0(?:atp|csp|idp)-\w{22,64}
stripe_key          (?:sk|rk|pk)_(?:live|test|prod)_[A-Za-z0-9]{10,255}
stripe_key          whsec_[A-Za-z0-9+/=]{24,128}
telegram_token      \d{8,10}:AA\w{33}|\d{5,16}:A\w{34}
terraform_token     [A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,70}
twilio_key          (?:SK|AC)[0-9a-fA-F]{32}
vault_token         hv[bsr]\.\w{24,300}|s\.(?=[A-Za-z]{0,23}\d)[A-Za-z0-9]{24}
-  API-[A-Z0-9]{25,27}
-  AQVN\w{35,38}
-  AVNS_\w{19}
-  CCIPAT_\w{40,90}
-  CFPAT-\w{43}
-  CLOJARS_[a-z0-9]{60}
-  EZ[AT]K[A-Za-z0-9]{54}
-  FLW(?:SECK|PUBK)(?:_TEST)?-[A-Za-z0-9]{12,34}(?:-X)?
-  YC\w{38}
-  00D[A-Za-z0-9]{12,15}![A-Za-z0-9_.]{80,120}
-  4b1d[A-Za-z0-9]{38}
-  [A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk
-  access-(?:sandbox|development|production)-\U
-  apify_api_[A-Za-z0-9-]{36}
-  b_\w{44}
-  bkua_[0-9a-f]{40}
-  dnkey-\w{26}-\w{52}
-  duffel_(?:test|live)_\w{43}
-  fio-u-\w{64}
-  gsk_[A-Za-z0-9]{48,56}
-  ico-[A-Za-z0-9]{32}
-  (?:live|test)_(?:pub_)?(?:[a-f0-9]{31,35}|\w{40})
-  LPA:1\$[\w.-]{4,80}\$\w{4,60}
-  lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}
-  nf[cpo]_[A-Za-z0-9]{36}
-  oy2[a-z0-9]{43}
-  pat\.\w{22}\.[0-9a-f]{24}\.[A-Za-z0-9]{20}
-  ph[cx]_[A-Za-z0-9]{43}
-  pk_\d{6,9}_[0-9A-Z]{32}
-  pk_[A-Za-z0-9]{34}
-  pnu_[A-Za-z0-9]{36}
-  pplx-[A-Za-z0-9]{48}
-  pscale_(?:tkn|oauth|pw)_[A-Za-z0-9_=.-]{32,64}
-  pul-[0-9a-f]{40}
-  r8_\w{37}
-  rdme_[a-z0-9]{70}
-  re_[A-Za-z0-9]{8}_[A-Za-z0-9]{24}
-  s-s4t2(?:ud|af)-[0-9a-f]{64}
-  sb_(?:secret|publishable)_\w{20,60}
-  sbp_[0-9a-f]{40}
-  (?:sc|ext|scauth|authress)_[A-Za-z0-9]{5,30}\.[A-Za-z0-9]{4,6}\.acc[_-][A-Za-z0-9+/._=-]{40,150}
-  sgp_(?:(?:(?:[0-9a-fA-F]{16}|local)_)?[0-9a-fA-F]{40}|\w{64})
-  sha256~\w{43}
-  shippo_(?:live|test)_[0-9a-fA-F]{40}
-  sk_[0-9a-f]{48}
-  sm_[aps]at_[A-Za-z0-9]{16}
-  sq[apu]_[0-9a-f]{40}
-  t1\.[A-Za-z0-9_-]{1,200}={0,2}\.\w{86}={0,2}
-  tfp_[A-Za-z0-9_.=-]{40,64}
-  tk-us-\w{48}
-  tskey-[a-z]{3,8}-[A-Za-z0-9]{8,24}-[A-Za-z0-9]{20,40}
-  waka_\U
-  xai-[A-Za-z0-9]{70,90}
"""
_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


def _formats() -> dict[str, str]:
    """The table: per kind the patterns in the regular expression language."""
    formats: dict[str, str] = {}
    for line in _TABLE.strip().splitlines():
        kind, body = line.split(maxsplit=1)
        kind = "vendor_token" if kind == "-" else kind
        # In a class `\w` stands among other characters, as in `[\w-]`.
        body = body.replace("[\\w", "[A-Za-z0-9_").replace("\\w", "[A-Za-z0-9_-]")
        body = body.replace("\\U", _UUID)
        formats[kind] = f"{formats[kind]}|{body}" if kind in formats else body
    return formats


FORMATS = _formats()
# The name of the group that matched is the kind of the secret.
ISSUED = Sought(
    # Each of them has a letter or digit among its first four characters.
    r"(?<![A-Za-z0-9])(?=[\w.~][\w.~+/:|!-]{3})(?=[_.~]{0,3}[A-Za-z0-9])(?:"
    + "|".join(f"(?P<{kind}>{body})" for kind, body in FORMATS.items())
    + r")(?![A-Za-z0-9])"
)
