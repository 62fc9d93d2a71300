"""A change touches its own place; taking it out again restores every byte."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memtui.install import json_edit

SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=8),
    st.floats(allow_nan=False, allow_infinity=False),
)  # fmt: skip
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.text(max_size=5), inner, max_size=3),
    ),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.text(max_size=5), VALUES, min_size=0, max_size=4)
LAYOUTS = st.sampled_from(
    [
        {"indent": 2},
        {"indent": 4},
        {"indent": "\t"},
        {"indent": None},
        {"indent": 2, "separators": (",", " : ")},
        {"indent": None, "separators": (",", ":")},
        {"indent": 2, "ensure_ascii": False},
    ]
)
ENDS = st.sampled_from(["", "\n", "\n\n", " "])


@given(OBJECTS, LAYOUTS, ENDS, VALUES, st.booleans())
def test_a_member_comes_and_goes(
    there: dict[str, Any], layout: dict[str, Any], end: str, value: Any, crlf: bool
) -> None:
    text = json.dumps(there, **layout) + end
    if crlf:
        text = text.replace("\n", "\r\n")
    more = json_edit.added(text, json_edit.document(text), value, key="new key")
    assert json.loads(more) == {**there, "new key": value}
    at = json_edit.document(more)
    ours = json_edit.member(more, at, "new key")
    assert ours is not None
    assert json_edit.value_of(more, ours) == value
    assert json_edit.removed(more, at, ours, is_member=True) == text


@given(st.lists(VALUES, max_size=4), LAYOUTS, VALUES)
def test_an_element_comes_and_goes(
    there: list[Any], layout: dict[str, Any], value: Any
) -> None:
    text = json.dumps(there, **layout)
    more = json_edit.added(text, json_edit.document(text), value)
    assert json.loads(more) == [*there, value]
    at = json_edit.document(more)
    last = json_edit.elements(more, at)[-1]
    assert json_edit.removed(more, at, last, is_member=False) == text


@given(st.lists(VALUES, min_size=1, max_size=4), LAYOUTS, st.data())
def test_any_element_can_go(
    there: list[Any], layout: dict[str, Any], data: st.DataObject
) -> None:
    text = json.dumps(there, **layout)
    place = data.draw(st.integers(0, len(there) - 1))
    at = json_edit.document(text)
    part = json_edit.elements(text, at)[place]
    shorter = json_edit.removed(text, at, part, is_member=False)
    assert json.loads(shorter) == [*there[:place], *there[place + 1 :]]


@given(OBJECTS)
def test_a_line_of_ours_changes_no_line_of_theirs(there: dict[str, Any]) -> None:
    text = json.dumps({"a": 1, **there}, indent=2)
    more = json_edit.added(text, json_edit.document(text), [1, {"b": 2}], key="hooks")
    kept = [line.rstrip(",") for line in text.splitlines()]
    left = [line.rstrip(",") for line in more.splitlines()]
    assert left[: len(kept) - 1] == kept[:-1]


def test_the_layout_of_the_file_is_kept() -> None:
    text = '{\n    "model": "x",\n    "n": 1.50\n}\n'
    more = json_edit.added(text, json_edit.document(text), [{"a": 1}], key="hooks")
    assert more == (
        '{\n    "model": "x",\n    "n": 1.50,\n    "hooks": [\n        {\n'
        '            "a": 1\n        }\n    ]\n}\n'
    )


@pytest.mark.parametrize(
    "text",
    ["", "{", '{"a": 1} x', '{"a": 1, "a": 2}', '{"x": {"a": 1, "a": 2}}', "// no\n{}"],
)
def test_what_is_no_plain_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        json_edit.document(text)
