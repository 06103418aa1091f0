"""R35, R38: what the cloud is told to enforce is what the access policy decides.

The documents are read by a small evaluator of AWS's rules written here: an explicit deny wins, then
an allow, else denied.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

import pytest

from handrail.access import AccessPolicy, Team, Verb
from handrail.custody.iam import Cloud, cloud_policies
from handrail.custody.iam_arrivals import Arrivals
from handrail.errors import BadInput
from handrail.residency import DataClass
from handrail.settings import PROJECT, load_settings
from handrail.vault.key_service import class_key_context, root_check_context
from handrail.vault.s3_store import PROBE
from tests.test_access import meant

CLOUD = Cloud("111122223333", "eu-central-1", "example-eu", "handrail")
KEY = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ELSEWHERE = "us-east-1"
FRESH = {"aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": "3600"}
Document = Mapping[str, Any]


@pytest.fixture(scope="module")
def documents() -> Mapping[str, Document]:
    from handrail.vault.policy import open_policy

    return cloud_policies(open_policy(load_settings(environ={})), "eu", CLOUD, arrivals=None)


def allowed(
    document: Document, action: str, *, resource: str, who: str, context: Mapping[str, str]
) -> bool:
    effects = {
        statement["Effect"]
        for statement in document["Statement"]
        if _names(statement["Action"], action)
        and _names(statement["Resource"], resource)
        and _is_about(statement.get("Principal", "*"), who)
        and all(
            _holds(operator, key, wanted, {**context, "aws:PrincipalArn": who})
            for operator, pairs in statement.get("Condition", {}).items()
            for key, wanted in pairs.items()
        )
    }
    return effects == {"Allow"}


def _names(patterns: str | list[str], name: str) -> bool:
    return any(fnmatchcase(name, p) for p in _list(patterns))


def _list(one_or_more: str | list[str]) -> list[str]:
    return [one_or_more] if isinstance(one_or_more, str) else one_or_more


def _is_about(principal: str | Mapping[str, str], who: str) -> bool:
    return principal == "*" or (isinstance(principal, Mapping) and principal["AWS"] == who)


def _holds(operator: str, key: str, wanted: str | list[str], context: Mapping[str, str]) -> bool:
    if operator == "ForAllValues:StringEquals":
        prefix = "kms:EncryptionContext:"
        found = [k.removeprefix(prefix) for k in context if k.startswith(prefix)]
        return set(found) <= set(_list(wanted))
    value = context.get(key)
    match operator:
        case "StringLike":
            return value is not None and any(fnmatchcase(value, w) for w in _list(wanted))
        case "StringEquals" | "Bool":
            return value in _list(wanted)
        case "StringNotEquals":
            return value not in _list(wanted)
        case "Null":
            return (value is None) == (wanted == "true")
        case "NumericLessThan":
            return value is not None and float(value) < float(str(wanted))
        case "NumericLessThanEqualsIfExists":
            return value is None or float(value) <= float(str(wanted))
    raise AssertionError(operator)


def may_use(
    document: Document, action: str, role: str, context: Mapping[str, str], **more: str
) -> bool:
    bound = {f"kms:EncryptionContext:{key}": value for key, value in context.items()}
    return allowed(
        document,
        f"kms:{action}",
        resource=KEY,
        who=CLOUD.role("eu", role),
        context={**bound, **more},
    )


def cells(verbs: set[Verb]) -> set[tuple[str, DataClass]]:
    return {(team, data_class) for team, verb, data_class, _ in meant() if verb in verbs}


TEAMS = ("agent", "compliance", "custody", "pipeline", "reviewers", "support-operations", "support")
OPENING = {Verb.READ, Verb.WRITE, Verb.VERIFY, Verb.REWRAP}


def test_a_role_opens_the_classes_its_team_may_and_no_other_R35(
    documents: Mapping[str, Document],
) -> None:
    """Beside them the audit keys, and persons' keys for whoever holds records of persons."""
    expected = cells(OPENING)
    expected |= {(team, DataClass.AUDIT) for team, _ in expected}
    of_persons = {DataClass.RAW, DataClass.REDACTED, DataClass.DATASET}
    expected |= {(team, DataClass.SUBJECT) for team, held in expected if held in of_persons}
    found = {
        (team, data_class)
        for team in TEAMS
        for data_class in DataClass
        if may_use(documents["key.json"], "Decrypt", team, class_key_context("eu", data_class, 3))
    }
    assert found == expected
    assert ("compliance", DataClass.RAW) not in found
    for team in TEAMS:
        can = may_use(documents["key.json"], "Decrypt", team, root_check_context("eu"))
        assert can == (team != "support")


