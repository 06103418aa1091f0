"""The access policy in the words of AWS: what key service and bucket enforce of it, as JSON.

Made from the decisions of the policy itself, so the two can't part. Cloud policies know no purpose:
a team may use a class's key if any purpose lets it. What they bind is who (the role), which class
and region (the encryption context of every use of the key), from where, and how.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from handrail.access import AccessPolicy, Purpose, Verb
from handrail.custody.iam_arrivals import Arrivals
from handrail.custody.iam_statements import Document, allow, deny, sid_of
from handrail.errors import BadInput
from handrail.residency import DataClass
from handrail.vault.key_service import CLASS, CONTEXT, REGION, root_check_context
from handrail.vault.s3_store import PROBE
from handrail.vault.sidecar import SUFFIX

_VERSION = "2012-10-17"
# Which verbs need a class's key opened, a new version of it made, or only the store.
_DECRYPTS = frozenset([Verb.READ, Verb.WRITE, Verb.VERIFY, Verb.REWRAP])
_ENCRYPTS = frozenset([Verb.WRITE, Verb.REWRAP])
_GETS = _DECRYPTS - {Verb.WRITE}
# Records of these classes are sealed per person too, by keys of class `subject`.
_OF_PERSONS: frozenset[str] = frozenset([DataClass.RAW, DataClass.REDACTED, DataClass.DATASET])


@dataclass(frozen=True)
class Cloud:
    """Where a region is in AWS. Its key needs no name here: a key policy lies on its own key."""

    account: str
    location: str
    bucket: str
    prefix: str

    def __post_init__(self) -> None:
        said = {
            "account": re.fullmatch(r"[0-9]{12}", self.account),
            "location": re.fullmatch(r"[a-z0-9-]{1,32}", self.location),
            "bucket": re.fullmatch(r"[a-z0-9.-]{3,63}", self.bucket),
            "prefix": re.fullmatch(r"[A-Za-z0-9._/-]*", self.prefix),
        }
        wrong = [f"--{name}" for name, fits in said.items() if fits is None]
        if wrong:
            msg = (
                f"{' and '.join(wrong)}: missing or wrong; give them, or name the region's store "
                "in the config"
            )
            raise BadInput(msg)

    def role(self, region: str, team: str) -> str:
        """The role that everything a team runs assumes."""
        return f"arn:aws:iam::{self.account}:role/handrail-{region}-{team}"

    def objects(self, named: str = "*") -> str:
        """The ARN of the region's objects, or of those whose name is so."""
        return "arn:aws:s3:::" + "/".join(filter(None, (self.bucket, self.prefix, named)))


def cloud_policies(
    policy: AccessPolicy, region: str, cloud: Cloud, *, arrivals: Arrivals | None
) -> Mapping[str, Document]:
    """The region's documents by file name: `key.json`, `bucket.json`, one a role.

    A team that may break glass has a second role for it, `<team>-glass`, which nobody takes on
    without a fresh second factor (`trust-...`); its everyday role doesn't open the class. Whoever
    may seal raw chats at intake reads `arrivals` too; nobody writes there.
    """
    may = {
        team: found for team in policy.teams if any((found := _may(policy, team, region)).values())
    }
    glass = {
        team: [*broken, *_looked_up_in(policy, team, region)]
        for team, found in may.items()
        if (broken := _classes(found, [Verb.BREAK_GLASS]))
    }
    roles = [*may, *(f"{team}-glass" for team in glass)]
    documents = {
        "key.json": _key(region, cloud, may, glass),
        "bucket.json": _bucket(region, cloud, roles),
    }
    for team, found in may.items():
        used = frozenset[Verb]().union(*found.values())
        reads = arrivals if _takes_in(policy, team, region) else None
        documents[f"role-{team}.json"] = _role(cloud, used, reads)
    for team in glass:
        documents[f"role-{team}-glass.json"] = _role(cloud, frozenset([Verb.READ]), None)
        documents[f"trust-{team}-glass.json"] = _trust(cloud, glass_minutes=policy.glass_minutes)
    return documents


