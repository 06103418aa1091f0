"""R35: default deny; every cell of teams x classes x purposes x regions x verbs is what was meant.

What was meant is written here from the design's prose, not from the policy: pipeline moves a chat
down the line and no step reads further up than it must; the live side answers with model and data
set, and records; compliance reads what has no raw text in it, and breaks the glass for what has;
reviewers compare the raw chats of an audit round with the redacted ones; custody cares for keys and
objects without reading any.
"""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from handrail.access import Access, AccessPolicy, Permission, Purpose, Team, Verb
from handrail.errors import BadInput
from handrail.residency import DataClass
from handrail.settings import DEFAULT_CONFIG, Settings, load_settings
from handrail.vault.policy import open_policy

# team | verbs | classes | purposes
MEANT = """
pipeline   | read write            | raw                              | intake redaction
pipeline   | read write            | redacted                         | redaction warehouse sampling
pipeline   | read write            | redacted                         | dataset evaluation
pipeline   | read write            | dataset                          | warehouse dataset training
pipeline   | read write            | dataset                          | evaluation
pipeline   | read write            | model                            | training evaluation release
pipeline   | export                | model                            | release
pipeline   | export                | dataset                          | dataset
pipeline   | read                  | subject                          | intake
agent      | read                  | model dataset                    | serving
agent      | write                 | desk                             | serving
compliance | read                  | redacted dataset desk audit      | review explanation
compliance | write                 | redacted                         | review
compliance | export                | audit                            | review
compliance | read                  | redacted                         | incident
compliance | break_glass           | raw                              | incident
reviewers  | read                  | raw redacted                     | review
support-operations | read          | redacted                         | tagging serving
custody    | verify rewrap destroy | raw redacted dataset model       | custody
custody    | verify rewrap destroy | desk subject audit               | custody
custody    | export                | audit                            | custody
"""
REGIONS = ("eu", "us", "apac")
STRANGERS = ("support", "platform", "root", "")
Cell = tuple[str, Verb, DataClass, Purpose]


def meant() -> set[Cell]:
    rows = [[part.split() for part in line.split("|")] for line in MEANT.strip().splitlines()]
    return {
        (team, Verb(verb), DataClass(data_class), Purpose(purpose))
        for teams, verbs, classes, purposes in rows
        for team, verb, data_class, purpose in product(teams, verbs, classes, purposes)
    }


def permitted(policy: AccessPolicy, *teams: str, region: str) -> set[Cell]:
    return {
        cell
        for cell in product(teams, Verb, DataClass, Purpose)
        if asked(policy, *cell, region=region).allowed
    }


def asked(
    policy: AccessPolicy,
    team: str,
    verb: Verb,
    data_class: DataClass,
    purpose: Purpose,
    *,
    region: str = "eu",
) -> Permission:
    return policy.decide(Access("test", team, purpose), verb, data_class, region=region)


def policy_of(text: str, *teams: Team) -> AccessPolicy:
    return AccessPolicy(text, teams=teams, regions=REGIONS, glass_minutes=60)


@pytest.fixture(scope="module")
def default() -> str:
    return load_settings(environ={}).access_policy.read_text()


@pytest.fixture(scope="module")
def policy() -> AccessPolicy:
    return open_policy(load_settings(environ={}))


@pytest.mark.parametrize("region", REGIONS)
def test_every_cell_is_what_was_meant_R35(policy: AccessPolicy, region: str) -> None:
    teams = {cell[0] for cell in meant()}
    assert set(policy.teams) == teams
    assert permitted(policy, *teams, *STRANGERS, region=region) == meant()


def test_raw_chats_are_open_to_intake_redaction_and_review_alone_R35(policy: AccessPolicy) -> None:
    looks = (Verb.READ, Verb.WRITE, Verb.EXPORT)
    found = permitted(policy, *policy.teams, *STRANGERS, region="eu")
    assert {(c[0], c[3]) for c in found if c[2] is DataClass.RAW and c[1] in looks} == {
        ("pipeline", Purpose.INTAKE),
        ("pipeline", Purpose.REDACTION),
        ("reviewers", Purpose.REVIEW),
    }


