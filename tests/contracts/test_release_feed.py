"""The feed of releases, from its beginning to its end."""

import time


async def test_the_feed_is_followed_to_its_end(town):
    contract = await town.contract(state="recorded_as_active")
    await town.decide(contract)
    found: list[str] = []
    until = time.monotonic() + 10
    # What was released while another transaction is open comes into the feed when that ends.
    while not any(contract in each for each in found) and time.monotonic() < until:
        url, found = "/v1/releases?limit=1", []
        while url:
            page = (await town.public.get(url)).json()
            found += [each["id"] for each in page["releases"]]
            url = page["links"]["next"] and page["links"]["next"].removeprefix("http://127.0.0.1:8000")
        assert len(found) == len(set(found))
    assert any(contract in each for each in found)
    only = (await town.public.get("/v1/releases", params={"stages": "planning", "limit": 100})).json()
    assert all(each["tag"] != ["contract"] for each in only["releases"])
    assert (await town.public.get("/v1/releases", params={"stages": "planning,x"})).status_code == 422
