"""What must not stand in a log, taken out: secrets wherever they may stand, and the texts that errors quote. Pure."""

from __future__ import annotations

import logging
import re
import traceback
from datetime import UTC, datetime
from types import TracebackType

_MOST_SAID, _MOST_CAUSES = 300, 8  # characters of an error's own words; errors behind an error

HIDDEN = "[hidden]"
_NAMED_SO = (
    r"[\w.-]*(?:token|csrf|xsrf|jwt|session|sessid|auth(?!orit)|passw|passphrase|pwd|secret|cookie|credential"
    r"|(?:api|access|private)[-_]?key)[\w.-]*|sid|sess"
)
_RULES = (
    # the end of an address, and who signs in to it; what an address of data holds
    (re.compile(r"\b([a-z][a-z0-9+.-]*://)[^\s/?#\"'<>]*@", re.IGNORECASE), r"\1"),
    (re.compile(r"\b([a-z][a-z0-9+.-]*://[^\s?#\"'<>]*)[?#]\S*", re.IGNORECASE), rf"\1?{HIDDEN}"),
    (re.compile(r"\b(data|blob|javascript):(?!//)[^\s\"'<>]+", re.IGNORECASE), rf"\1:{HIDDEN}"),
    (re.compile(r"[?&#][\w.%\[\]-]+=\S*"), f"?{HIDDEN}"),
    # a header that holds a secret, to the end of its line
    (
        re.compile(r"\b((?:set[-_])?cookie2?|(?:proxy-)?authorization)\b([\"']?\s*[:=]).*", re.IGNORECASE),
        rf"\1\2 {HIDDEN}",
    ),
    (re.compile(r"\b(bearer|basic|digest)\s+[\w.~+/-]{8,}=*", re.IGNORECASE), rf"\1 {HIDDEN}"),
    # a value under the name of a secret
    (
        re.compile(
            rf"(?<![\w-])({_NAMED_SO})([\"']?\s*[:=]\s*)(?:\"[^\"\n]*\"|'[^'\n]*'|[^\s\"'&;,)}}\]]+)", re.IGNORECASE
        ),
        rf"\1\2{HIDDEN}",
    ),
    # the same where name and value are two texts side by side: ("Cookie", "…"), {"name": "Cookie", "value": "…"}
    (
        re.compile(
            rf"([\"'](?:{_NAMED_SO})[\"']\s*,\s*(?:[\"']value[\"']\s*:\s*)?)(?:\"[^\"\n]*\"|'[^'\n]*')", re.IGNORECASE
        ),
        rf"\1{HIDDEN}",
    ),
    # what is a token by its form: JSON Web Tokens, UUIDs, long hexadecimal, long mixtures of capitals, letters and figures
    (re.compile(r"\beyJ[\w-]{8,}(?:\.[\w-]+)*"), HIDDEN),
    (re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{32,}\b", re.IGNORECASE), HIDDEN),
    (re.compile(r"(?<![\w+/=.-])(?=[\w+/=-]*\d)(?=[\w+/=-]*[a-z])(?=[\w+/=-]*[A-Z])[\w+/=-]{24,}"), HIDDEN),
)  # fmt: skip
_QUOTED = re.compile(r"\"([^\"\n]*)\"|(?<!\w)'([^'\n]*)'(?!\w)|“([^”]*)”|`([^`\n]*)`")
_A_NAME = re.compile(r"[\w.:/\\<>()~+-]{0,80}", re.ASCII)


def redacted(text: str) -> str:
    """The text without what is, or may be, a secret."""
    for form, instead in _RULES:
        text = form.sub(instead, text)
    return text


def without_quotes(said: str) -> str:
    """An error's own words, without the texts that it quotes, which may be a page's or a person's; names of things stay."""
    short = said if len(said) <= _MOST_SAID else f"{said[:_MOST_SAID]}… ({len(said)} characters)"
    return _QUOTED.sub(lambda quote: quote[0] if _A_NAME.fullmatch(quote[0][1:-1]) else _instead(quote[0]), short)


def _instead(quote: str) -> str:
    return f"{quote[0]}… {len(quote) - 2} characters …{quote[-1]}"


def _account(error: BaseException, left: int = _MOST_CAUSES) -> str:
    """A traceback with the errors that it came from first, as Python prints them, but for what they quote."""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    before = f"{_account(cause, left - 1)}\nand then:\n" if cause is not None and left else ""
    inner = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    parts = "".join(f"\none of them:\n{_account(one, left - 1)}" for one in inner if left)
    frames = "".join(traceback.format_tb(error.__traceback__))
    return f"{before}{frames}{type(error).__qualname__}: {without_quotes(str(error))}{parts}"


class Redacting(logging.Formatter):
    """Redacts the line as it will stand there: a filter would not see the traceback."""

    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = None  # another handler's own, as it was before that was redacted
        return redacted(super().format(record))

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        return datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]

    def formatException(
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        return _account(ei[1]) if ei[1] is not None else ""
