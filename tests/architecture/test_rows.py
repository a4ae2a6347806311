"""Traceability: the list of capabilities is whole, and only a test that ran and passed shows a row."""

import csv
import json
import re
from collections import Counter
from pathlib import Path

import pytest

from tests import rows
from tests.rows import Row, main, read_results, read_rows

SERVICES = {"B": "budget", "C": "contracts", "O": "outcomes", "G": "gateway"}
NUMBERS = {
    "S1-B": 26, "S1-C": 12, "S1-O": 8, "S1-G": 15,
    "S2-B": 25, "S2-C": 7, "S2-O": 23, "S2-G": 5,
    "S3-B": 8, "S3-C": 10, "S3-O": 6, "S3-G": 12,
    "S4-B": 12, "S4-C": 11, "S4-O": 6, "S4-G": 9,
    "S5-B": 15, "S5-C": 9, "S5-O": 8, "S5-G": 11,
}  # fmt: skip
PRINTING_ERRORS = range(1, 30)  # the numbered rows of the source's section A.X
A_TEST = """
    import pytest
    @pytest.mark.row({ids})
    def test_it():
        pass
"""


def is_allowed_note(row: Row) -> bool:
    """Blank, or one of the two reasons, naming a service that is not the row's own or a row of A.X."""
    if owned := re.fullmatch(r"owned by another service: (\w+)", row.owner_note):
        return owned[1] in SERVICES.values() and owned[1] != row.service
    if undecidable := re.fullmatch(r"not decidable from the source: A\.X row (\d+)", row.owner_note):
        return int(undecidable[1]) in PRINTING_ERRORS
    return row.owner_note == ""


@pytest.fixture
def marked(pytester: pytest.Pytester, monkeypatch):
    """Runs pytest with the plugin in a folder of its own; `marked.run(...)` and `marked.record()`."""
    monkeypatch.setenv("PYTHONPATH", str(rows.ROOT))
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    class Marked:
        def file(self, name: str, text: str) -> Path:
            return pytester.makepyfile(**{name: text})

        def run(self, *arguments: str) -> pytest.RunResult:
            return pytester.runpytest("-p", "tests.row_marks", "--strict-markers", *arguments)

        def run_parallel(self) -> pytest.RunResult:
            return pytester.runpytest_subprocess("-p", "tests.row_marks", "-p", "xdist", "-n", "2")

        def record(self) -> dict[str, str]:
            return {node: ran.result for node, ran in read_results(pytester.path / rows.RESULTS).items()}

    return Marked()


def test_the_list_is_whole_and_in_order():
    expected = [f"{part}{number:02d}" for part, count in NUMBERS.items() for number in range(1, count + 1)]
    assert len(expected) == 238
    found = Counter(row.row for row in read_rows())
    assert [row for row, count in found.items() if count > 1] == []
    assert sorted(found) == sorted(expected)


