"""Who sees what of a partnership: by list and by id, over HTTP, for every role, and nothing besides."""

import uuid

import pytest

from tests.outcomes.story import KINDS

CALLERS = (
    "council",
    "ccg",
    "kernow",
    "community",
    "hospital",
    "board",
    "auditor",
    "auditor_of_ccg",
    "stranger",
)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", CALLERS)
async def test_each_role_lists_and_reads_exactly_what_it_should(story, kind, name):
    client = story.clients[name]
    should = {story.ids[kind][each] for each, who in story.expected[kind].items() if name in who}
    listed, url = set(), f"/v1/{kind}?limit=2&partnership_id={story.plymouth.partnership}"
    while url:
        page = (await client.get(url)).json()
        listed |= {each["id"] for each in page["items"]}
        url = page["next"]
    read = {
        id_ for id_ in story.ids[kind].values() if (await client.get(f"/v1/{kind}/{id_}")).status_code == 200
    }
    assert (listed, read) == (should, should)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_foreign_record_and_an_absent_one_answer_the_same(story, kind):
    stranger = story.clients["stranger"]
    absent = await stranger.get(f"/v1/{kind}/{uuid.uuid4()}")
    assert absent.status_code == 404
    for id_ in story.ids[kind].values():
        foreign = await stranger.get(f"/v1/{kind}/{id_}")
        assert foreign.status_code == 404
        assert _without_ids(foreign) == _without_ids(absent)


def _without_ids(answer) -> bytes:
    body = answer.json()
    text = answer.content.replace(body["request_id"].encode(), b"").replace(body["instance"].encode(), b"")
    return text


async def test_a_draft_is_its_providers_alone_by_every_road(story):
    draft = story.ids["returns"]["community draft"]
    for name in set(CALLERS) - {"community"}:
        client = story.clients[name]
        for path in (f"/v1/returns/{draft}", f"/v1/returns/{draft}/revisions"):
            assert (await client.get(path)).status_code == 404
        owed = (await client.get("/v1/completeness", params={"as_at": "2016-01-01", "limit": "200"})).json()[
            "items"
        ]
        assert draft not in {each["return_id"] for each in owed}
        acts: dict[str, dict] = {
            "acceptance": {"json": {}},
            "return": {"json": {"reasons": []}},
            "submission": {},
            "lock": {},
        }
        for act, options in acts.items():
            sent = await client.post(f"/v1/returns/{draft}/{act}", key=uuid.uuid4().hex, version=1, **options)
            assert sent.status_code == 404, (name, act)


async def test_what_the_provider_corrects_stays_hidden_until_it_is_sent(story):
    id_ = story.ids["returns"]["hospital returned"]
    hospital, council = story.clients["hospital"], story.clients["council"]
    stay = story.ids["indicators"]["stay"]
    before = (await hospital.get(f"/v1/returns/{id_}")).json()
    changed = await hospital.patch(
        f"/v1/returns/{id_}", json={"values": {stay: {"value": "1.5"}}}, version=before["version"]
    )
    assert changed.json()["values"][stay]["value"] == "1.5"
    assert (await hospital.get(f"/v1/returns/{id_}")).json()["values"][stay]["value"] == "1.5"
    assert (await council.get(f"/v1/returns/{id_}")).json()["values"][stay]["value"] == "8.8"


async def test_completeness_shows_each_party_its_contracts_and_observers_nothing(story):
    at = {"as_at": "2015-08-01", "limit": "200"}
    seen = {}
    for name in CALLERS:
        items = (await story.clients[name].get("/v1/completeness", params=at)).json()["items"]
        seen[name] = {(each["provider_organisation_id"], each["period"], each["state"]) for each in items}
    community, hospital = str(story.plymouth.community), str(story.plymouth.hospital)
    theirs = {
        (community, "2014Q2", "accepted"),
        (community, "2014Q3", "validated"),
        (community, "2015Q1", None),
    }
    assert seen["council"] == seen["ccg"]
    assert theirs | {(community, "2014Q4", None), (hospital, "2014Q3", "returned")} < seen["council"]
    assert theirs | {(community, "2014Q4", "draft")} < seen["community"]
    assert theirs < seen["kernow"]
    assert {who for who, _, _ in seen["hospital"]} == {hospital}
    assert {who for who, _, _ in seen["kernow"]} == {who for who, _, _ in seen["community"]} == {community}
    assert seen["board"] == seen["stranger"] == seen["auditor_of_ccg"] == set()
    assert {period for _, period, _ in seen["auditor"]} == {"2014Q2", "2014Q3", "2014Q4", "2015Q1"}


