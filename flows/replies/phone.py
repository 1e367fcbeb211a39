"""Reading a telephone number out of a reply."""

from __future__ import annotations

import re

import phonenumbers

from flows.replies.normal import fold
from flows.replies.reading import Reading

#: A run of digits with what people put between them.
_RUN = re.compile(r"(?:\+|00|011)?[ (.-]{0,3}\d(?:[ ().\-/–]{0,3}\d){5,16}")
#: Ten digits as North Americans write them, where a run of digits has more than the number in it.
_TEN = re.compile(r"(?<!\d)(?:\+?1[ .-]{0,2})?\(?[2-9]\d{2}\)?[ .-]{0,3}\d{3}[ .-]{0,2}\d{4}(?!\d)")
_LONGEST = 400
_MOST = 4


def read_phone(text: str, region: str) -> Reading:
    """The one telephone number in the reply, as E.164; `region` (two letters) says how to read one without a country.

    Seven digits lack their area code and are unclear.
    """
    text = fold(text[:_LONGEST])
    found: list[str] = []
    for pattern in (_RUN, _TEN):
        for run in pattern.findall(text)[:_MOST]:
            number = _number(run, region)
            if number is not None and number not in found:
                found.append(number)
        if found:
            break
    if len(found) == 1:
        return Reading("answered", value=found[0])
    if found:
        return Reading("unclear", between=tuple(found), reason="two_readings")
    return Reading("unclear")


def _number(run: str, region: str) -> str | None:
    run = run.strip()
    digits = re.sub(r"\D", "", run)
    candidates = [run]
    if not run.startswith("+") and len(digits) >= 11:
        candidates.append("+" + digits)
    for candidate in candidates:
        try:
            number = phonenumbers.parse(candidate, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    return None