def _may(policy: AccessPolicy, team: str, region: str) -> Mapping[DataClass, frozenset[Verb]]:
    return {
        data_class: frozenset(
            verb for verb in Verb if policy.purposes(team, verb, data_class, region=region)
        )
        for data_class in DataClass
    }


def _takes_in(policy: AccessPolicy, team: str, region: str) -> bool:
    """Whether a team reads exports: it may seal what it reads."""
    return Purpose.INTAKE in policy.purposes(team, Verb.WRITE, DataClass.RAW, region=region)


def _looked_up_in(policy: AccessPolicy, team: str, region: str) -> list[str]:
    """Where a team may look for an incident's chat without breaking glass."""
    return [
        str(data_class)
        for data_class in DataClass
        if Purpose.INCIDENT in policy.purposes(team, Verb.READ, data_class, region=region)
    ]


def _classes(may: Mapping[DataClass, frozenset[Verb]], verbs: Iterable[Verb]) -> list[str]:
    wanted = frozenset(verbs)
    return [str(data_class) for data_class, found in may.items() if found & wanted]


def _key(
    region: str,
    cloud: Cloud,
    may: Mapping[str, Mapping[DataClass, frozenset[Verb]]],
    glass: Mapping[str, list[str]],
) -> Document:
    statements: list[Document] = [
        {
            "Sid": "AdministersOnly",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{cloud.account}:root"},
            "Action": [
                "kms:CancelKeyDeletion", "kms:DescribeKey", "kms:DisableKey", "kms:EnableKey",
                "kms:EnableKeyRotation", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus",
                "kms:ListResourceTags", "kms:PutKeyPolicy", "kms:ScheduleKeyDeletion",
                "kms:TagResource", "kms:UntagResource",
            ],
            "Resource": "*",
        },
        deny(
            "NoOtherRegion",
            ["kms:Decrypt", "kms:Encrypt"],
            "*",
            {"StringNotEquals": {f"kms:EncryptionContext:{REGION}": region}},
        ),
        deny("NothingElse", _UNUSED, "*", {}),
    ]  # fmt: skip
    for team, found in may.items():
        for action, verbs in (("Decrypt", _DECRYPTS), ("Encrypt", _ENCRYPTS)):
            classes = _with_standing_keys(found, verbs)
            if classes:
                arn = cloud.role(region, team)
                statements.append(_uses(f"{sid_of(team)}{action}s", arn, action, region, classes))
        statements.append(_describes(f"{sid_of(team)}Describes", cloud.role(region, team)))
    for team, broken in glass.items():
        arn = cloud.role(region, f"{team}-glass")
        classes = sorted({*broken, *_standing(broken)})
        sid = sid_of(f"{team}-glass")
        statements.append(_uses(f"{sid}Decrypts", arn, "Decrypt", region, classes))
        statements.append(_describes(f"{sid}Describes", arn))
    return {"Version": _VERSION, "Statement": statements}


# Whatever else a key could be used for would not carry our context.
_UNUSED = [
    "kms:CreateGrant", "kms:GenerateDataKey*", "kms:GenerateMac", "kms:ReEncrypt*", "kms:Sign",
    "kms:VerifyMac",
]  # fmt: skip


def _standing(classes: Iterable[str]) -> set[str]:
    """What opening these classes needs beside them.

    `audit` holds the key of the digests in every audit record, `root` the check that a home fits
    its key; records of persons are sealed by keys of class `subject` too.
    """
    of_persons = {str(DataClass.SUBJECT)} if _OF_PERSONS.intersection(classes) else set()
    return {str(DataClass.AUDIT), root_check_context("any")[CLASS], *of_persons}


def _with_standing_keys(
    may: Mapping[DataClass, frozenset[Verb]], verbs: frozenset[Verb]
) -> list[str]:
    classes = _classes(may, verbs)
    return sorted({*classes, *_standing(classes)}) if classes else []


