"""The sandbox's own writer of XML against the one that moto uses: a byte's difference would be moto's answer no more."""

from __future__ import annotations

import pytest
import xmltodict

from privateapi_sandbox import fast_xml

BODIES = [
    {"R": None}, {"R": {}}, {"R": ""}, {"R": "a<b>&\"'c"}, {"R": 7}, {"R": 0.5}, {"R": True}, {"R": {"a": False}},
    {"R": {"a": [], "b": [1, None, "", {"c": "d"}]}},
    {"R": {"@xmlns": "http://x/?a=1&b='\"", "item": [{"k": "v"}, {"k": ["v", "w"]}]}},
    {"R": {"@a": "b", "#text": "t<"}}, {"R": {"@a": "b"}}, {"R": {"a": {"b": {"c": "ü\n\t"}}}},
]


@pytest.mark.parametrize("body", BODIES, ids=str)
@pytest.mark.parametrize("options", [{"full_document": True}, {"full_document": False},
                                     {"full_document": False, "short_empty_elements": True}], ids=str)
def test_it_writes_what_xmltodict_writes(body, options):
    assert fast_xml.unparse(body, pretty=False, **options) == xmltodict.unparse(body, pretty=False, **options)
