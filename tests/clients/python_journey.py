"""A council's and a provider's program, written with the published Python client alone.

It is typed against the published package and run by `make clients`: `python_journey.py URL DEMO-CLIENTS.JSON`.
"""

from __future__ import annotations

import datetime
import io
import json
import sys
import uuid
from pathlib import Path
from typing import TypeVar

from integrated_commissioning import AuthenticatedClient, Client
from integrated_commissioning import models as m
from integrated_commissioning.api.accounts import list_accounts
from integrated_commissioning.api.clients import add_client_key
from integrated_commissioning.api.contracts import get_contract, list_contracts
from integrated_commissioning.api.indicators import create_indicator
from integrated_commissioning.api.journals import post_journal
from integrated_commissioning.api.obligations import create_obligation, list_obligations
from integrated_commissioning.api.partnerships import get_overview, list_partnerships
from integrated_commissioning.api.positions import get_position
from integrated_commissioning.api.register_imports import import_register
from integrated_commissioning.api.returns import accept_return, amend_return, draft_return, submit_return
from integrated_commissioning.api.scorecards import get_scorecard
from integrated_commissioning.api.targets import set_target
from integrated_commissioning.api.tokens import issue_token
from integrated_commissioning.partner import PrivateKey, connect, etag, every
from integrated_commissioning.partner import new_key as key
from integrated_commissioning.types import File
from joserfc.jwk import ECKey

PRINTED_PENCE = 2_241_731_500
REGISTER = (
    b"ContractReference,ContractTitle,SupplierName,StartDate,EndDate,ContractValue\nA-1,Advocacy,A Ltd,,,\n"
)
T = TypeVar("T")


def ok(what: str) -> None:
    print(f"ok   {what}", flush=True)


def expect(kind: type[T], given: object) -> T:
    """The answer, if it is of this type."""
    assert isinstance(given, kind), f"expected {kind.__name__}, got {given}"
    return given


def with_secret(url: str, credentials: dict[str, str]) -> AuthenticatedClient:
    return connect(url, credentials["client_id"], client_secret=credentials["client_secret"])


def with_own_key(url: str, council: AuthenticatedClient, client_id: str) -> AuthenticatedClient:
    """Register a public key of the client, and get a token with an assertion that its private key signs."""
    kid = f"journey-{uuid.uuid4().hex[:8]}"
    private = ECKey.generate_key("P-256", {"kid": kid})
    public = m.ClientKeyInJwk.from_dict({**private.as_dict(private=False)})
    body = m.ClientKeyIn(algorithm=m.ClientAlgorithm.ES256, jwk=public)
    added = expect(
        m.ClientKeyOut, add_client_key.sync(uuid.UUID(client_id), uuid.uuid4(), client=council, body=body)
    )
    assert added.kid == kid
    return connect(url, client_id, private_key=PrivateKey(private.as_dict(private=True), kid))


def the_partnership(council: AuthenticatedClient) -> uuid.UUID:
    found = every(list_partnerships.sync, client=council)
    (partnership,) = [expect(m.PartnershipOut, each) for each in found if each.area == "Plymouth"]
    return partnership.id


def read_the_fund(council: AuthenticatedClient, partnership: uuid.UUID) -> None:
    position = expect(
        m.PositionOut, get_position.sync(client=council, partnership_id=partnership, financial_year="2014-15")
    )
    assert position.complete is False
    assert position.totals.shadow.budget_approved.known_pence == PRINTED_PENCE
    unknown = [each for each in position.by_partner if each.figures.budget_approved.known_pence is None]
    assert [each.organisation_id for each in unknown] == unknown[
        0
    ].figures.budget_approved.missing_contributors
    ok("the position shows the printed pence and names who is missing")
    view = expect(m.Overview, get_overview.sync(partnership, client=council, financial_year="2014-15"))
    assert {each.status for each in view.sources} == {m.SourceStatus.OK}
    assert view.totals.budget is not None
    assert view.totals.budget.known_pence == PRINTED_PENCE
    assert view.totals.not_under_contract_pence is None
    ok("the overview joins three services")


def post_once(council: AuthenticatedClient, partnership: uuid.UUID) -> None:
    accounts = expect(m.AccountsOut, list_accounts.sync(client=council, partnership_id=partnership))
    account = {each.kind: each.id for each in accounts.items}
    pence = 275_292_175
    body = m.JournalIn(
        kind=m.JournalKind.CONTRIBUTION,
        effective_date=datetime.date(2015, 7, 1),
        narrative="Second quarter's contribution of the council (invented)",
        entries=[
            m.EntryIn(account[m.AccountKind.FUND], pence),
            m.EntryIn(account[m.AccountKind.CONTRIBUTION], -pence),
        ],
    )
    journal = uuid.uuid4()
    first = post_journal.sync_detailed(journal, client=council, body=body)
    posted = expect(m.JournalOut, first.parsed)
    assert posted.financial_year == "2015/16"
    again = post_journal.sync_detailed(journal, client=council, body=body)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert expect(m.JournalOut, again.parsed) == posted
    ok("a journal is posted once and its repeat is the same answer")
    body.entries[0].amount_pence += 1
    refused = expect(m.Problem, post_journal.sync(uuid.uuid4(), client=council, body=body))
    assert (refused.code, refused["out_by_pence"]) == ("journal_unbalanced", 1)
    assert [each.pointer for each in refused.errors] == ["/entries"]
    ok("a refusal is a typed problem with its facts")