def test_a_role_makes_keys_of_the_classes_it_writes_R35(documents: Mapping[str, Document]) -> None:
    writes = cells({Verb.WRITE, Verb.REWRAP})
    for team in TEAMS:
        for data_class in set(DataClass) - {DataClass.AUDIT, DataClass.SUBJECT}:
            context = class_key_context("eu", data_class, 1)
            can = may_use(documents["key.json"], "Encrypt", team, context)
            assert can == ((team, data_class) in writes), (team, data_class)


def test_a_key_opens_in_its_own_region_and_context_alone_R38(
    documents: Mapping[str, Document],
) -> None:
    good = class_key_context("eu", DataClass.RAW, 1)
    key = documents["key.json"]
    assert may_use(key, "Decrypt", "pipeline", good)
    for wrong in (
        {**good, "region": "us"},
        {**good, "more": "x"},
        {k: v for k, v in good.items() if k != "region"},
        {k: v for k, v in good.items() if k != "class"},
        {},
    ):
        assert not may_use(key, "Decrypt", "pipeline", wrong)
    for action in ("GenerateDataKey", "ReEncryptFrom", "CreateGrant", "Sign"):
        assert not may_use(key, action, "pipeline", good)
    root = "arn:aws:iam::111122223333:root"
    for action in ("Decrypt", "Encrypt"):
        bound = {f"kms:EncryptionContext:{k}": v for k, v in good.items()}
        assert not allowed(key, f"kms:{action}", resource=KEY, who=root, context=bound)
    assert allowed(key, "kms:PutKeyPolicy", resource=KEY, who=root, context={})


def test_glass_takes_a_role_of_its_own_and_a_fresh_second_factor_R35(
    documents: Mapping[str, Document],
) -> None:
    """The factor is asked for when the role is taken on: what it does later carries no word of it,
    so a condition on the key would shut the glass for good.
    """
    key, raw = documents["key.json"], class_key_context("eu", DataClass.RAW, 1)
    glass = "compliance-glass"
    assert may_use(key, "Decrypt", glass, raw), "a role's session tells of no second factor"
    assert not may_use(key, "Decrypt", "compliance", raw, **FRESH)
    assert not may_use(key, "Encrypt", glass, raw)
    opened = {
        data_class
        for data_class in DataClass
        if may_use(key, "Decrypt", glass, class_key_context("eu", data_class, 1))
    }
    assert opened == {DataClass.RAW, DataClass.REDACTED, DataClass.SUBJECT, DataClass.AUDIT}
    [statement] = documents["trust-compliance-glass.json"]["Statement"]
    trust = {"Statement": [{**statement, "Principal": "*", "Resource": "*"}]}
    for told, can in (
        (FRESH, True),
        ({"aws:MultiFactorAuthPresent": "true"}, True),
        ({}, False),
        ({**FRESH, "aws:MultiFactorAuthAge": "3601"}, False),
        ({**FRESH, "aws:MultiFactorAuthPresent": "false"}, False),
    ):
        ask = {"resource": CLOUD.role("eu", glass), "who": "anna", "context": told}
        assert allowed(trust, "sts:AssumeRole", **ask) == can, told  # type: ignore[arg-type]
    assert [name for name in documents if "glass" in name] == [
        "role-compliance-glass.json", "trust-compliance-glass.json",
    ]  # fmt: skip


