"""What a role may do in the bucket that a region's exports arrive in: read it."""

from __future__ import annotations

from dataclasses import dataclass

from handrail.custody.iam_statements import Document, allow


@dataclass(frozen=True)
class Arrivals:
    """The bucket that a region's exports arrive in: ours to read, not to write."""

    location: str
    bucket: str
    prefix: str

    def statements(self) -> list[Document]:
        """What reading it takes: where it lies, what lies there by name, and the exports.

        The prefix above is listed too: an address may name an object or what lies below it.
        """
        bucket = f"arn:aws:s3:::{self.bucket}"
        above = self.prefix.rpartition("/")[0]
        named = [f"{above}/" if above else "", f"{self.prefix}/*"]
        lists = allow("ListsExports", "s3:ListBucket", bucket)
        if self.prefix:
            lists["Condition"] = {"StringLike": {"s3:prefix": named}}
        everything = "/".join(filter(None, (bucket, self.prefix, "*")))
        return [
            allow("LocatesExports", "s3:GetBucketLocation", bucket),
            lists,
            allow("GetsExports", "s3:GetObject", everything),
        ]
