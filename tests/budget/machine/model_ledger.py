"""What the ledger of one partnership should hold, and which postings it should refuse: dictionaries and sums."""

from dataclasses import dataclass, field

YEAR, FIRST_DAY, LAST_DAY = "2015/16", "2015-04-01", "2016-03-31"
BUDGET_ONLY = {"virement", "supplementary_estimate"}
YEAR_END = {"accrual", "prepayment", "carry_forward", "risk_share_adjustment", "in_kind", "reversal"}
OPEN_TO_PARTNERS = {"contribution": {"fund"}, "in_kind": {"expenditure"}}


def natural_period(day: str) -> str:
    """The period of a day, as 2015-16-M01 for April 2015."""
    year, month = int(day[:4]), int(day[5:7])
    start = year if month > 3 else year - 1
    return f"{start}-{(start + 1) % 100:02d}-M{(month - 4) % 12 + 1:02d}"


def next_period(period: str) -> str:
    start, number = int(period[:4]), int(period[-2:])
    if number < 14:
        return f"{period[:-2]}{number + 1:02d}"
    return f"{start + 1}-{(start + 2) % 100:02d}-M01"


def year_of(day: str) -> str:
    period = natural_period(day)
    return f"{period[:4]}/{period[5:7]}"


@dataclass
class Account:
    id: str
    kind: str
    arrangement: str
    owner: str
    pool: str | None = None
    line: str | None = None
    organisation: str | None = None


@dataclass
class Journal:
    id: str
    kind: str
    book: str
    day: str
    period: str
    poster: str
    entries: list[tuple[str, int]]
    arrangement: str
    reverses: str | None = None
    reversed_by: str | None = None
    reference: str | None = None
    asked_period: str | None = None
    virement: str | None = None
    settled: bool = False

    def charges(self, accounts: set[str]) -> int:
        return sum(pence for account, pence in self.entries if account in accounts)


@dataclass
class Period:
    id: str
    label: str
    state: str = "open"
    closer: str = ""
    version: int = 1


