"""One partnership's records, one of each kind for every wall that matters, put there through the doors."""

from dataclasses import dataclass, field

from tests.outcomes.plymouth import Plymouth, accepted, drafted, move, put

KINDS = (
    "frameworks",
    "indicators",
    "baselines",
    "targets",
    "comparators",
    "populations",
    "obligations",
    "returns",
    "observations",
)
UNDER = (
    "indicator_placings",
    "comparator_values",
    "target_milestones",
    "obligation_indicators",
    "due_returns",
    "return_drafts",
    "return_values",
    "return_moves",
    "spc_settings",
)
COMMISSIONERS = ("council", "ccg")
WHOLE: tuple[str, ...] = (*COMMISSIONERS, "board", "auditor", "auditor_of_ccg")


@dataclass
class Story:
    """Who should see what: `expected[kind][name of the record]` are the callers who may."""

    plymouth: Plymouth
    clients: dict
    ids: dict[str, dict[str, str]] = field(default_factory=lambda: {kind: {} for kind in KINDS})
    expected: dict[str, dict[str, tuple[str, ...]]] = field(
        default_factory=lambda: {kind: {} for kind in KINDS}
    )

    def keep(self, kind: str, name: str, id_: str, *who: str) -> str:
        self.ids[kind][name] = id_
        self.expected[kind][name] = who
        return id_

    async def tell(self) -> "Story":
        await self._definitions()
        await self._what_hangs_on_them()
        await self._charts()
        await self._returns()
        return self

    async def _charts(self) -> None:
        body = {"indicator_id": self.ids["indicators"]["stay"], "reason": "Agreed in May"}
        await put(self.clients["council"], "spc-settings", body)

    async def _definitions(self) -> None:
        council, p = self.clients["council"], self.plymouth
        frameworks: dict[str, tuple[str, ...]] = {
            "ascof": (*WHOLE, "community", "hospital", "kernow"),
            "phof": WHOLE,
        }
        for name, who in frameworks.items():
            body = {"partnership_id": str(p.partnership), "name": name, "edition": "2013"}
            self.keep("frameworks", name, (await put(council, "frameworks", body))["id"], *who)
        ascof = [{"framework_id": self.ids["frameworks"]["ascof"], "code": "1A"}]
        contract = ("community", "kernow")
        for name, body, who in (
            ("stay", p.indicator("stay", frameworks=ascof), (*WHOLE, *contract, "hospital")),
            (
                "home",
                p.indicator("home", "percentage", "high_is_good", counts_people=True),
                (*WHOLE, *contract),
            ),
            ("deaths", p.indicator("deaths", "count", counts_people=True), (*WHOLE, "hospital")),
            ("orphan", p.indicator("orphan"), WHOLE),
        ):
            self.keep("indicators", name, (await put(council, "indicators", body))["id"], *who)
        where = {
            "partnership_id": str(p.partnership),
            "area_code": "E06000026",
            "area_name": "Plymouth",
            "basis": "resident",
            "at": "2014-06-30",
            "vintage": "2014",
            "source": "Business case",
            "count": 260000,
        }
        self.keep("populations", "all", (await put(council, "populations", where))["id"], *WHOLE)
        stay, home, deaths = (self.ids["indicators"][each] for each in ("stay", "home", "deaths"))
        for name, body, who in (
            ("community", p.obligation(stay, home), ("community", "kernow", "auditor")),
            ("hospital", p.obligation(stay, deaths, to="hospital"), ("hospital", "auditor")),
        ):
            self.keep(
                "obligations", name, (await put(council, "obligations", body))["id"], *COMMISSIONERS, *who
            )

    async def _what_hangs_on_them(self) -> None:
        council, hospitals = self.clients["council"], str(self.plymouth.hospital_contract)
        contract = ("community", "kernow")
        for name, indicator, own, who in (
            ("stay", "stay", None, (*WHOLE, *contract, "hospital")),
            ("stay of the hospital", "stay", hospitals, (*COMMISSIONERS, "board", "auditor", "hospital")),
            ("orphan", "orphan", None, WHOLE),
        ):
            of = {"indicator_id": self.ids["indicators"][indicator], "contract_id": own}
            baseline = {**of, "period": "2013Q2", "value": "8.31", "source": "Business case"}
            self.keep("baselines", name, (await put(council, "baselines", baseline))["id"], *who)
            target = {**of, "kind": "trajectory", "milestones": [{"period": "2014Q2", "value": "7.9"}]}
            self.keep("targets", name, (await put(council, "targets", target))["id"], *who)
        series: dict[str, tuple[str, ...]] = {"stay": (*WHOLE, *contract, "hospital"), "orphan": WHOLE}
        for name, who in series.items():
            body = {
                "indicator_id": self.ids["indicators"][name],
                "kind": "england",
                "name": "England",
                "area_code": "E92000001",
                "source": "Published table",
                "values": [{"period": "2014Q2", "value": "8.5"}],
            }
            self.keep("comparators", name, (await put(council, "comparators", body))["id"], *who)

    async def _returns(self) -> None:
        stay, home, deaths = (self.ids["indicators"][each] for each in ("stay", "home", "deaths"))
        community = {"id": self.ids["obligations"]["community"]}
        hospital = {"id": self.ids["obligations"]["hospital"]}
        theirs = {stay: {"value": "7.5"}, home: {"value": "3.5", "numerator": "7", "denominator": "200"}}
        ours = {stay: {"value": "8.8"}, deaths: {"value": "32"}}
        parties = (*COMMISSIONERS, "kernow", "community")
        done = await accepted(self.clients, community, "2014Q2", theirs)
        self.keep("returns", "community accepted", done["id"], *parties, "auditor")
        sent = await move(
            self.clients["community"],
            await drafted(self.clients["community"], community, "2014Q3", theirs),
            "submission",
        )
        self.keep("returns", "community submitted", sent["id"], *parties, "auditor")
        draft = await drafted(self.clients["community"], community, "2014Q4", theirs)
        self.keep("returns", "community draft", draft["id"], "community")
        later = await accepted(self.clients, community, "2015Q2", theirs)
        self.keep("returns", "community next year", later["id"], *parties)
        taken = await accepted(self.clients, hospital, "2014Q2", ours, by="hospital")
        self.keep("returns", "hospital accepted", taken["id"], *COMMISSIONERS, "hospital", "auditor")
        mine = await move(
            self.clients["hospital"],
            await drafted(self.clients["hospital"], hospital, "2014Q3", ours),
            "submission",
        )
        why = [{"pointer": "/values", "reason": "All of last quarter's figures are in it."}]
        back = await move(self.clients["council"], mine, "return", {"reasons": why})
        self.keep("returns", "hospital returned", back["id"], *COMMISSIONERS, "hospital", "auditor")
        shown = (
            ("2014Q2", community, (*parties, "board", "auditor")),
            ("2015Q2", community, (*parties, "board")),
            ("2014Q2", hospital, (*COMMISSIONERS, "hospital", "board", "auditor")),
        )
        listed = await self.clients["council"].get(
            "/v1/observations", params={"partnership_id": str(self.plymouth.partnership)}
        )
        for each in listed.json()["items"]:
            for period, obligation, who in shown:
                if (each["period"], each["obligation_id"]) == (period, obligation["id"]):
                    self.keep(
                        "observations",
                        f"{period} {each['indicator_id']} {obligation['id']}",
                        each["id"],
                        *who,
                    )
        assert len(self.ids["observations"]) == 6
