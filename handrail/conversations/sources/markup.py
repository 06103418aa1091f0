"""HTML messages as people read them.

Linear in the message, however hostile and deep: whoever writes to a help desk chooses it.
"""

from __future__ import annotations

import re
from html import unescape

# Attributes end where browsers say: a quote that nothing closes is an ordinary character.
_TAG = re.compile(
    r"""<(/?)([a-zA-Z][^\s/>]*+)((?:[^>=]++|=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>]*+))*+)>"""
)
_HREF, _ALT = (
    re.compile(rf"""(?:^|[\s"'/]){name}\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s>"']++))""", re.I)
    for name in ("href", "alt")
)
# No longer ones: a number of thousands of digits is refused by the interpreter, with its text.
_ENTITY = re.compile(r"&(?:#[0-9]{1,8}|#[xX][0-9a-fA-F]{1,8}|[a-zA-Z][a-zA-Z0-9]{1,31});?")
_ADDRESS = re.compile(r"(?:https?://|mailto:|tel:)\S", re.I)
_SCHEME = re.compile(r"(?:https?://(?:www\.)?|mailto:|tel:|www\.)", re.I)
# Most messages are one paragraph.
_ONE_BLOCK = re.compile(r"<(p|div)>([^<&]*+)</\1>")
# What a message says to machines alone: no person saw it, so nobody said it.
_HIDDEN = re.compile(
    r"(?:display\s*+:\s*+none|visibility\s*+:\s*+hidden|font-size\s*+:\s*+0(?![.\d]))", re.I
)
_VOID = frozenset(("br", "img", "hr", "wbr", "input", "meta", "link", "col", "area", "base"))
_UNSEEN = {
    name: re.compile(rf"</{name}(?=[\s/>])", re.I)
    for name in ("script", "style", "title", "template")
}
_PARAGRAPHS = frozenset(
    ("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "blockquote", "table", "pre", "hr")
)
_BLOCKS = _PARAGRAPHS | frozenset(
    ("div", "li", "tr", "section", "article", "header", "footer", "address", "dt", "dd")
)


def text_of(html: str) -> str:
    """The text of an HTML message; one without any tag keeps its line breaks.

    A link keeps its address where the text doesn't say it, a picture its alternative text, a quoted
    block its lines marked by ">". Markup that never ends is text: nothing is lost to a broken tag.
    """
    if only := _ONE_BLOCK.fullmatch(html):
        return " ".join(only[2].split())
    page = _Page()
    position, has_tags = 0, False
    while (start := html.find("<", position)) >= 0:
        page.write(html[position:start])
        tag = _TAG.match(html, start)
        if tag is not None:
            closing, name, attributes = tag[1], tag[2].lower(), tag[3]
            page.tag(name, attributes, is_closing=bool(closing))
            position, has_tags = tag.end(), True
            if name in _UNSEEN and not closing:
                end = _UNSEEN[name].search(html, position)
                position = len(html) if end is None else end.start()
            continue
        end_at = _declaration_end(html, start)
        if end_at is None:  # a sign that means "less than"
            page.write("<")
            end_at = start + 1
        elif end_at < 0:
            position = start
            break
        position = end_at
    if not has_tags:
        return _unescaped(html).strip()
    page.write(html[position:])
    return page.text()


def _declaration_end(html: str, start: int) -> int | None:
    """Where a comment or declaration at `start` ends, -1 if nowhere; None if there is none.

    A tag that `_TAG` doesn't match never ends either.
    """
    after = html[start + 1 : start + 2]
    if html.startswith("<!--", start):
        end = html.find("-->", start + 4)
        return end + 3 if end >= 0 else -1
    if after in ("!", "?", "/") and after:
        end = html.find(">", start)
        return end + 1 if end >= 0 else -1
    return -1 if after.isalpha() and after.isascii() else None


def _unescaped(text: str) -> str:
    return _ENTITY.sub(lambda found: unescape(found[0]), text) if "&" in text else text


class _Page:
    """The lines of a message as its tags come by."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line: list[str] = []
        self._lists: list[int | None] = []  # the number of an ordered list's last item
        self._marker = ""  # of a list's item that has no text yet
        self._link: str | None = None
        self._link_text: list[str] = []
        self._quotes = self._preformatted = self._hidden_depth = 0
        self._hidden = ""  # the name of the element that isn't shown

    def write(self, raw: str) -> None:
        text = _unescaped(raw)
        if self._preformatted and "\n" in text:
            *whole, text = text.split("\n")
            for line in whole:
                self._add(line)
                self._end_line(is_forced=True)
        self._add(text)

    def _add(self, text: str) -> None:
        if self._hidden:
            return
        self._line.append(text)
        if self._link is not None:
            self._link_text.append(text)

    def tag(self, name: str, attributes: str, *, is_closing: bool) -> None:
        if not self._hidden and attributes and not is_closing and _HIDDEN.search(attributes):
            if name in _VOID:
                return
            self._hidden = name
        if self._hidden:
            if name == self._hidden:
                self._hidden_depth += -1 if is_closing else 1
            if not self._hidden_depth:
                self._hidden = ""
        elif name == "a":
            self._end_link()
            self._link = None if is_closing else _attribute(_HREF, attributes)
        elif name == "br":
            self._end_line(is_forced=True)
        elif name == "img":
            self._add(_attribute(_ALT, attributes) or "")
        elif name in ("td", "th"):
            self._add(" ")
        elif name in _BLOCKS:
            self._end_line(is_forced=False)
            if is_closing:
                self._close(name)
            if name in _PARAGRAPHS and not self._lists:
                self._blank_line()
            if not is_closing:
                self._open(name)

    def _open(self, name: str) -> None:
        match name:
            case "blockquote":
                self._quotes += 1
            case "pre":
                self._preformatted += 1
            case "ul" | "ol":
                self._lists.append(0 if name == "ol" else None)
            case "li":
                number = self._lists[-1] if self._lists else None
                self._marker = "- " if number is None else f"{number + 1}. "
                if number is not None:
                    self._lists[-1] = number + 1

    def _close(self, name: str) -> None:
        match name:
            case "blockquote":
                self._quotes = max(0, self._quotes - 1)
            case "pre":
                self._preformatted = max(0, self._preformatted - 1)
            case "li":
                self._marker = ""
            case "ul" | "ol" if self._lists:
                self._lists.pop()

    def _end_link(self) -> None:
        address, said = self._link, " ".join("".join(self._link_text).split())
        self._link = None
        self._link_text = []
        if address is None or _ADDRESS.match(address) is None:
            return
        address = "".join(address.split())
        if _bare(address) != _bare(said):
            shown = address if address.lower().startswith("http") else _SCHEME.sub("", address, 1)
            self._line.append(f" ({shown})" if said else shown)

    def _end_line(self, *, is_forced: bool) -> None:
        line = "".join(self._line)
        self._line = []
        line = line.rstrip() if self._preformatted else " ".join(line.split())
        if line:
            line, self._marker = self._marker + line, ""
            self._lines.append(f"> {line}" if self._quotes else line)
        elif is_forced:
            self._blank_line()

    def _blank_line(self) -> None:
        if self._lines and self._lines[-1]:
            self._lines.append("")

    def text(self) -> str:
        self._end_link()
        self._end_line(is_forced=False)
        return "\n".join(self._lines).strip("\n")


def _attribute(pattern: re.Pattern[str], attributes: str) -> str | None:
    found = pattern.search(attributes)
    return None if found is None else _unescaped(found[1] or found[2] or found[3] or "")


def _bare(address: str) -> str:
    return _SCHEME.sub("", address, 1).rstrip("/").casefold()
