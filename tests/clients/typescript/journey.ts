// A council's and a provider's program in TypeScript, typed by what is generated from the OpenAPI document.
// Run by `make clients`: node journey.js URL DEMO-CLIENTS.JSON

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import createClient from "openapi-fetch";
import type { components, paths } from "./generated/api.js";

type Schemas = components["schemas"];
type Credentials = { client_id: string; client_secret: string };
type Answer<T> = { data?: T; error?: unknown; response: Response };

const PRINTED_PENCE = 2_241_731_500;

const ok = (what: string): void => console.log(`ok   ${what}`);
const key = (): string => `typescript-${randomUUID()}`;
const etag = (version: number): string => `"${version}"`;

/** The body of an answer that must be a success. */
function taken<T>(answer: Answer<T>): T {
  assert.ok(answer.data !== undefined, `${answer.response.status}: ${JSON.stringify(answer.error)}`);
  return answer.data;
}

async function signIn(url: string, credentials: Credentials) {
  const open = createClient<paths>({ baseUrl: url });
  const token = taken(
    await open.POST("/oauth2/token", {
      body: { grant_type: "client_credentials", ...credentials },
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
    }),
  );
  assert.equal(token.token_type, "Bearer");
  return createClient<paths>({ baseUrl: url, headers: { Authorization: `Bearer ${token.access_token}` } });
}

type Party = Awaited<ReturnType<typeof signIn>>;

async function refuseStranger(url: string): Promise<void> {
  const nobody = createClient<paths>({ baseUrl: url });
  const { error, response } = await nobody.GET("/v1/contracts/{id}", { params: { path: { id: randomUUID() } } });
  assert.equal(response.status, 401);
  assert.equal(error?.code, "token_missing");
  ok("without a token there is a typed problem");
}

async function readTheFund(council: Party): Promise<string> {
  const { items } = taken(await council.GET("/v1/partnerships"));
  const partnership = items.find((each) => each.area === "Plymouth");
  assert.ok(partnership);
  const position = taken(
    await council.GET("/v1/positions", {
      params: { query: { partnership_id: partnership.id, financial_year: "2014-15" } },
    }),
  );
  assert.equal(position.complete, false);
  assert.equal(position.totals.shadow.budget_approved.known_pence, PRINTED_PENCE);
  const unknown = position.by_partner.filter((each) => each.figures.budget_approved.known_pence === null);
  assert.equal(unknown.length, 1);
  ok("the position shows the printed pence and names who is missing");
  const view = taken(
    await council.GET("/v1/partnerships/{id}/overview", {
      params: { path: { id: partnership.id }, query: { financial_year: "2014-15", mode: "strict" } },
    }),
  );
  assert.ok(typeof view !== "string"); // a table is a string, and comes only to who asks for text/csv
  assert.deepEqual(new Set(view.sources.map((each) => each.status)), new Set(["ok"]));
  assert.equal(view.totals.budget?.known_pence, PRINTED_PENCE);
  assert.equal(view.totals.not_under_contract_pence, null);
  ok("the overview joins three services");
  return partnership.id;
}

async function postOnce(council: Party, partnership: string): Promise<void> {
  const { items } = taken(await council.GET("/v1/accounts", { params: { query: { partnership_id: partnership } } }));
  const account = (kind: Schemas["AccountKind"]): string => {
    const found = items.find((each) => each.kind === kind);
    assert.ok(found);
    return found.id;
  };
  const pence = 275_292_175;
  const body: Schemas["JournalIn"] = {
    kind: "contribution",
    effective_date: "2015-10-01",
    narrative: "Third quarter's contribution of the council (invented)",
    entries: [
      { account_id: account("fund"), amount_pence: pence },
      { account_id: account("contribution"), amount_pence: -pence },
    ],
  };
  const params = { path: { id: randomUUID() } };
  const first = await council.PUT("/v1/journals/{id}", { params, body });
  const again = await council.PUT("/v1/journals/{id}", { params, body });
  assert.equal(first.response.headers.get("Idempotency-Replayed"), null);
  assert.equal(again.response.headers.get("Idempotency-Replayed"), "true");
  assert.deepEqual(taken(again), taken(first));
  ok("a journal is posted once and its repeat is the same answer");
  const unequal = { ...body, entries: [...body.entries, { account_id: account("fund"), amount_pence: 1 }] };
  const { error } = await council.PUT("/v1/journals/{id}", { params: { path: { id: randomUUID() } }, body: unequal });
  assert.equal(error?.code, "journal_unbalanced");
  assert.equal(error.out_by_pence, 1);
  assert.deepEqual(error.errors.map((each) => each.pointer), ["/entries"]);
  ok("a refusal is a typed problem with its facts");
}

