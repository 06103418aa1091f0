from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from handrail.playbook.model import Playbook
from handrail.playbook.reader import read_playbook
from handrail.settings import PROJECT

EXAMPLE = PROJECT / "handrail" / "playbook" / "example"
TODAY = date(2026, 3, 2)
CONTEXT = {
    "order_id": "A-1001",
    "status": "packed",
    "expected_on": "2026-03-05",
    "tracking_status": "at the depot",
    "promo_code": "SPRING",
    "promo_ends_on": "2026-03-31",
    "refund_amount": "€25.00",
    "refund_sent_on": "1 March 2026",
    "account_balance": "1.204,50 €",
    "balance_on": "02.03.2026",
    "transfer_amount": "$75.00",
    "transfer_on": "2026-02-27",
    "transfer_reason": "unknown recipient",
}

SMALL = """
regions: {eu: [en, de], us: [en]}
tiers: {low: Little harm., high: Great harm.}
topics:
  order_status: {product_area: orders, tier: low, regulated: false, description: Where it is.}
  loan_advice: {product_area: banking, tier: high, regulated: true, description: Borrowing.}
slots:
  order_id: {source: context, kind: text}
  days: {source: fact, kind: amount}
defaults: {owner: Head, approver: Lead, valid_from: 2025-01-01, valid_to: 2026-12-31}
templates:
  - topic: order_status
    regions: [eu, us]
    texts:
      en: "Order {order_id} takes {days} days."
      de: "Bestellung {order_id} dauert {days} Tage."
facts:
  - name: days
    values:
      eu: {en: "3", de: "3"}
      us: {en: "5"}
disclosures:
  - id: ai
    when: first_turn
    regions: [eu, us]
    texts: {en: This is an AI., de: Eine KI.}
    must_say: {is_an_ai: {en: an AI, de: KI}}
  - id: out
    when: hand_off
    regions: [eu, us]
    texts: {en: A specialist., de: Eine Fachkraft.}
    must_say: {who: {en: specialist, de: Fachkraft}}
  - id: doubt
    when: unsure
    regions: [eu, us]
    texts: {en: Not certain., de: Nicht sicher.}
    must_say: {not_certain: {en: Not certain, de: Nicht sicher}}
mandates:
  route:
    statement: Bring it to the right team.
    prompt: "{{ mandate }} {{ region }} {{ language }} {{ hand_off }}"
    guardrails: [Invent nothing.]
    approved_by: Director
    approved_on: 2025-01-01
    valid_to: 2026-12-31
boundaries:
  en:
    banned: {guessing: [i guess]}
    human_claims: [i am human]
    regulated_keywords: {loan_advice: [loan]}
    examples: 
      - type: guessing
        use: training
        message: When
        bad_reply: I guess soon.
        good_reply: I will ask.
"""

Write = Callable[..., Path]


@pytest.fixture(scope="session")
def example() -> Playbook:
    return read_playbook(EXAMPLE)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """A folder with the small playbook, some of its text replaced, and further files."""

    def _write(*replacements: tuple[str, str], **files: str) -> Path:
        text = SMALL
        for old, new in replacements:
            assert old in text
            text = text.replace(old, new, 1)
        (tmp_path / "playbook.yaml").write_text(text, encoding="utf-8")
        for name, content in files.items():
            (tmp_path / f"{name}.yaml").write_text(content, encoding="utf-8")
        return tmp_path

    return _write