def test_the_list_has_the_rows_of_the_source(shared_data):
    listed = shared_data.parent / "design" / "capabilities.md"
    if not listed.is_file():
        pytest.skip("the source of the capabilities is not beside this folder")
    source = re.findall(r"^\| (S\d-[A-Z]\d+) \|", listed.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(source) == 238
    assert [row.row for row in read_rows()] == source


def test_the_columns_are_the_four():
    with rows.CAPABILITIES.open(encoding="utf-8", newline="") as lines:
        assert next(csv.reader(lines)) == ["row", "service", "summary", "owner_note"]


def test_every_row_has_a_service_and_a_summary_of_one_line():
    for row in read_rows():
        assert row.service == SERVICES[row.row[3]], row
        assert row.summary == " ".join(row.summary.split()), row
        assert 0 < len(row.summary) <= 160, row
        assert row.summary.endswith("."), row
    summaries = Counter(row.summary for row in read_rows())
    assert [summary for summary, count in summaries.items() if count > 1] == []


def test_few_rows_are_left_and_only_for_the_two_reasons():
    noted = [row for row in read_rows() if row.owner_note]
    assert [row for row in noted if not is_allowed_note(row)] == []
    assert len(noted) <= 0.05 * len(read_rows())


@pytest.mark.parametrize(
    ("note", "allowed"),
    [
        ("", True),
        ("owned by another service: outcomes", True),
        ("owned by another service: budget", False),
        ("owned by another service: finance", False),
        ("not decidable from the source: A.X row 3", True),
        ("not decidable from the source: A.X row 30", False),
        ("later", False),
    ],
)
def test_a_note_is_one_of_the_two_reasons(note, allowed):
    assert is_allowed_note(Row("S1-B01", "budget", "One line.", note)) is allowed


@pytest.mark.parametrize(
    ("ids", "sentence"),
    [
        ('"S1-B99"', "*test_it: 'S1-B99' is not a row of tests/capabilities.csv."),
        ('"s1-b01"', "*test_it: 's1-b01' is not a row of tests/capabilities.csv."),
        ("1", "*test_it: 1 is not a row of tests/capabilities.csv."),
        ('"S1-B01", "S1-B02", "S1-B03", "S1-B04"', "*test_it: a test may show 3 rows at most*marked with 4."),
        ("", "*test_it: the row mark takes one to three row ids*"),
        ('"S1-B01", why="x"', "*test_it: the row mark takes one to three row ids*"),
    ],
)
def test_a_wrong_mark_is_a_collection_error(marked, ids, sentence):
    marked.file("test_wrong", A_TEST.format(ids=ids))
    result = marked.run()
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([sentence])
    assert marked.record() == {}


def test_marks_of_class_and_module_count_towards_the_three(marked):
    marked.file(
        "test_nested",
        """
        import pytest
        pytestmark = pytest.mark.row("S1-B01", "S1-B02")
        @pytest.mark.row("S1-B03")
        class TestNested:
            @pytest.mark.row("S1-B01")
            def test_three(self): pass
            @pytest.mark.row("S1-B04")
            def test_four(self): pass
        """,
    )
    result = marked.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*TestNested::test_four: a test may show 3 rows at most*"])
    result.stdout.no_fnmatch_line("*test_three: *")


ENDINGS = """
    import pytest
    @pytest.fixture
    def breaks():
        yield
        raise RuntimeError
    @pytest.mark.row("S1-B01", "S1-B02", "S1-B03")
    def test_passes(): pass
    @pytest.mark.row("S1-B01")
    @pytest.mark.parametrize("case", [1, 2])
    def test_cases(case): assert case == 1
    @pytest.mark.row("S1-B02")
    @pytest.mark.skip(reason="not today")
    def test_skipped(): pass
    @pytest.mark.row("S1-B03")
    @pytest.mark.xfail
    def test_expected(): assert False
    @pytest.mark.row("S1-B04")
    @pytest.mark.xfail
    def test_unexpected(): pass
    @pytest.mark.row("S1-B05")
    def test_torn(breaks): pass
    def test_plain(): pass
"""
RECORDED = {
    "test_ends.py::test_passes": "passed",
    "test_ends.py::test_cases[1]": "passed",
    "test_ends.py::test_cases[2]": "failed",
    "test_ends.py::test_skipped": "skipped",
    "test_ends.py::test_expected": "xfailed",
    "test_ends.py::test_unexpected": "xfailed",
    "test_ends.py::test_torn": "failed",
}


def test_only_what_ran_and_passed_is_recorded_as_passed(marked):
    marked.file("test_ends", ENDINGS)
    marked.run()
    assert marked.record() == RECORDED


def test_the_record_is_the_same_from_parallel_workers(marked):
    pytest.importorskip("xdist", reason="pytest-xdist is not installed")
    marked.file("test_ends", ENDINGS)
    marked.run_parallel()
    assert marked.record() == RECORDED


def test_a_wrong_mark_is_an_error_in_parallel_workers_too(marked):
    pytest.importorskip("xdist", reason="pytest-xdist is not installed")
    marked.file("test_wrong", A_TEST.format(ids='"S1-B99"'))
    result = marked.run_parallel()
    assert result.ret != pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["*'S1-B99' is not a row of tests/capabilities.csv."])


