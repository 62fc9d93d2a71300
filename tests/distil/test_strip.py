"""What was put into a conversation goes, in time that grows with its length."""

import time
from collections.abc import Callable

import pytest

from memtui.distil.strip import without_injected, without_wrappers


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a <system-reminder x='1'>no</system-reminder > b", "a \n b"),
        ("a <Private>no</pRIVATE> b", "a \n b"),
        ("a <private>never closed", "a \n"),
        ("`★ Insight ─────`\nno\n`──────────────`\nb", "\n\nb"),
        ("a\n★ Insight\nnever closed", "a\n★ Insight\nnever closed"),
        ("a ★ Insight of mine\n──────────────", "a ★ Insight of mine\n──────────────"),
    ],
)
def test_what_was_put_in_goes(text: str, left: str) -> None:
    assert without_injected(text) == left


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a <of-client n='1'>no</of-client> b", "a \n b"),
        ("a <of-client>no <in-side>x</in-side></of-client> b", "a \n b"),
        ("a <of-client> b", "a <of-client> b"),
        ("<x-y>1</x-y>2<x-y>3</x-y>", "\n2\n"),
        ("<x-y>1</y-x>2", "<x-y>1</y-x>2"),
    ],
)
def test_a_clients_own_block_goes_from_a_prompt(text: str, left: str) -> None:
    assert without_wrappers(text) == left


@pytest.mark.parametrize("strip", [without_injected, without_wrappers])
@pytest.mark.parametrize(
    "part",
    [
        "<private>", "<private x", "<private x>\n", "</private   ", "<a-b>", "<a-b x",
        "</x><a-b>", "</x-y><a-b>", "</a-b ", "<aa-bb>x</cc-dd>", "a-b", "★ Insight\n",
        "★ Insight\n\n", "★\n", "`★ ", "──────────\n", "`──────────` ", "----------",
    ],
)  # fmt: skip
def test_a_hostile_text_takes_no_longer_than_its_length(
    strip: Callable[[str], str], part: str
) -> None:
    text = "insight " + part * (400_000 // len(part))
    started = time.process_time()
    strip(text)
    assert time.process_time() - started < 3  # some 0.1 s; minutes if quadratic