OBJECT = "arn:aws:s3:::example-eu/handrail/raw_chats/2026-01-05/ab"
GOOD = {
    "aws:SecureTransport": "true",
    "s3:TlsVersion": "1.3",
    "aws:RequestedRegion": "eu-central-1",
}


def _in_store(documents: Mapping[str, Document], role: str, action: str, **more: str) -> bool:
    """As S3 decides: the role's policy must allow it, and the bucket's must not deny it."""
    resource = more.pop("resource", OBJECT)
    ask = {"resource": resource, "who": CLOUD.role("eu", role), "context": {**GOOD, **more}}
    bucket = documents["bucket.json"]
    allow_all = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    open_bucket = {"Statement": [allow_all, *bucket["Statement"]]}
    mine = documents[f"role-{role}.json"]
    return allowed(mine, action, **ask) and allowed(open_bucket, action, **ask)  # type: ignore[arg-type]


def test_a_role_does_in_the_store_what_its_team_may_R35(documents: Mapping[str, Document]) -> None:
    everywhere = {team: {v for t, v, _, _ in meant() if t == team} for team in TEAMS[:-1]}
    sidecar = f"{OBJECT}.key"
    for team, verbs in everywhere.items():
        may = {a for a in ("Get", "Put", "Delete") if _in_store(documents, team, f"s3:{a}Object")}
        expected = {"Get"} if verbs & {Verb.READ, Verb.VERIFY, Verb.REWRAP} else set()
        expected |= {"Put"} if Verb.WRITE in verbs else set()
        expected |= {"Delete"} if Verb.DESTROY in verbs else set()
        assert may == expected, team
        puts = _in_store(documents, team, "s3:PutObject", resource=sidecar)
        assert puts == bool(verbs & {Verb.WRITE, Verb.REWRAP}), team
        probe = f"arn:aws:s3:::example-eu/handrail/{PROBE}"
        assert _in_store(documents, team, "s3:PutObject", resource=probe) == puts, (
            "without it the store refuses this team's first write"
        )
    assert not _in_store(documents, "compliance-glass", "s3:PutObject")
    assert _in_store(documents, "compliance-glass", "s3:GetObject")


@pytest.mark.parametrize(
    "wrong",
    [
        {"aws:SecureTransport": "false"},
        {"s3:TlsVersion": "1.1"},
        {"aws:RequestedRegion": ELSEWHERE},
        {"s3:x-amz-server-side-encryption": "AES256"},
        {"resource": "arn:aws:s3:::example-us/handrail/raw_chats/2026-01-05/ab"},
        {"resource": "arn:aws:s3:::example-eu/other/raw_chats/2026-01-05/ab"},
    ],
    ids=str,
)
def test_the_bucket_takes_nothing_plain_foreign_or_weaker_R37_R38(
    documents: Mapping[str, Document], wrong: dict[str, str]
) -> None:
    assert _in_store(documents, "pipeline", "s3:PutObject")
    kms = {"s3:x-amz-server-side-encryption": "aws:kms"}
    assert _in_store(documents, "pipeline", "s3:PutObject", **kms)
    assert not _in_store(documents, "pipeline", "s3:PutObject", **wrong)


def test_the_bucket_knows_nobody_else_R35(documents: Mapping[str, Document]) -> None:
    bucket = documents["bucket.json"]
    open_bucket = {
        "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}, *bucket["Statement"]]
    }
    for who, can in (
        (CLOUD.role("eu", "pipeline"), True),
        (CLOUD.role("us", "pipeline"), False),
        (CLOUD.role("eu", "support"), False),
        ("arn:aws:iam::111122223333:root", False),
    ):
        ask = {"resource": OBJECT, "who": who, "context": GOOD}
        assert allowed(open_bucket, "s3:GetObject", **ask) == can, who  # type: ignore[arg-type]


