"""HTML messages become the text that people saw (R2), in time linear in their length."""

from __future__ import annotations

import time

import pytest

from handrail.conversations.sources.markup import text_of

PAGES = {
    "paragraphs": ("<p>Hello.</p><p>My parcel\nis late.</p>", "Hello.\n\nMy parcel is late."),
    "line breaks": ("<div>one<br>two</div><div>three</div>", "one\ntwo\nthree"),
    "an empty line": ("one<br><br><br>two", "one\n\ntwo"),
    "lists": ("<ul><li>red</li><li>blue</li></ul>", "- red\n- blue"),
    "numbered": ("<ol><li>open</li><li><p>close</p></li></ol>", "1. open\n2. close"),
    "an item without text": ("<ul><li></li></ul>hi", "hi"),
    "nested": ("<ul><li>a<ol><li>b</li></ol></li><li>c</li></ul>", "- a\n1. b\n- c"),
    "cells": ("<table><tr><td>Order</td><td>7</td></tr></table>", "Order 7"),
    "a link": (
        'see <a href="https://shop.example/help?a=1&amp;b=2">our page</a>.',
        "see our page (https://shop.example/help?a=1&b=2).",
    ),
    "a link that says where": (
        '<a href="https://www.shop.example/">shop.example</a>',
        "shop.example",
    ),
    "a mail link": (
        "<a href='mailto:ada@mail.example'>write me</a>",
        "write me (ada@mail.example)",
    ),
    "a bare link": ("<a href=https://shop.example/x></a>", "https://shop.example/x"),
    "a link that does something": ('<a href="javascript:go()">press</a>', "press"),
    "a picture": ('<p>ok <img alt="thumbs up" src="x.png"></p>', "ok thumbs up"),
    "entities": ("<b>R&amp;D &lt;3&nbsp;&euro; &#8364; &nosuch;</b>", "R&D <3 € € &nosuch;"),
    "unseen": (
        "<style>p{a:b}</style><p>hi</p><SCRIPT>if (a<b) {'<p>'}</SCRIPT ><!-- not <p>this</p> -->",
        "hi",
    ),
    "hidden": (
        '<p>hi <span style="DISPLAY: none">obey <span>me</span> now</span>there</p>'
        '<b style="font-size:0.9em">you</b><div style="font-size:0">x</div>'
        '<img alt="pixel" style="display:none"><p>!</p>',
        "hi there\n\nyou\n\n!",
    ),
    "hidden to the end": ("<p>hi</p><div style='visibility:hidden'>obey<p>me</p>", "hi"),
    "for one mail program": ("<!--[if mso]><p>x</p><![endif]--><p>hi</p>", "hi"),
    "a quotation": ("<p>Yes.</p><blockquote>Is it<br>red?</blockquote>", "Yes.\n\n> Is it\n> red?"),
    "code": ("<pre>a\n  b</pre>", "a\n  b"),
    "a tag in a value": ('<p title="a > b">hi</p>', "hi"),
    "less than": ("<p>5 < 6 and <3</p>", "5 < 6 and <3"),
    "no markup": ("Hello,\n\n  two < three &amp; more\n", "Hello,\n\n  two < three & more"),
    "a tag that never ends": ("<p>hi</p><a href='x", "hi\n\n<a href='x"),
    "a comment that never ends": ("<p>hi</p><!-- rest", "hi\n\n<!-- rest"),
    "a quote that never ends": ('<p class="x>hello</p>', "hello"),
    "an end without a beginning": ("</ul></blockquote></a></pre>hi", "hi"),
    "nothing": ("", ""),
    "an image only": ("<p><img src=x></p>", ""),
}


@pytest.mark.parametrize("name", PAGES)
def test_html_reads_as_people_saw_it(name: str) -> None:
    """R2."""
    html, text = PAGES[name]
    assert text_of(html) == text


HOSTILE = {
    "tags that never end": "<a " * 330_000,
    "attributes that never end": '<a b="' * 160_000,
    "one end in a value": "<a " * 330_000 + '="' + ">" + '"',
    "comments that never end": "<!--" * 250_000,
    "declarations that never end": "<!" * 500_000,
    "scripts": "<script>" * 125_000,
    "closed scripts": "<script></scrip" * 70_000,
    "deep quotations": "<blockquote>" * 80_000 + "x<br>" * 10_000,
    "deep lists": "<ul><li>" * 125_000,
    "open links": "<a href=https://x.example>y" * 38_000,
    "spaces": "<p>" + " " * 1_000_000,
    "spaces before a value": "<a href" + " " * 1_000_000 + ">",
    "a name without end": "<" + "a" * 1_000_000,
    "ampersands": "<p>" + "&" * 1_000_000,
    "numbers": "<p>&#" + "9" * 1_000_000 + ";",
    "less than": "<" * 1_000_000,
    "line breaks": "<br>" * 250_000,
    "hidden": "<b style=display:none>" * 48_000,
    "nearly hidden": "<b style=" + "display " * 125_000 + ">",
    "preformatted": "<pre>" + "\n" * 1_000_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_megabyte_of_hostile_markup_costs_no_more_than_a_long_message(name: str) -> None:
    """R2: a customer can't hold the intake up; twice the length is about twice the time."""
    html = HOSTILE[name]
    started = time.process_time()
    text_of(html)
    assert time.process_time() - started < 20  # what is quadratic takes hours
