"""Files: no drawers, a first line that says what each is for, short, and actions that are what they are called."""

import pytest

from tests.architecture import files
from tests.architecture.sources import CODE, EVERYTHING, Source, sources


def test_the_walk_finds_the_repository():
    assert len(sources(*CODE)) > 60
    assert {each.room for each in sources("services")} >= {"rules", "store", "actions", "api"}


@pytest.mark.parametrize(
    ("check", "folders"),
    [
        (files.drawers, EVERYTHING),
        (files.openings, EVERYTHING),
        (files.lengths, EVERYTHING),
        (files.actions, ("services",)),
        (files.grammar, ("services",)),
    ],
)
def test_the_repository_keeps_to(check, folders):
    assert "\n".join(check(sources(*folders))) == ""


ACTION = """'Post a journal.'

async def post_journal(db, caller):
    async with db.begin(caller, write=True) as tx:
        pass
"""
SHARED = ACTION + "\nasync def enter(tx):\n    pass\n"
IMPORTER = Source(
    "services/budget/actions/reverse_journal.py",
    '"""Reverse."""\nfrom services.budget.actions.post_journal import enter\n'
    "async def reverse_journal(db):\n    async with db.begin(1) as tx:\n        await enter(tx)\n",
)
POST = "services/budget/actions/post_journal.py"

PLANTED = [
    (files.drawers, "services/budget/rules/helpers.py", '"""X."""\n'),
    (files.drawers, "shared/csv_utils.py", '"""X."""\n'),
    (files.drawers, "services/budget/common/journal.py", '"""X."""\n'),
    (files.drawers, "services/budget/rules/manager.py", '"""X."""\n'),
    (files.openings, "services/budget/rules/pool.py", "import re\n"),
    (files.openings, "services/budget/rules/pool.py", '"""Pools"""\n'),
    (files.openings, "services/budget/rules/pool.py", '"""Pools are one thing\nand lines another."""\n'),
    (files.openings, "services/budget/rules/pool.py", ""),
    (files.lengths, "services/budget/rules/pool.py", '"""Pools."""\n' + "x = 1\n" * 300),
    (files.actions, POST, ACTION.replace("async def post_journal", "async def post")),
    (files.actions, POST, ACTION.replace("async def", "def").replace("async with", "with")),
    (files.actions, POST, ACTION + "\nclass Draft:\n    pass\n"),
    (files.actions, POST, SHARED),
    (
        files.actions,
        POST,
        ACTION + "\nasync def _two(db):\n    async with db.begin(1) as tx:\n        pass\n",
    ),
    (files.actions, "services/budget/actions/journal.py", ACTION.replace("post_journal", "journal")),
    (files.grammar, "services/budget/rules/journals.py", '"""X."""\n'),
    (files.grammar, "services/budget/store/journal.py", '"""X."""\n'),
    (
        files.grammar,
        "services/budget/api/journal.py",
        '"""X."""\nrouter = APIRouter(prefix="/v1/journals")\n',
    ),
]


@pytest.mark.parametrize(("check", "path", "text"), PLANTED)
def test_a_planted_fault_is_found(check, path, text):
    assert list(check([Source(path, text)]))


@pytest.mark.parametrize(
    ("check", "planted"),
    [
        (files.actions, [Source(POST, SHARED), IMPORTER]),
        (files.grammar, [Source("services/outcomes/api/completeness.py", 'PREFIX = "/v1/completeness"\n')]),
        (files.grammar, [Source("services/budget/rules/cost_share.py", "")]),
        (files.openings, [Source("services/budget/rules/pool.py", '"""Pools.\n\nAnd more."""\n')]),
    ],
)
def test_what_is_right_is_let_through(check, planted):
    assert not list(check(planted))