@pytest.mark.parametrize("location", ["eu-central-1", "eu-west-1"])
def test_who_takes_exports_in_reads_their_bucket_and_nobody_writes_there_R35_R38(
    location: str,
) -> None:
    """Below its prefix and in its location; a role that takes nothing in gets nothing of it."""
    from handrail.vault.policy import open_policy

    policy = open_policy(load_settings(environ={}))
    arrivals = Arrivals(location, "desk-exports-eu", "desk/zendesk")
    made = cloud_policies(policy, "eu", CLOUD, arrivals=arrivals)

    def may(role: str, action: str, resource: str, **more: str) -> bool:
        context = {**GOOD, "aws:RequestedRegion": location, **more}
        who = CLOUD.role("eu", role)
        return allowed(
            made[f"role-{role}.json"],
            f"s3:{action}",
            resource=f"arn:aws:s3:::desk-exports-eu{resource}",
            who=who,
            context=context,
        )

    for role in (name[5:-5] for name in made if name.startswith("role-")):
        takes_in = role == "pipeline"
        assert may(role, "GetBucketLocation", "") == takes_in, role
        assert may(role, "GetObject", "/desk/zendesk/day.jsonl") == takes_in, role
        for prefix, lies_there in (("desk/", True), ("desk/zendesk/", True), ("desk/hr/", False)):
            listed = may(role, "ListBucket", "", **{"s3:prefix": prefix})
            assert listed == (takes_in and lies_there), (role, prefix)
        assert not may(role, "GetObject", "/desk/hr/day.jsonl")
        assert not may(role, "PutObject", "/desk/zendesk/day.jsonl")
        assert not may(role, "DeleteObject", "/desk/zendesk/day.jsonl")
    elsewhere = {"aws:RequestedRegion": ELSEWHERE}
    assert not may("pipeline", "GetObject", "/desk/zendesk/day.jsonl", **elsewhere)
    assert not may("pipeline", "ListBucket", "")


def test_a_team_bound_elsewhere_has_no_role_R38() -> None:
    text = load_settings(environ={}).access_policy.read_text()
    bound = Team("compliance_us", "compliance", ("us",))
    policy = AccessPolicy(text, teams=[bound], regions=("eu", "us"), glass_minutes=15)
    assert "role-compliance_us.json" in cloud_policies(policy, "us", CLOUD, arrivals=None)
    there = cloud_policies(policy, "eu", CLOUD, arrivals=None)
    assert "compliance_us" not in json.dumps(there)
    assert '"aws:MultiFactorAuthAge": "900"' in json.dumps(there)


def test_sids_are_what_aws_takes_and_differ(documents: Mapping[str, Document]) -> None:
    for document in documents.values():
        sids = [statement["Sid"] for statement in document["Statement"]]
        assert all(sid.isalnum() for sid in sids) and len(set(sids)) == len(sids)
    assert len(json.dumps(documents["key.json"])) < 32_768  # the longest key policy KMS takes


def test_the_files_in_deploy_are_what_the_policy_says(documents: Mapping[str, Document]) -> None:
    """`handrail access iam` writes them anew; deploy/iam/README.md has the call."""
    kept = {file.name: json.loads(file.read_text()) for file in _kept()}
    assert kept == documents


def _kept() -> Iterator[Any]:
    yield from sorted((PROJECT / "deploy" / "iam" / "eu").glob("*.json"))


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"account": "1"}, "account"),
        ({"location": ""}, "location"),
        ({"bucket": "*"}, "bucket"),
        ({"prefix": "a*"}, "prefix"),
    ],
)
def test_a_place_that_is_none_is_refused(changed: dict[str, str], named: str) -> None:
    with pytest.raises(BadInput, match=f"^--{named}: missing or wrong"):
        Cloud(**{**vars(CLOUD), **changed})