@dataclass
class LedgerModel:
    """Accounts, journals and periods; the first party is the host and keeps the pooled books."""

    council: str
    nhs: str
    ended: dict[str, str] = field(default_factory=dict)  # line -> the day from which another stands for it
    begun: dict[str, str] = field(default_factory=dict)  # line -> the day from which it stands for another
    accounts: dict[str, Account] = field(default_factory=dict)
    journals: dict[str, Journal] = field(default_factory=dict)
    periods: dict[str, Period] = field(default_factory=dict)
    carried: bool = False

    def shut(self, label: str, poster: str, arrangement: str) -> str | None:
        """How a period of the pooled books is shut to a poster, if it is. Aligned books are never closed here."""
        period = self.periods.get(label)
        if period is None or arrangement == "aligned":
            return None
        if period.state == "closed" or (period.state == "soft_closed" and poster != self.council):
            return period.state
        return None

    def period_for(self, draft: Journal) -> tuple[str | None, str | None]:
        """The period that a draft goes to, or why it cannot go where it asks to."""
        at, natural = draft.asked_period, natural_period(draft.day)
        adjusts = draft.kind in YEAR_END
        if at is None:
            return self._first_open(natural, draft, adjusts), None
        if at < natural:
            return None, "journal_period_before_date"
        if int(at[-2:]) > 12 and not adjusts:
            return None, "journal_year_end_only"
        state = self.shut(at, draft.poster, draft.arrangement)
        if state is not None:
            return None, f"journal_period_{state}"
        of_its_year_end = at[-2:] > "12" and at[:7] == natural[:7]
        if at > self._first_open(natural, draft, adjusts) and not of_its_year_end:
            return None, "journal_period_too_late"
        return at, None

    def _first_open(self, at: str, draft: Journal, adjusts: bool) -> str:
        while self.shut(at, draft.poster, draft.arrangement) or (int(at[-2:]) > 12 and not adjusts):
            at = next_period(at)
        return at

    def refusal(self, draft: Journal) -> str | None:
        """The code with which a draft is refused, or None. What is wrong in more than one way has the first."""
        wrong_book = draft.kind != "reversal" and (draft.kind in BUDGET_ONLY) != (draft.book == "budget")
        for wrong, code in (
            (any(pence == 0 for _, pence in draft.entries), "journal_nil_entry"),
            (sum(pence for _, pence in draft.entries) != 0, "journal_unbalanced"),
            (wrong_book, "journal_wrong_book"),
        ):
            if wrong:
                return code
        found = [self.accounts.get(account) for account, _ in draft.entries]
        known = [each for each in found if each is not None]
        if len(known) < len(found) or any(self._hidden(each, draft.poster) for each in known):
            return "account_unknown"
        first = known[0]
        if any((each.arrangement, each.owner) != (first.arrangement, first.owner) for each in known):
            return "journal_accounts_mixed"
        if first.arrangement != "pooled" and first.owner != draft.poster:
            return "account_unknown"
        return self._late_refusal(draft, known)

    def _late_refusal(self, draft: Journal, known: list[Account]) -> str | None:
        for each in known:
            if each.line is not None and year_of(draft.day) != YEAR:
                return "journal_outside_line_year"
            if each.arrangement == "pooled" and draft.day < FIRST_DAY:
                return "journal_before_commencement"
        early = any(each.line is not None and draft.day < self.begun.get(each.line, "") for each in known)
        ended = draft.kind != "reversal" and any(each.line in self.ended for each in known)
        return (
            self.period_for(draft)[1]
            or ("journal_by_virement_only" if draft.book == "budget" and draft.virement is None else None)
            or ("journal_by_settlement_only" if self._of_no_settlement(draft) else None)
            or self._without_right(draft, known)
            or ("journal_before_line" if early else None)
            or ("journal_line_ended" if ended else None)
        )

    def _of_no_settlement(self, draft: Journal) -> bool:
        return draft.kind == "risk_share_adjustment" and not draft.settled

    def _hidden(self, account: Account, poster: str) -> bool:
        return account.arrangement == "aligned" and account.owner != poster

    def _without_right(self, draft: Journal, known: list[Account]) -> str | None:
        kinds = {each.kind for each in known}
        if draft.kind == "in_kind" and kinds != {"contribution", "expenditure"}:
            return "in_kind_moves_no_cash"
        if draft.poster == known[0].owner or draft.kind == "reversal" or draft.book == "budget":
            return None
        others = OPEN_TO_PARTNERS.get(draft.kind)
        if others is None:
            return "journal_kind_for_the_host"
        sides = [(each, pence) for each, (_, pence) in zip(known, draft.entries, strict=True)]
        given = [(each, pence) for each, pence in sides if each.kind == "contribution"]
        for account, pence in given:
            if account.organisation != draft.poster:
                return "contribution_of_another_partner"
            if pence > 0:
                return "contribution_paid_back_by_the_host"
        return self._beyond_its_own(sides, others, given[0][0].pool if given else None)

    def _beyond_its_own(
        self, sides: list[tuple[Account, int]], others: set[str], pool: str | None
    ) -> str | None:
        if pool is None:
            return "contribution_account_missing"
        for account, pence in sides:
            if account.kind != "contribution" and account.kind not in others:
                return "journal_account_for_the_host"
            if account.kind != "contribution" and pence < 0:
                return "contribution_takes_money_out"
            if account.pool != pool:
                return "contribution_to_another_pool"
        return None

    def post(self, draft: Journal) -> Journal:
        period, _ = self.period_for(draft)
        assert period is not None
        draft.period = period
        self.journals[draft.id] = draft
        if draft.reverses is not None:
            self.journals[draft.reverses].reversed_by = draft.id
        return draft

    def undoing(self, journal: Journal, new_id: str, poster: str, day: str, period: str | None) -> Journal:
        """The draft of a reversal."""
        entries = [(account, -pence) for account, pence in journal.entries]
        return Journal(
            new_id, "reversal", journal.book, day, "", poster, entries, journal.arrangement, journal.id,
            asked_period=period,
        )  # fmt: skip

    def refusal_of_reversal(self, journal: Journal, undo: Journal) -> str | None:
        if journal.kind == "carry_forward":
            return "journal_of_a_year_end"
        if journal.kind == "reversal":
            return "journal_reversal_of_reversal"
        if journal.reversed_by is not None:
            return "journal_already_reversed"
        if year_of(undo.day) != year_of(journal.day):
            return "journal_reversal_other_year"
        found = self.refusal(undo)
        if (
            found is None
            and journal.arrangement == "pooled"
            and undo.poster not in {self.council, journal.poster}
        ):
            return "journal_reversed_by_its_poster"
        return found

    def spent_accounts(self, line: str) -> set[str]:
        return {
            each.id
            for each in self.accounts.values()
            if each.line == line and each.kind in {"expenditure", "income"}
        }

    def sums(self, book: str, accounts: set[str], until: str = "9999-12-31", since: str = "") -> int | None:
        """What a book holds on some accounts up to a day; None where nothing was ever posted."""
        found = [
            pence
            for journal in self.journals.values()
            if journal.book == book and since <= journal.day <= until
            for account, pence in journal.entries
            if account in accounts
        ]
        return sum(found) if found else None

    def held_at_year_end(self, account: str) -> int:
        """What the closed books of the year hold on an account: by the period that it was posted to."""
        return sum(
            journal.charges({account})
            for journal in self.journals.values()
            if journal.book == "actual" and journal.period <= "2015-16-M14"
        )

    def move_period(self, label: str, act: str, client: str) -> str | None:
        """Move a period if that may be; else the code of the refusal."""
        period = self.periods[label]
        to = {"soft-closure": "soft_closed", "closure": "closed", "reopening": "reopened"}[act]
        allowed = {
            "open": {"soft_closed", "closed"},
            "soft_closed": {"closed", "reopened"},
            "closed": {"reopened"},
            "reopened": {"soft_closed", "closed"},
        }
        if to not in allowed[period.state]:
            return "period_move_refused"
        if to == "reopened" and client == period.closer:
            return "period_reopened_by_closer"
        if to == "reopened" and self.carried and label.startswith("2015-16"):
            return "period_year_is_carried_forward"
        period.state, period.closer, period.version = to, client, period.version + 1
        return None
