"""Replies of the corpus that were misread once, each of a class of its own, are read right."""

from __future__ import annotations

import pytest

from tests.replies.report import PARTS, cases, judge

_MENDED = {
    "ar-command-039": "a wish for a person goes before a one on a scale",
    "en-choice-327": "a strong word at the end of the reply counts",
    "en-stop-113": "no more of these messages",
    "zh-time-020": "a quarter with its number in digits",
    "fr-command-056": "another language asked for in that language",
    "fr-yesno-090": "still not is a no",
}


@pytest.mark.parametrize("case_id", _MENDED)
def test_what_was_mended_stays_mended(case_id: str) -> None:
    (case,) = [case for part in PARTS for case in cases(part) if case["id"] == case_id]
    assert judge(case).verdict == "right", _MENDED[case_id]