def test_the_live_side_opens_no_chat_but_a_data_sets_rows_to_serve_R35(
    policy: AccessPolicy,
) -> None:
    """Never what is raw or redacted, and a data set for no other purpose and with no other verb."""
    found = permitted(policy, "agent", region="eu")
    texts = {DataClass.RAW, DataClass.REDACTED, DataClass.DATASET, DataClass.SUBJECT}
    assert {cell for cell in found if cell[2] in texts} == {
        ("agent", Verb.READ, DataClass.DATASET, Purpose.SERVING)
    }
    bound = policy_of(
        load_settings(environ={}).access_policy.read_text(), Team("agent", None, ("us",))
    )
    here = ("agent", Verb.READ, DataClass.DATASET, Purpose.SERVING)
    assert asked(bound, *here, region="us").allowed
    assert not asked(bound, *here, region="eu").allowed


def test_an_empty_policy_permits_nothing_R35(policy: AccessPolicy) -> None:
    assert permitted(policy_of(""), *policy.teams, *STRANGERS, region="eu") == set()


def test_a_team_bound_to_a_region_acts_in_no_other_R38(default: str) -> None:
    """A team that is new to a company needs lines in its config alone."""
    here = Team("compliance_us", "compliance", ("us",))
    nowhere = Team("interns", "compliance", ())
    policy = policy_of(default, here, nowhere)
    like = {c[1:] for c in meant() if c[0] == "compliance"}
    assert {c[1:] for c in permitted(policy, "compliance_us", region="us")} == like
    for region in ("eu", "apac"):
        assert permitted(policy, "compliance_us", region=region) == set()
        assert permitted(policy, "compliance", region=region) != set()
    assert not any(permitted(policy, "interns", region=region) for region in REGIONS)


def test_binding_a_team_of_the_policy_leaves_the_others_where_they_are_R38(default: str) -> None:
    policy = policy_of(default, Team("compliance", None, ("us", "apac")))
    assert permitted(policy, *policy.teams, region="us") == meant()
    assert permitted(policy, *policy.teams, region="eu") == {
        cell for cell in meant() if cell[0] != "compliance"
    }


def test_a_team_of_the_config_without_a_rule_may_nothing_R35(default: str) -> None:
    assert permitted(policy_of(default, Team("x", None, REGIONS)), "x", region="eu") == set()


@pytest.mark.parametrize("region", ["mars", "", "EU", 'eu"', "eu ", "\ud800", "\x00"])
def test_a_region_nobody_knows_is_refused_R38(policy: AccessPolicy, region: str) -> None:
    """Not even what is permitted in every region there is."""
    assert not any(asked(policy, *cell, region=region).allowed for cell in meant())


@pytest.mark.parametrize(
    "words",
    [
        {"verb": "fly"},
        {"verb": "Read"},
        {"data_class": "secrets"},
        {"purpose": "curiosity"},
        {"purpose": 'intake" || true || "'},
        {"team": "Pipeline"},
        {"team": "pipeline\n"},
        {"team": 'pipeline" || true || "'},
        {"team": "\x00"},
        {"team": "\ud800"},
    ],
)
def test_a_word_nobody_knows_is_refused_not_a_crash_R35(
    policy: AccessPolicy, words: dict[str, str]
) -> None:
    good = {"team": "pipeline", "verb": "read", "data_class": "raw", "purpose": "intake"}
    assert asked(policy, **good).allowed  # type: ignore[arg-type]
    answer = asked(policy, **{**good, **words})  # type: ignore[arg-type]
    assert not answer.allowed
    assert "no rule of the access policy" in answer.reason


def test_the_vocabulary_is_the_codes() -> None:
    """Every verb, class and purpose of the code may be spoken of in a rule."""
    purposes = ", ".join(f'Purpose::"{purpose}"' for purpose in Purpose)
    rules = "\n".join(
        f'@id("{n}") @reason("r") permit (principal in Team::"all", action == Action::"{verb}", '
        f'resource == DataClass::"{data_class}") when {{ [{purposes}].contains(context.purpose) }};'
        for n, (verb, data_class) in enumerate(product(Verb, DataClass))
    )
    open_to_all = permitted(policy_of(rules), "all", region="eu")
    kept = {
        ("all", verb, data_class, purpose)
        for verb, data_class, purpose in product(Verb, DataClass, Purpose)
        if not (verb is Verb.EXPORT and data_class in {DataClass.RAW, DataClass.SUBJECT})
        if (verb is not Verb.BREAK_GLASS or purpose is Purpose.INCIDENT)
        if (purpose is not Purpose.INCIDENT or verb in {Verb.READ, Verb.BREAK_GLASS})
    }
    assert open_to_all == kept