def _uses(sid: str, arn: str, action: str, region: str, classes: list[str]) -> Document:
    return {
        **allow(sid, f"kms:{action}", "*"),
        "Principal": {"AWS": arn},
        "Condition": {
            "StringEquals": {
                f"kms:EncryptionContext:{REGION}": region,
                f"kms:EncryptionContext:{CLASS}": classes,
            },
            "ForAllValues:StringEquals": {"kms:EncryptionContextKeys": list(CONTEXT)},
        },
    }


def _describes(sid: str, arn: str) -> Document:
    return {**allow(sid, "kms:DescribeKey", "*"), "Principal": {"AWS": arn}}


def _bucket(region: str, cloud: Cloud, roles: Iterable[str]) -> Document:
    everything = [f"arn:aws:s3:::{cloud.bucket}", f"arn:aws:s3:::{cloud.bucket}/*"]
    objects = f"arn:aws:s3:::{cloud.bucket}/*"
    arns = [cloud.role(region, role) for role in roles]
    return {
        "Version": _VERSION,
        "Statement": [
            deny("TlsOnly", "s3:*", everything, {"Bool": {"aws:SecureTransport": "false"}}),
            deny("NewTlsOnly", "s3:*", everything, {"NumericLessThan": {"s3:TlsVersion": "1.2"}}),
            deny(
                "NoOtherRegion",
                "s3:*",
                everything,
                {"StringNotEquals": {"aws:RequestedRegion": cloud.location}},
            ),
            # What asks for no encryption of its own gets the bucket's default, which is set to KMS.
            deny(
                "NoWeakerEncryption",
                "s3:PutObject",
                objects,
                {
                    "StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"},
                    "Null": {"s3:x-amz-server-side-encryption": "false"},
                },
            ),
            deny(
                "NobodyElse",
                ["s3:GetObject*", "s3:PutObject*", "s3:DeleteObject*", "s3:RestoreObject"],
                objects,
                {"StringNotEquals": {"aws:PrincipalArn": arns}},
            ),
            deny("NoPublicAccess", ["s3:PutBucketAcl", "s3:PutObjectAcl"], everything, {}),
        ],
    }


def _role(cloud: Cloud, used: frozenset[Verb], arrivals: Arrivals | None) -> Document:
    """What a role may do in the store; which classes it can then open is the key policy's say."""
    objects = cloud.objects()
    statements: list[Document] = [
        allow("Finds", ["s3:GetBucketLocation", "s3:ListBucket"], f"arn:aws:s3:::{cloud.bucket}")
    ]
    if used & _GETS or Verb.DESTROY in used:
        statements.append(allow("Gets", "s3:GetObject", objects))
    if Verb.WRITE in used:
        statements.append(allow("Puts", "s3:PutObject", objects))
    elif Verb.REWRAP in used:
        puts = [cloud.objects(f"*{SUFFIX}"), cloud.objects(PROBE)]  # the store tries its server
        statements.append(allow("PutsSidecars", "s3:PutObject", puts))
    if Verb.DESTROY in used:
        statements.append(allow("Deletes", "s3:DeleteObject", objects))
    here: str | list[str] = cloud.location
    if arrivals is not None:
        statements += arrivals.statements()
        if arrivals.location != cloud.location:
            here = sorted({cloud.location, arrivals.location})
    elsewhere = {"StringNotEquals": {"aws:RequestedRegion": here}}
    denied = deny("NoOtherRegion", ["kms:*", "s3:*"], "*", elsewhere)
    del denied["Principal"]  # a role's own policy is about the role
    return {"Version": _VERSION, "Statement": [*statements, denied]}


def _trust(cloud: Cloud, *, glass_minutes: int) -> Document:
    """Who may take on a glass role; of what the role does later AWS knows no second factor."""
    statement = {
        "Sid": "WithSecondFactor",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{cloud.account}:root"},
        "Action": "sts:AssumeRole",
        "Condition": {
            "Bool": {"aws:MultiFactorAuthPresent": "true"},
            "NumericLessThanEqualsIfExists": {"aws:MultiFactorAuthAge": str(60 * glass_minutes)},
        },
    }
    return {"Version": _VERSION, "Statement": [statement]}
