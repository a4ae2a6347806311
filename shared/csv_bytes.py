"""Bytes of a CSV file as physical lines (utf-8, Windows-1252, Mac Roman), and cells safe to send out."""

from __future__ import annotations

import codecs
import io
import re
import unicodedata

from shared.errors import Kind, reason

NOT_TEXT = reason(
    "csv_not_text", Kind.INVALID, "This is not a CSV text file. Save the sheet as CSV (UTF-8) and send that."
)
ENCODING_MIXED = reason(
    "csv_encoding_mixed",
    Kind.INVALID,
    "A character in the file does not fit the rest of it. Save the whole sheet as CSV (UTF-8) and send that.",
)
ENCODING_UNKNOWN = reason(
    "csv_encoding_unknown",
    Kind.INVALID,
    "Name the encoding as utf-8, windows-1252 or mac-roman, or leave it out.",
)
LINE_TOO_LONG = reason(
    "csv_line_too_long", Kind.INVALID, "A line of the file does not end. Is it a CSV text file?"
)

_CODECS = {"utf-8": "utf-8", "windows-1252": "cp1252", "mac-roman": "mac_roman"}
ENCODINGS = tuple(_CODECS)
_WINDOW = 65_536  # bytes looked at, from the first that is not ASCII, before an encoding is chosen
_LONGEST_LINE = 4_000_000
_LINE_END = re.compile(r"\r\n|\n|\r")

# Bytes that stand for common print in one table and for something odd in the other. Windows-1252: curly
# quotes, dashes, ellipsis, hard space, small accented letters. Mac Roman: the same at other places; five
# bytes that Windows-1252 does not define; small accented letters from 0x87 to 0x9F.
_WINDOWS = frozenset(
    b"\x85\x91\x92\x93\x94\x95\x96\x97\xa0\xb0\xbd"
    b"\xe0\xe1\xe2\xe4\xe7\xe8\xe9\xea\xeb\xed\xf1\xf3\xf4\xf6\xfa\xfc"
)
_MAC = frozenset(
    b"\x81\x8d\x8f\x90\x9d\x87\x88\x8a\x8e\x92\x96\x97\x9a\x9f\xa1\xa5\xc9\xca\xd0\xd1\xd2\xd3\xd4\xd5"
)


class Lines:
    """Takes bytes in pieces and gives whole physical lines with their ends.

    While only ASCII has come, nothing needs to be decided. At the first other byte the encoding is chosen
    from what follows it: valid utf-8 is utf-8; else the likelier of Windows-1252 and Mac Roman. A later
    byte that does not fit is refused with its line, never replaced.
    """

    def __init__(self, encoding: str | None = None) -> None:
        if encoding is not None and encoding not in _CODECS:
            raise ENCODING_UNKNOWN(encodings=list(ENCODINGS))
        self._decoder = _decoder(encoding) if encoding else None
        self._undecided = b""
        self._text = ""
        self._line = 1
        self._started = False
        self.encoding = encoding or "ascii"

    def feed(self, piece: bytes) -> list[str]:
        return self._split(self._decode(piece, final=False), final=False)

    def finish(self) -> list[str]:
        return self._split(self._decode(b"", final=True), final=True)

    def _decode(self, piece: bytes, final: bool) -> str:
        data, self._undecided = self._undecided + piece, b""
        if not self._started:
            if len(data) < 4 and not final:
                self._undecided = data
                return ""
            self._begin(data)
        if self._decoder is None:
            if data.isascii():
                return self._checked(data.decode("ascii"))
            if not final and len(data) - _first_foreign(data) < _WINDOW:
                self._undecided = data
                return ""
            self._choose(data, final)
        assert self._decoder is not None
        try:
            return self._checked(self._decoder.decode(data, final))
        except UnicodeDecodeError as error:
            line = self._line + len(re.findall(rb"\r\n|\n|\r", error.object[: error.start]))
            raise ENCODING_MIXED(line=line, read_as=self.encoding) from None

    def _begin(self, data: bytes) -> None:
        """Refuse spreadsheets and UTF-16; a byte order mark decides for utf-8."""
        self._started = True
        if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\xff\xfe", b"\xfe\xff", b"%PDF")):
            raise NOT_TEXT()
        if data.startswith(codecs.BOM_UTF8) and self.encoding in ("ascii", "utf-8"):
            self.encoding, self._decoder = "utf-8", codecs.getincrementaldecoder("utf-8-sig")()

    def _choose(self, data: bytes, final: bool) -> None:
        try:
            codecs.getincrementaldecoder("utf-8")().decode(data, final)
            self.encoding = "utf-8"
        except UnicodeDecodeError:
            windows = sum(byte in _WINDOWS for byte in data)
            mac = sum(byte in _MAC for byte in data)
            undefined = any(byte in b"\x81\x8d\x8f\x90\x9d" for byte in data)
            bare_cr = b"\n" not in data and b"\r" in data
            self.encoding = "mac-roman" if undefined or mac + bare_cr > windows else "windows-1252"
        self._decoder = _decoder(self.encoding)

    def _checked(self, text: str) -> str:
        if "\x00" in text:
            raise NOT_TEXT()
        return text

    def _split(self, text: str, final: bool) -> list[str]:
        """Physical lines. A last carriage return waits, since a line feed may follow it in the next piece."""
        text = self._text + text
        # Of files whose lines end in one way, as nearly all do, the library cuts the lines.
        if text.count("\r") == text.count("\r\n") + text.endswith("\r"):
            lines = list(io.StringIO(text, newline="\n"))
            self._text = lines.pop() if lines and not lines[-1].endswith("\n") else ""
        else:
            lines, self._text = _cut(text, final)
        if final and self._text:
            lines.append(self._text)
            self._text = ""
        if len(self._text) > _LONGEST_LINE:
            raise LINE_TOO_LONG(line=self._line + len(lines))
        self._line += len(lines)
        return lines


def _cut(text: str, final: bool) -> tuple[list[str], str]:
    """The lines of a text with line ends of several kinds, and what is left of the last."""
    lines: list[str] = []
    end = 0
    for found in _LINE_END.finditer(text):
        if found.end() == len(text) and found[0] == "\r" and not final:
            break
        lines.append(text[end : found.end()])
        end = found.end()
    return lines, text[end:]


def _decoder(encoding: str) -> codecs.IncrementalDecoder:
    return codecs.getincrementaldecoder(_CODECS[encoding])()


def _first_foreign(data: bytes) -> int:
    found = re.search(rb"[\x80-\xff]", data)
    return found.start() if found else len(data)


_FORMULA = frozenset("=+-@＝＋－＠")  # noqa: RUF001 the full-width forms are read as formulas too
_BREAKING = frozenset("\t\r\n\x00")


def safe_cell(text: str) -> str:
    """A text cell that no spreadsheet takes for a formula: an apostrophe before what could start one.

    Covers a formula sign behind spaces or invisible characters, and a leading tab, line end or NUL
    (OWASP ASVS 1.2.10), and a text that is already such a formula behind apostrophes, which would come back without
    one of them. For text columns only; numbers are written by their own type.
    """
    for character in text.lstrip("'"):
        if character in _FORMULA or character in _BREAKING:
            return "'" + text
        if not (character.isspace() or unicodedata.category(character) in ("Cf", "Cc", "Zs")):
            break
    return text


def plain_cell(cell: str) -> str:
    """The cell without the apostrophe that `safe_cell` put before it, so that what went out comes in as it was."""
    return cell[1:] if cell[:1] == "'" and safe_cell(cell[1:]) == cell else cell