async def test_observers_see_accepted_values_and_no_small_count_of_people(story):
    board, council = story.clients["board"], story.clients["council"]
    home, deaths = story.ids["indicators"]["home"], story.ids["indicators"]["deaths"]
    found = (
        await board.get("/v1/observations", params={"partnership_id": str(story.plymouth.partnership)})
    ).json()
    shown = {
        (each["indicator_id"], each["period"]): (each["value"], each["status"]) for each in found["items"]
    }
    assert shown[home, "2014Q2"] == (None, "suppressed")
    assert shown[deaths, "2014Q2"] == ("30", "actual")
    assert "numerator" not in found["items"][0]
    card = {"partnership_id": str(story.plymouth.partnership), "as_at": "2014-07-31"}
    lines = {}
    for name, client in (("board", board), ("council", council)):
        for line in (await client.get("/v1/scorecards", params=card)).json()["lines"]:
            if line["indicator_id"] == home:
                lines[name] = line
    assert (lines["board"]["latest"]["value"], lines["board"]["reason"]) == (None, "no_target")
    assert lines["board"]["latest"]["numerator"] is None
    assert (lines["council"]["latest"]["value"], lines["council"]["latest"]["numerator"]) == ("3.5", "7")


async def test_a_scorecard_has_the_lines_of_each_callers_contracts(story):
    card = {"partnership_id": str(story.plymouth.partnership), "as_at": "2015-07-31"}
    names = {id_: name for name, id_ in story.ids["indicators"].items()}
    who = {str(story.plymouth.community): "community", str(story.plymouth.hospital): "hospital", None: None}
    seen = {}
    for name in CALLERS[:-1]:
        lines = (await story.clients[name].get("/v1/scorecards", params=card)).json()["lines"]
        seen[name] = {(names[each["indicator_id"]], who[each["provider_organisation_id"]]) for each in lines}
    community = {("stay", "community"), ("home", "community")}
    hospital = {("stay", "hospital"), ("deaths", "hospital")}
    assert (
        seen["council"]
        == seen["ccg"]
        == seen["board"]
        == seen["auditor"]
        == {*community, *hospital, ("orphan", None)}
    )
    assert seen["community"] == seen["kernow"] == community
    assert seen["hospital"] == hospital
    unknown = await story.clients["stranger"].get("/v1/scorecards", params=card)
    assert unknown.status_code == 404


async def test_no_one_but_a_commissioner_defines_and_no_one_but_the_keeper_adds(story):
    p, stay = story.plymouth, story.ids["indicators"]["stay"]
    for name in ("kernow", "community", "board", "auditor", "stranger"):
        client = story.clients[name]
        refused = await client.put(f"/v1/indicators/{uuid.uuid4()}", json=p.indicator(f"mine-{name}"))
        assert (refused.status_code, refused.json()["code"]) == (422, "partnership_not_commissioned")
        population = await client.put(
            f"/v1/frameworks/{uuid.uuid4()}",
            json={"partnership_id": str(p.partnership), "name": name, "edition": "1"},
        )
        assert population.json()["code"] == "partnership_not_commissioned"
    baseline = {"indicator_id": stay, "period": "2013Q2", "value": "1", "source": "x"}
    codes = {}
    for name in ("ccg", "hospital", "stranger"):
        answer = await story.clients[name].put(f"/v1/baselines/{uuid.uuid4()}", json=baseline)
        codes[name] = answer.json()["code"]
    assert codes == {
        "ccg": "indicator_not_kept_by_you",
        "hospital": "indicator_not_kept_by_you",
        "stranger": "indicator_unknown",
    }
    led = await story.clients["ccg"].put(f"/v1/obligations/{uuid.uuid4()}", json=p.obligation(stay))
    assert (led.status_code, led.json()["code"]) == (403, "obligation_not_lead")
