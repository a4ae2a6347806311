"""A partnership's books for tests of the ledger: pools and accounts put there beforehand."""

import uuid
from dataclasses import dataclass, field

from tests.stack import Stack, a_caller

SCOPES = "budget:read budget:post budget:write"


@dataclass
class Books:
    """One partnership: a council that hosts, an NHS commissioner, a pooled fund with three accounts."""

    partnership: uuid.UUID = field(default_factory=uuid.uuid4)
    council: uuid.UUID = field(default_factory=uuid.uuid4)
    ccg: uuid.UUID = field(default_factory=uuid.uuid4)
    agreement: uuid.UUID = field(default_factory=uuid.uuid4)
    pool: uuid.UUID = field(default_factory=uuid.uuid4)
    fund: uuid.UUID = field(default_factory=uuid.uuid4)
    from_council: uuid.UUID = field(default_factory=uuid.uuid4)
    aligned: uuid.UUID = field(default_factory=uuid.uuid4)
    aligned_reserve: uuid.UUID = field(default_factory=uuid.uuid4)

    def __post_init__(self) -> None:
        self.as_council = a_caller(self.council, SCOPES, commissioner=self.partnership, host=self.partnership)
        self.as_ccg = a_caller(self.ccg, SCOPES, commissioner=self.partnership)

    async def put(self, stack: Stack) -> "Books":
        connection = await stack.superuser()
        try:
            # Its guards are off: how an agreement comes about is not what these tests are about.
            await connection.execute("set search_path = budget; set session_replication_role = replica")
            await connection.execute(
                "insert into agreements (id, partnership_id, owner_organisation_id, reference, type, terms, party_ids,"
                " state, version, approved_from, signed_on, commenced_on) values ($1, $2, $3, 'S75', 's75', '{}',"
                " array[$3, $4]::uuid[], 'in_force', 4, '2015-02-25', '2015-03-27', '2015-04-01')",
                self.agreement,
                self.partnership,
                self.council,
                self.ccg,
            )
            await connection.execute(
                "insert into agreement_versions (agreement_id, version, partnership_id, owner_organisation_id, state,"
                " party_ids, shadow_consents, aligned_lines_open) select id, version, partnership_id,"
                " owner_organisation_id, state, party_ids, '{}', false from agreements where id = $1",
                self.agreement,
            )
            await connection.execute(
                "insert into pools (id, partnership_id, owner_organisation_id, agreement_id, name, category,"
                " arrangement) values ($1, $2, $3, $4, 'Wellness', 'wellness', 'pooled')",
                self.pool,
                self.partnership,
                self.council,
                self.agreement,
            )
            for id_, kind, name, owner, arrangement, partner in (
                (self.fund, "fund", "Pooled fund", self.council, "pooled", None),
                (self.from_council, "contribution", "From the council", self.council, "pooled", self.council),
                (self.aligned, "fund", "CCG's own", self.ccg, "aligned", None),
                (self.aligned_reserve, "reserve", "CCG's reserve", self.ccg, "aligned", None),
            ):
                await connection.execute(
                    "insert into accounts (id, partnership_id, owner_organisation_id, pool_id, organisation_id,"
                    " name, kind, arrangement) values ($1, $2, $3, $4, $5, $6, $7, $8)",
                    id_,
                    self.partnership,
                    owner,
                    self.pool if arrangement == "pooled" else None,
                    partner,
                    name,
                    kind,
                    arrangement,
                )
        finally:
            await connection.close()
        return self

    def journal(self, amount_pence: int = 1250, **changes) -> dict:
        return {
            "kind": "contribution",
            "effective_date": "2015-04-01",
            "narrative": "First quarter of the council's contribution",
            "entries": [
                {"account_id": str(self.fund), "amount_pence": amount_pence},
                {"account_id": str(self.from_council), "amount_pence": -amount_pence},
            ],
            **changes,
        }