async function oblige(council: Party, provider: Party): Promise<Schemas["ObligationOut"]> {
  const { items } = taken(await provider.GET("/v1/contracts"));
  const seen = items.find((each) => each.reference === "PCC-PUBLIC-HEALTH");
  assert.ok(seen);
  const path = { id: seen.id };
  const contract = taken(await council.GET("/v1/contracts/{id}", { params: { path } }));
  const without = taken(await provider.GET("/v1/contracts/{id}", { params: { path } }));
  assert.ok("funding" in contract && !("funding" in without));
  assert.ok(contract.partnership_id);
  ok("one contract has the shape of the reader's role");
  const indicator = taken(
    await council.PUT("/v1/indicators/{id}", {
      params: { path: { id: randomUUID() } },
      body: {
        partnership_id: contract.partnership_id,
        code: `HV-${randomUUID().slice(0, 6)}`,
        title: "Health visits made",
        definition: "Health visits made in the year.",
        value_type: "count",
        polarity: "high_is_good",
        frequency: "financial_yearly",
        unit: "visits",
        source: "The contract",
      },
    }),
  );
  taken(
    await council.PUT("/v1/targets/{id}", {
      params: { path: { id: randomUUID() } },
      body: { indicator_id: indicator.id, kind: "absolute", value: "1000", period: "2015April" },
    }),
  );
  const party = contract.parties.find((each) => each.role === "provider");
  assert.ok(party?.organisation_id);
  return taken(
    await council.PUT("/v1/obligations/{id}", {
      params: { path: { id: randomUUID() } },
      body: {
        partnership_id: contract.partnership_id,
        contract_id: contract.id,
        lead_organisation_id: contract.owner_organisation_id,
        provider_organisation_id: party.organisation_id,
        title: "Health visits, yearly",
        frequency: "financial_yearly",
        begins_on: "2015-04-01",
        ends_on: "2016-03-31",
        due_days: 20,
        indicators: [{ indicator_id: indicator.id }],
      },
    }),
  );
}

async function report(provider: Party, council: Party, asked: Schemas["ObligationOut"]): Promise<void> {
  const owed = taken(
    await provider.GET("/v1/obligations", { params: { query: { contract_id: asked.contract_id } } }),
  );
  assert.ok(owed.items.some((each) => each.id === asked.id));
  const field = asked.indicators[0]?.indicator_id;
  assert.ok(field);
  const path = { id: randomUUID() };
  const draft = taken(
    await provider.PUT("/v1/returns/{id}", {
      params: { path },
      body: { obligation_id: asked.id, period: "2015April", values: { [field]: { value: "1100" } } },
    }),
  );
  const amended = taken(
    await provider.PATCH("/v1/returns/{id}", {
      params: { path, header: { "If-Match": etag(draft.version) } },
      body: { values: { [field]: { value: "1150" } } },
    }),
  );
  const submit = (version: number) =>
    provider.POST("/v1/returns/{id}/submission", {
      params: { path, header: { "If-Match": etag(version), "Idempotency-Key": key() } },
    });
  const stale = await submit(draft.version);
  assert.equal(stale.error?.status, 412);
  const submitted = taken(await submit(amended.version));
  assert.equal(submitted.state, "validated");
  ok("the provider drafts, corrects and submits what it owes");
  const accepted = taken(
    await council.POST("/v1/returns/{id}/acceptance", {
      params: { path, header: { "If-Match": etag(submitted.version), "Idempotency-Key": key() } },
      body: {},
    }),
  );
  assert.equal(accepted.state, "accepted");
  const card = taken(
    await council.GET("/v1/scorecards", {
      params: { query: { partnership_id: asked.partnership_id, contract_id: asked.contract_id } },
    }),
  );
  const line = card.lines.find((each) => each.obligation_id === asked.id);
  assert.equal(line?.latest?.value, "1150");
  assert.equal(line.rating, "green");
  ok("the lead accepts and the scorecard shows the figure");
}

const [url, file] = process.argv.slice(2);
assert.ok(url && file, "journey.js URL DEMO-CLIENTS.JSON");
const clients = JSON.parse(readFileSync(file, "utf8")) as Record<string, Credentials>;
const as = async (name: string): Promise<Party> => {
  const found = clients[name];
  assert.ok(found, `there is no client ${name}`);
  return signIn(url, { client_id: found.client_id, client_secret: found.client_secret });
};

await refuseStranger(url);
const council = await as("plymouth-city-council");
const provider = await as("plymouth-community-healthcare");
ok("tokens by client secret");
await postOnce(council, await readTheFund(council));
await report(provider, council, await oblige(council, provider));
