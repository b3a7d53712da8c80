"""Half a character in one summary must not hide the other ninety-nine issues of the page."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from data.jira.protocol import decode, read_search
from data.jira.surrogates import without_half_characters

NO_CHANGES = '"changelog":{"histories":[],"total":0,"startAt":0,"maxResults":0}'


def test_a_page_with_half_a_character_is_read():
    issues = [
        f'{{"id":"{n}","key":"A-{n}","fields":{{"summary":"x{half}y"}},{NO_CHANGES}}}'
        for n, half in enumerate((r"\ud800", r"\udc00\ud83d", r"\ud83d\ude00", r"\\ud800", "plain"), 1)
    ]
    page = read_search(f'{{"issues":[{",".join(issues)}],"isLast":true}}'.encode(), {})
    assert page.odd == []
    assert [each.fields["summary"] for each in page.issues] == ["x�y", "x��y", "x😀y", r"x\ud800y", "xplainy"]


@given(st.text(st.one_of(st.sampled_from('\\u"d8d\ud800\udc00😀'), st.characters(exclude_categories=()))))
def test_any_text_that_json_can_write_is_read(text):
    body = json.dumps(text).encode()
    assert decode(body, str) == json.loads(body).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


@given(st.text())
def test_whole_characters_stay(text):
    body = json.dumps(text).encode()
    assert without_half_characters(body) == body
