"""What each check claims, in a sentence: people read it beside the verdict and its reason."""

CLAIMS = {
    "rows_usable": "The exports hold at least one chat that can be used; the rest is counted with "
    "reasons.",
    "tags_complete": "Most of the day's chats carry all five tags (product area, region, severity, "
    "channel, language); a chat without one is kept out of training.",
    "one_region": "Every chat belongs to the region that it is stored in.",
    "sealed_at_rest": "The stored object was read back and authenticated, and holds every chat.",
    "rows_reconcile": "Rows read equal rows kept plus rows in quarantine, each with its reason.",
    "second_look_found_nothing": "An independently written search of the redacted chats finds no "
    "personal data or secret.",
    "every_day_measured": "Every redacted day that is held keeps figures of how it was scrubbed.",
    "no_open_secret_incidents": "Every credential that was found in a chat was rotated, or "
    "people have said that it is none.",
    "expectations": "The table has the columns, ranges and keys that everything later relies on.",
    "sample_drawn": "What people read was drawn by a seed before anyone looked, as large as the "
    "budget needs; a region with too few chats for that says so.",
    "leak_bound_within_budget": "People have read the whole round, found enough of the leaks that "
    "were seeded in it, and the upper bound on the share of chats that still leak is within the "
    "budget.",
    "labels_known": "Every flag is about a message that its chat has.",
    "all_marked": "Every synthetic dialogue says what wrote it, by which seed, from which facts "
    "and for which gap; none can be evaluated on.",
    "facts_from_playbook": "No synthetic dialogue says a number, amount, date, link or promise "
    "that no approved template or fact says.",
    "escalation_present": "Every synthetic dialogue about what only people may answer ends with "
    "the region's hand-off.",
    "only_redacted": "Every row comes from stamped scrubber output and shows no address or long "
    "number.",
    "one_region_group": "Every row is of this region and says its language.",
    "sectors_kept_apart": "No row is of a sector that the region keeps apart, and none is for "
    "evaluation only.",
    "no_split_leakage": "No customer and no near-duplicate message is in two splits, the newest "
    "days are only tested on, no synthetic row is tested on, and no split is empty.",
    "synthetic_share_within_limit": "No more of the training rows were written by a generator "
    "than the config file allows.",
    "no_supplier_dominates": "No customer and no agent has more of a topic's training rows than "
    "the config file allows.",
    "mix_within_tolerance": "Training rows are spread over topics, languages and channels as the "
    "target mix says, within its tolerance.",
    "calibrated": "What the model says is 80 % sure, of a topic or of a reply, is right about 80 % "
    "of the time, on rows that it has not seen.",
    "no_memorized_values": "The model knows only phrases that at least five customers (or "
    "synthetic dialogues, which hold nobody's words) used; none holds a number, or a word that is "
    "some known customer's own.",
    "reads_meaning": "A sentence encoder reads the messages of the region's languages; without "
    "one, topics go by words alone.",
    "feedback_has_effect": "Warnings act on the kind of reply that people warn of: on "
    "held-out chats the flags that people set are more selective than the same flags dealt out at "
    "random.",
    "boundaries_have_effect": "Without the playbook's boundaries more of those that are kept "
    "for examination would be answered by the agent alone.",
    "strata_complete": "Real chats, attacks and edge cases each have their minimum number.",
    "not_in_training": "What is nearly a row of the training set was left out of the questions.",
    "correctness": "The answers are right: the lower end of the interval reaches the floor.",
    "tone": "The answers are not rude, shouted, blaming or curt: the lower end of the interval "
    "reaches the floor.",
    "as_right_on_later_days": "Chats of days that nothing was learned of are answered as well as "
    "those of the days before.",
    "routes_as_scripted": "In scripted conversations the routing role brings the case to the right "
    "people, with what they need, and asks no more than it has to.",
    "summaries_faithful": "Summaries of held-out chats say nothing that the chats don't: a second "
    "reading finds every number, name and negation there. Chats written for it are told as they "
    "should be.",
    "disclosure": "Every sentence that the region requires is in the answer: the lower end of the "
    "interval reaches the floor.",
    "escalation": "What belongs to people goes to people: the lower end of the interval reaches "
    "the floor.",
    "not_worse_than_champion": "On the same questions it is not worse than the live release.",
    "contamination": "No answer rests on, or repeats, what only another region has.",
    "approved": "A person has approved exactly this content hash; simulated approvers count for "
    "simulated data only.",
    "promise_recorded": "It is on record what can be promised of automatic replies, tier by tier; "
    "a tier without a promise only drafts.",
    "every_role_has_boundaries": "Each role has a mandate and guardrails, and each kind of "
    "boundary has examples.",
    "every_boundary_is_held_out_too": "Each kind of boundary has examples to learn from and others "
    "that only the evaluation asks, in each language.",
    "everything_is_approved": "Somebody answers for every mandate, template, fact and disclosure, "
    "the mandates are in force, and no text says TO DO.",
    "every_region_asks_in_each_language": "Each region has queues of people, and an approved "
    "question in each of its languages for everything that they need to know.",
    "person_reachable": "From every state of a conversation with the routing role a person takes "
    "over after at most the questions its queue allows, and at once where the customer wants one "
    "or a matter is regulated; no loop. Tried over every reachable state.",
    "every_region_has_disclosures": "Each region says in each of its languages what it must, by a "
    "signed wording, and has a reply to every topic that isn't left to people.",
    "no_template_expired": "No template is past its last day; an expired one is never used.",
    "past_days_destroyed": "No chat is kept longer than the config file says for its region and "
    "class.",
    "chain_intact": "Every record of the audit log follows the one before it, and the log is what "
    "each signed checkpoint says, here and in the second place.",
    "exports_by_receipt": "Everything that left the region did so by a signed receipt of its "
    "export gate, which lies in the audit log.",
    "nothing_out_of_region": "Every stored object names this region in its header and opens there; "
    "the audit log verifies.",
    "within_rotation_age": "No class key that still wraps or unwraps is older than the config file "
    "allows, or used more often than is safe.",
}
