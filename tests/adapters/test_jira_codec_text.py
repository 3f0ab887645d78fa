"""Rich text: Atlassian Document Format and wiki markup, to plain lines and back."""

from __future__ import annotations

import json

import pytest
from escsync_jira import adf, wiki
from hypothesis import example, given
from hypothesis import strategies as st

from escsync.adapter import MessageKind, Vocabulary


def doc(*content):
    return {"type": "doc", "version": 1, "content": list(content)}


def para(*content):
    return {"type": "paragraph", "content": [said(c) if isinstance(c, str) else c for c in content]}


def said(text, *marks):
    return {"type": "text", "text": text, "marks": list(marks)}


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (doc(para("one"), para("two")), "one\ntwo"),
        (doc(para("one", {"type": "hardBreak"}, "two")), "one\ntwo"),
        (doc({"type": "blockquote", "content": [para("#ack"), para("x")]}), "> #ack\n> x"),
        (doc({"type": "codeBlock", "content": [said("#ack")]}), "```\n#ack\n```"),
        (doc({"type": "bulletList", "content": [{"type": "listItem", "content": [para("a"), para("b")]}]}), "- a\n  b"),
        (doc({"type": "panel", "content": [para("in a panel")]}), "in a panel"),
        (doc(para({"type": "mention", "attrs": {"id": "5b10", "text": "@Dana"}}, " hi")), "@Dana hi"),
        (doc(para("By ", {"type": "date", "attrs": {"timestamp": "1772496000000"}})), "By 2026-03-03"),
        (doc(para({"type": "emoji", "attrs": {"shortName": ":smile:", "text": "😄"}})), "😄"),
        (doc(para(said("site", {"type": "link", "attrs": {"href": "https://x.example"}}))), "site (https://x.example)"),
        (doc(para({"type": "inlineCard", "attrs": {"url": "https://x.example"}})), "https://x.example"),
        (doc({"type": "table", "content": [{"type": "tableRow", "content": [
            {"type": "tableCell", "content": [para("a")]}, {"type": "tableCell", "content": [para("b")]}]}]}), "a | b"),
        (doc({"type": "expand", "attrs": {"title": "More"}, "content": [para("inside")]}), "More\ninside"),
        (doc({"type": "heading", "attrs": {"level": 2}, "content": [said("Timeline:")]}), "Timeline:"),
        (doc({"type": "unheard-of", "content": [para("still read")]}), "still read"),
        (None, ""),
        ("a string", ""),
        ({"type": "doc", "content": "rubbish"}, ""),
        (doc({"type": "text", "text": 17}), ""),
    ],
)  # fmt: skip
def test_documents_become_plain_lines(document, expected):
    """Quotes and code keep a sign in front, so that a marker in them is not at the beginning (decision 91)."""
    assert adf.plain(document) == expected


def test_a_document_nested_beyond_reason_is_no_crash():
    """Ten thousand quotes in quotes."""
    node = para("deep")
    for _ in range(10_000):
        node = {"type": "blockquote", "content": [node]}

    assert adf.plain(doc(node)) == ""


LINES = st.lists(
    st.text(st.characters(blacklist_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1), min_size=1
)


@given(LINES)
def test_a_note_reads_back_from_its_document(lines):
    """Line by line, whatever stands in it."""
    text = "\n".join(lines)

    assert adf.plain(adf.document(text)) == text
    json.dumps(adf.document(text))


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("*#ack* Hello", "#ack Hello"),
        ("{color:red}#ack{color} Hello", "#ack Hello"),
        (r"\#ack Hello", "#ack Hello"),
        ("{quote}\n#ack\n{quote}\nrest", "> #ack\n\nrest"),
        ("bq. #ack", "> #ack"),
        ("{code:java}\n#ack\n{code}", "```\n#ack\n```"),
        ("{noformat}#ack{noformat}", "```\n#ack\n```"),
        ("h2. Timeline:\r\ntomorrow", "Timeline:\ntomorrow"),
        (
            "[site|https://x.example] and [https://y.example]",
            "site (https://x.example) and https://y.example",
        ),
        ("[~dana] hi", "@dana hi"),
        ("a -struck- b, c-d, _e_ f_g", "a struck b, c-d, e f_g"),
        ("* one\n** two", "- one\n- two"),
        ("{{x}} one\\\\two", "x one\ntwo"),
        ("not {closed", "not {closed"),
    ],
)
def test_wiki_markup_becomes_plain_lines(markup, expected):
    """As a reader sees it, quotes and code marked as such."""
    assert wiki.plain(markup) == expected


@pytest.mark.parametrize(
    ("comment", "kind"),
    [
        (doc(para("  #ACK: Hello")), MessageKind.ACKNOWLEDGEMENT),
        (doc(para(said("#update", {"type": "strong"}), " x")), MessageKind.CUSTOMER_UPDATE),
        (doc({"type": "blockquote", "content": [para("#ack")]}), None),
        (doc({"type": "codeBlock", "content": [said("#ack")]}), None),
        (doc(para("see #ack")), None),
        (doc(para("#acknowledged")), None),
        ("*#ack* Hello", MessageKind.ACKNOWLEDGEMENT),
        ("{quote}#ack{quote}", None),
        ("{code}#ack{code}", None),
    ],
)
def test_a_marker_counts_only_at_the_very_start(comment, kind):
    """After white space and formatting are gone, whatever its case (decisions 20 and 91)."""
    text = wiki.plain(comment) if isinstance(comment, str) else adf.plain(comment)

    assert Vocabulary().marker(text)[0] is kind


@given(LINES)
@example(["h1. big", "bq. quoted", "[~dana] {code} !x.png! {quote}", "a|b||c", "-x- *y* _z_ +u+ ^v^ ~w~"])
@example(["\\", "&#46; &amp; & &#x26;", "{{mono}} \\{", "1-2 -- 3 --- 4", "csm_spoken ACK_BREACHED", "#1"])
@example(["https://x.example/a_b?c=d&e#f", "escsync-note abc"])
def test_escaped_text_reads_back_as_it_was(lines):
    """What a customer wrote shows as it was written: nothing is lost, nothing becomes markup."""
    text = "\n".join(lines)

    assert wiki.plain(wiki.escape(text)) == text


@given(st.text(st.sampled_from("[]{}~!|\\*_-+^?#abh1. \n"), max_size=40))
def test_no_text_becomes_a_macro_a_mention_or_an_image(text):
    """Each of their brackets has its backslash."""
    escaped = wiki.escape(text)

    for at, ch in enumerate(escaped):
        if ch in "[]{}!|":
            assert escaped[at - 1] == "\\"


def test_our_own_marker_line_needs_no_escape():
    """It must be found as it stands, on either Jira."""
    assert wiki.escape("escsync-note 0a1b2c") == "escsync-note 0a1b2c"