def test_a_companys_own_policy_cannot_permit_what_always_holds_R35_R38() -> None:
    """Raw export, glass without an incident, writing in an incident, a region outside the bound."""
    everything = '@id("all") @reason("all") permit (principal, action, resource);'
    policy = policy_of(everything, Team("us_only", None, ("us",)))
    raw, model, glass = DataClass.RAW, DataClass.MODEL, Verb.BREAK_GLASS
    for verb, data_class, purpose, rule in [
        (Verb.EXPORT, raw, Purpose.RELEASE, "raw-stays-in-the-vault"),
        (Verb.EXPORT, DataClass.SUBJECT, Purpose.RELEASE, "raw-stays-in-the-vault"),
        (glass, raw, Purpose.REVIEW, "glass-for-incidents-only"),
        (Verb.WRITE, raw, Purpose.INCIDENT, "incidents-only-look"),
        (Verb.DESTROY, model, Purpose.INCIDENT, "incidents-only-look"),
        (Verb.EXPORT, model, Purpose.INCIDENT, "incidents-only-look"),
    ]:
        answer = asked(policy, "us_only", verb, data_class, purpose, region="us")
        assert (answer.allowed, answer.rules) == (False, (rule,))
        assert "forbidden" in answer.reason
    outside = asked(policy, "us_only", Verb.READ, model, Purpose.SERVING, region="eu")
    assert (outside.allowed, outside.rules) == (False, ("bound-to-its-regions",))
    assert asked(policy, "us_only", Verb.READ, model, Purpose.SERVING, region="us").allowed


def test_a_forbidding_rule_that_fails_does_not_permit_R35() -> None:
    """Cedar skips a rule it can't evaluate; what the rule would have forbidden stays shut."""
    permit = '@id("all") @reason("all") permit (principal in Team::"x", action, resource);'
    forbid = '@id("none") @reason("none") forbid (principal, action, resource) when { LIMIT > 0 };'
    for limit, permitted_ in (("0", True), ("9223372036854775807 + 1", False)):
        policy = policy_of(permit + forbid.replace("LIMIT", limit))
        answer = asked(policy, "x", Verb.READ, DataClass.MODEL, Purpose.SERVING)
        assert answer.allowed == permitted_


def test_a_cell_is_decided_once_and_an_unknown_one_is_not_kept(policy: AccessPolicy) -> None:
    known = ("pipeline", Verb.READ, DataClass.RAW, Purpose.INTAKE)
    assert asked(policy, *known) is asked(policy, *known)
    stranger = ("nobody", *known[1:])
    assert asked(policy, *stranger) is not asked(policy, *stranger)
    assert asked(policy, *known, region="x") is not asked(policy, *known, region="x")


def test_an_answer_names_its_rule_and_the_reason(policy: AccessPolicy) -> None:
    yes = asked(policy, "pipeline", Verb.READ, DataClass.RAW, Purpose.INTAKE)
    assert (yes.allowed, yes.rules) == (True, ("pipeline-raw",))
    assert yes.reason == (
        "team pipeline read raw for intake in eu: permitted, intake seals raw chats, redaction "
        "reads them; nothing after it does"
    )
    no = asked(policy, "pipeline", Verb.READ, DataClass.RAW, Purpose.TRAINING)
    assert (no.rules, no.reason) == (
        (),
        "team pipeline read raw for training in eu: no rule of the access policy permits it",
    )
    stranger = asked(policy, "nobody", Verb.READ, DataClass.RAW, Purpose.INTAKE)
    assert stranger.reason.endswith(
        "no rule of the access policy names the team, so none permits it"
    )