def a_contract_of(provider: AuthenticatedClient, council: AuthenticatedClient) -> m.ContractOut:
    """The council's contract with the provider, whole; the provider sees it without what pays for it."""
    listed = expect(m.ListedContractsOut, list_contracts.sync(client=provider))
    (contract,) = [each for each in listed.items if each.reference == "PCC-PUBLIC-HEALTH"]
    expect(m.ProviderContractOut, get_contract.sync(contract.id, client=provider))
    whole = expect(m.ContractOut, get_contract.sync(contract.id, client=council))
    ok("one contract has the shape of the reader's role")
    return whole


def oblige(council: AuthenticatedClient, contract: m.ContractOut) -> m.ObligationOut:
    """The council asks for an indicator of its own with a target."""
    assert contract.partnership_id is not None
    indicator = expect(
        m.IndicatorOut,
        create_indicator.sync(
            uuid.uuid4(),
            client=council,
            body=m.IndicatorIn(
                partnership_id=contract.partnership_id,
                code=f"HC-{uuid.uuid4().hex[:6]}",
                title="Health checks offered",
                definition="Health checks offered in the year.",
                value_type=m.ValueType.COUNT,
                polarity=m.Polarity.HIGH_IS_GOOD,
                frequency=m.Frequency.FINANCIAL_YEARLY,
                unit="checks",
                source="The contract",
            ),
        ),
    )
    target = m.TargetIn(
        indicator_id=indicator.id, kind=m.TargetKind.ABSOLUTE, value="1000", period="2015April"
    )
    expect(m.TargetOut, set_target.sync(uuid.uuid4(), client=council, body=target))
    provider = next(each.organisation_id for each in contract.parties if each.role == "provider")
    assert provider is not None
    made = create_obligation.sync(
        uuid.uuid4(),
        client=council,
        body=m.ObligationIn(
            partnership_id=contract.partnership_id,
            contract_id=contract.id,
            lead_organisation_id=contract.owner_organisation_id,
            provider_organisation_id=provider,
            title="Health checks, yearly",
            frequency=m.Frequency.FINANCIAL_YEARLY,
            begins_on=datetime.date(2015, 4, 1),
            ends_on=datetime.date(2016, 3, 31),
            due_days=20,
            indicators=[m.AskedIndicatorIn(indicator.id)],
        ),
    )
    return expect(m.ObligationOut, made)


def report(provider: AuthenticatedClient, council: AuthenticatedClient, asked: m.ObligationOut) -> None:
    """The provider finds what it owes, drafts, corrects and submits; the council accepts; the scorecard shows it."""
    owed = expect(m.ObligationsOut, list_obligations.sync(client=provider, contract_id=asked.contract_id))
    assert asked.id in {each.id for each in owed.items}
    field = str(asked.indicators[0].indicator_id)
    figures = m.ReturnInValues()
    figures[field] = m.ReturnValueIn(value="1100")
    body = m.ReturnIn(obligation_id=asked.id, period="2015April", values=figures)
    draft = expect(m.ReturnOut, draft_return.sync(uuid.uuid4(), client=provider, body=body))
    change = m.ReturnChangeInValues()
    change[field] = m.ReturnValueIn(value="1150")
    amended = expect(
        m.ReturnOut,
        amend_return.sync(
            draft.id, client=provider, body=m.ReturnChangeIn(change), if_match=etag(draft.version)
        ),
    )
    stale = submit_return.sync(draft.id, client=provider, idempotency_key=key(), if_match=etag(draft.version))
    assert expect(m.Problem, stale).status == 412
    submitted = submit_return.sync(
        draft.id, client=provider, idempotency_key=key(), if_match=etag(amended.version)
    )
    assert expect(m.ReturnOut, submitted).state is m.ReturnState.VALIDATED
    ok("the provider drafts, corrects and submits what it owes")
    accepted = accept_return.sync(
        draft.id,
        client=council,
        body=m.AcceptanceIn(),
        idempotency_key=key(),
        if_match=etag(expect(m.ReturnOut, submitted).version),
    )
    assert expect(m.ReturnOut, accepted).state is m.ReturnState.ACCEPTED
    card = get_scorecard.sync(
        client=council, partnership_id=asked.partnership_id, contract_id=asked.contract_id
    )
    line = next(each for each in expect(m.ScorecardOut, card).lines if each.obligation_id == asked.id)
    assert line.latest is not None
    assert (line.latest.value, line.rating) == ("1150", m.Colour.GREEN)
    ok("the lead accepts and the scorecard shows the figure")


def main(url: str, credentials: dict[str, dict[str, str]]) -> None:
    wrong = m.TokenForm(grant_type="client_credentials", client_id=str(uuid.uuid4()), client_secret="no")
    refused = expect(m.TokenRefusedOut, issue_token.sync(client=Client(base_url=url), body=wrong))
    assert refused.error == "invalid_client"
    by_secret = with_secret(url, credentials["plymouth-city-council"])
    ok("a token by client secret; a stranger's is refused")
    council = with_own_key(url, by_secret, credentials["plymouth-city-council"]["client_id"])
    ok("a key is registered and gets a token by private_key_jwt (ES256)")
    provider = with_secret(url, credentials["plymouth-community-healthcare"])
    partnership = the_partnership(council)
    read_the_fund(council, partnership)
    post_once(council, partnership)
    report(provider, council, oblige(council, a_contract_of(provider, council)))
    tried = import_register.sync(
        client=council, body=File(io.BytesIO(REGISTER)), dry_run=True, idempotency_key=key()
    )
    assert expect(m.RegisterReportOut, tried).counts.taken == 1
    ok("a register is tried as CSV")


if __name__ == "__main__":
    main(sys.argv[1], json.loads(Path(sys.argv[2]).read_text(encoding="utf-8")))