def test_a_narrow_run_keeps_what_earlier_runs_recorded(marked):
    marked.file("test_one", A_TEST.format(ids='"S1-B01"'))
    two = marked.file("test_two", A_TEST.format(ids='"S1-B02"') + "    def test_other(): pass\n")
    both = {"test_one.py::test_it": "passed", "test_two.py::test_it": "passed"}
    marked.run()
    assert marked.record() == both
    for narrow in (
        ["-k", "other"],
        ["test_two.py::test_other"],
        ["--collect-only"],
        ["--deselect=test_one.py"],
    ):
        marked.run(*narrow)
        assert marked.record() == both, narrow
    two.unlink()
    marked.run("test_one.py")
    assert marked.record() == {"test_one.py::test_it": "passed"}


def test_a_whole_run_forgets_tests_that_no_longer_run(marked):
    marked.file("test_one", A_TEST.format(ids='"S1-B01"'))
    marked.file("test_two", A_TEST.format(ids='"S1-B02"'))
    marked.run()
    marked.file("test_two", A_TEST.format(ids='"S1-B02"').replace("test_it", "test_renamed"))
    marked.run("test_one.py")
    assert set(marked.record()) == {"test_one.py::test_it", "test_two.py::test_it"}
    marked.run()
    assert set(marked.record()) == {"test_one.py::test_it", "test_two.py::test_renamed"}


def printed(tmp_path, monkeypatch, capsys, tests: dict[str, str], *arguments: str) -> tuple[int, list[str]]:
    """Exit code and lines of `python -m tests.rows` over a record of these results, all marked S1-B01."""
    path = tmp_path / "rows.json"
    ran = {
        node: {"rows": ["S1-B01"], "result": result, "ran_at": "2025-01-01"} for node, result in tests.items()
    }
    path.write_text(json.dumps({"tests": ran}))
    monkeypatch.setattr(rows, "RESULTS", str(path))
    code = main(list(arguments))
    return code, capsys.readouterr().out.splitlines()


def test_every_row_is_printed_with_its_tests(tmp_path, monkeypatch, capsys):
    code, lines = printed(tmp_path, monkeypatch, capsys, {"test_a.py::test_it[1]": "passed"})
    assert code == 0
    assert [line[:6] for line in lines if re.match(r"S\d-", line)] == [row.row for row in read_rows()]
    assert lines[1].split() == ["passed", "test_a.py::test_it"]
    assert lines[3].split() == ["no", "test"]
    assert lines[-1] == "238 rows: 1 with a passing test, 0 left with a note, 237 without."


def test_a_test_with_one_failed_case_does_not_show_its_row(tmp_path, monkeypatch, capsys):
    cases = {"test_a.py::test_it[1]": "passed", "test_a.py::test_it[2]": "skipped"}
    _, lines = printed(tmp_path, monkeypatch, capsys, cases)
    assert lines[1].split() == ["skipped", "test_a.py::test_it"]
    assert lines[-1].startswith("238 rows: 0 with a passing test")


def test_too_few_rows_fail_the_command(tmp_path, monkeypatch, capsys):
    tests = {"test_a.py::test_it": "passed"}
    assert printed(tmp_path, monkeypatch, capsys, tests, "--minimum", "1")[0] == 0
    assert printed(tmp_path, monkeypatch, capsys, tests, "--minimum", "2")[0] == 1


def test_without_results_every_row_is_printed_as_not_shown(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(rows, "RESULTS", str(tmp_path / "none.json"))
    assert main([]) == 0
    said = capsys.readouterr().out
    assert "No marked test has run yet" in said
    assert "0 with a passing test" in said


def test_tests_not_run_yet_are_shown_from_collection(marked, pytester, monkeypatch, capsys):
    pytester.mkdir("tests")
    marked.file("tests/test_new", A_TEST.format(ids='"S1-B01"'))
    monkeypatch.setattr(rows, "ROOT", pytester.path)
    assert main(["--collect"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split() == ["not", "run", "tests/test_new.py::test_it"]
    assert lines[-1].startswith("238 rows: 0 with a passing test")


def test_a_broken_record_is_one_sentence(tmp_path, monkeypatch, capsys):
    (tmp_path / "rows.json").write_text("[]")
    monkeypatch.setattr(rows, "RESULTS", str(tmp_path / "rows.json"))
    assert main([]) == 1
    assert "delete it and run the tests again" in capsys.readouterr().err