def test_purposes_are_those_that_are_permitted(policy: AccessPolicy) -> None:
    found = policy.purposes("compliance", Verb.READ, DataClass.REDACTED, region="eu")
    assert found == [Purpose.REVIEW, Purpose.EXPLANATION, Purpose.INCIDENT]
    assert policy.purposes("compliance", Verb.READ, DataClass.RAW, region="eu") == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("permit everything to everyone", "not valid Cedar"),
        ('@id("a") @reason("r") permit (principal == Person::"x", action, resource);', "Person"),
        ('@id("a") @reason("r") permit (principal, action == Action::"fly", resource);', "fly"),
        (
            '@id("a") @reason("r") permit (principal, action, resource == DataClass::"rwa");',
            "rwa",
        ),
        (
            '@id("a") @reason("r") permit (principal, action, resource) '
            'when { context.purpose == Purpose::"intkae" };',
            "intkae",
        ),
        (
            '@id("a") @reason("r") permit (principal, action, resource) '
            "when { context.mood == 1 };",
            "mood",
        ),
        ('@id("a") permit (principal, action, resource);', "rule a .* reason"),
        ('@reason("r") permit (principal, action, resource);', "rule policy0 .* id"),
        ('@id("") @reason("r") permit (principal, action, resource);', "needs an id"),
        (
            '@id("a") @reason("r") permit (principal, action, resource);' * 2,
            "id of its own",
        ),
        (
            '@id("bound-to-its-regions") @reason("r") permit (principal, action, resource);',
            "id of its own",
        ),
    ],
)
def test_a_policy_that_is_not_sound_is_refused_when_it_is_read(text: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        policy_of(text)


@pytest.mark.parametrize(
    ("team", "sentence"),
    [
        (Team("x", "complience", REGIONS), "'complience', which no rule .* compliance"),
        (Team("x", None, ("eu", "mars")), "bound to mars.* eu, us, apac"),
        (Team("x", "x", REGIONS), "not sound"),
    ],
)
def test_a_team_that_is_not_sound_is_refused_when_it_is_read(
    default: str, team: Team, sentence: str
) -> None:
    with pytest.raises(BadInput, match=sentence):
        policy_of(default, team)


def test_teams_come_from_the_config_R35(tmp_path: Path) -> None:
    table = '[teams.compliance_us]\nlike = "compliance"\nregions = ["us"]\n[teams.platform]\n'
    policy = open_policy(_settings(tmp_path, table))
    assert policy.teams == (
        "agent", "compliance", "compliance_us", "custody", "pipeline", "platform", "reviewers",
        "support-operations",
    )  # fmt: skip
    assert permitted(policy, "compliance_us", region="us")
    assert not permitted(policy, "compliance_us", "platform", region="eu")


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ('[teams.x]\nregion = ["us"]', "teams.x.region"),
        ("[break_glass]\nmax_minutes = 61", "break_glass.max_minutes"),
        ("[break_glass]\nmax_minutes = 0", "break_glass.max_minutes"),
    ],
)
def test_a_wrong_table_is_named(tmp_path: Path, table: str, key: str) -> None:
    with pytest.raises(BadInput, match=key):
        _settings(tmp_path, table)


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_policy_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "mine.cedar"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadInput, match=r"mine\.cedar.*set `access_policy`"):
        AccessPolicy.read(path, teams=[], regions=REGIONS, glass_minutes=60)


def test_the_digest_is_of_all_that_decides(default: str) -> None:
    bound = Team("compliance", None, ("us",))
    digests = {
        policy_of(default).digest,
        policy_of(default + "\n// edited").digest,
        policy_of(default, bound).digest,
        AccessPolicy(default, teams=[], regions=("eu",), glass_minutes=60).digest,
        AccessPolicy(default, teams=[], regions=REGIONS, glass_minutes=5).digest,
    }
    assert len(digests) == 5
    assert policy_of(default).digest in digests


def _settings(folder: Path, tables: str) -> Settings:
    config = folder / "config.toml"
    kept = DEFAULT_CONFIG.read_text().replace("[break_glass]\nmax_minutes = 60", "")
    config.write_text(f"{kept}\n{tables}\n")
    return load_settings(environ={"HANDRAIL_HOME": str(folder / "home")}, config_file=config)
