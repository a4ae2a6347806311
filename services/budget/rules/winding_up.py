"""The end of an agreement: it winds up after its last day, and the final account that all parties sign closes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from services.budget.rules.agreement import (
    Agreement,
    State,
    moved,
    party_ids,
    require_move,
    require_party,
)
from services.budget.rules.agreement_end import Cause, Ending, FinalAccount
from services.budget.rules.agreement_version import OPEN, AgreementVersion
from services.budget.rules.signature import Signatory, require_past, with_signature
from shared.errors import Kind, reason

END_NOT_AS_AGREED = reason(
    "agreement_end_not_as_agreed",
    Kind.INVALID,
    "An agreement expires on the day that its text names. End it earlier by notice, or by a version with another day.",
)
ENDS_BEFORE_COMMENCEMENT = reason(
    "agreement_ends_before_commencement",
    Kind.INVALID,
    "An agreement cannot end before it commenced, nor before its present text held.",
)
ENDS_AFTER_ITS_TERM = reason(
    "agreement_ends_after_its_term", Kind.INVALID, "Notice cannot carry an agreement beyond its own last day."
)
NOTICE_NEEDED = reason(
    "agreement_notice_needed",
    Kind.INVALID,
    "An end by notice names the day on which notice was given, not after the end, and the notice itself.",
)
VERSION_UNDER_WAY = reason(
    "agreement_version_under_way",
    Kind.CONFLICT,
    "Another version of the agreement is on its way. Bring it into force or withdraw it first.",
)
FINAL_ACCOUNT_DIFFERS = reason(
    "final_account_differs",
    Kind.CONFLICT,
    "Another party signed another document. All parties sign the same final account, by its SHA-256.",
)
FINAL_ACCOUNT_TOO_EARLY = reason(
    "final_account_too_early",
    Kind.INVALID,
    "The final account is signed after the last day of the agreement.",
)
INTERIM_LEFT = reason(
    "final_account_interim_left",
    Kind.CONFLICT,
    "Interim accounts still hold money. Reclassify it into the pool before the final account is signed.",
)


def wind_up(
    agreement: Agreement,
    versions: Sequence[AgreementVersion],
    ended_on: date,
    ending: Ending,
    by: UUID,
    today: date,
) -> Agreement:
    """Record its end. From the day after, only what settles the past is posted, until the final account.

    `by` is the party that records it. Expiry is on the day of the text, which all approved;
    notice is one party's own to give.
    """
    require_party(agreement, by)
    require_move(agreement, State.WINDING_UP)
    under_way = [each.edition for each in versions if each.stage in OPEN]
    if under_way:
        raise VERSION_UNDER_WAY(edition=under_way[0])
    require_past(ended_on, today, "/ended_on")
    begun = agreement.holds_from or agreement.commenced_on
    if begun is not None and ended_on < begun:
        raise ENDS_BEFORE_COMMENCEMENT("/ended_on", holds_from=begun)
    agreed = agreement.terms.ends_on
    if ending.cause is Cause.EXPIRY:
        if ended_on != agreed:
            raise END_NOT_AS_AGREED("/ended_on", ends_on=agreed)
    else:
        if agreed is not None and ended_on > agreed:
            raise ENDS_AFTER_ITS_TERM("/ended_on", ends_on=agreed)
        if ending.notice_given_on is None or not ending.notice or ending.notice_given_on > ended_on:
            raise NOTICE_NEEDED("/notice_given_on")
    return moved(replace(agreement, ended_on=ended_on, ending=ending), State.WINDING_UP)


def sign_final_account(
    agreement: Agreement,
    account: FinalAccount,
    signature: Signatory,
    still_interim: Sequence[UUID],
    today: date,
) -> Agreement:
    """One party signs the final account. Closed once all have signed the same document.

    `still_interim` are accounts of interim authority that hold something yet.
    """
    require_move(agreement, State.CLOSED)
    if still_interim:
        raise INTERIM_LEFT(interim_account_ids=[str(each) for each in still_interim])
    kept = agreement.final_account or replace(account, signatories=())
    if kept.sha256 != account.sha256:
        raise FINAL_ACCOUNT_DIFFERS("/sha256", signed_by_others=kept.sha256)
    if agreement.ended_on is not None and signature.signed_on <= agreement.ended_on:
        raise FINAL_ACCOUNT_TOO_EARLY("/signed_on", ended_on=agreement.ended_on)
    parties = party_ids(agreement.terms)
    signed = with_signature(kept.signatories, parties, signature, agreement.approved_from, today)
    changed = replace(agreement, final_account=replace(kept, signatories=signed))
    if len(signed) < len(parties):
        return replace(changed, version=agreement.version + 1)
    return moved(replace(changed, closed_on=max(each.signed_on for each in signed)), State.CLOSED)
