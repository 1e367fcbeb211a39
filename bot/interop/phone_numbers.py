"""Telephone numbers as people write them and spreadsheets garble them, as E.164; or what is the matter with them."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from typing import Final

import phonenumbers

_SCIENTIFIC: Final = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d{1,2}")
#: A number of the North American plan in any usual dress: area code and exchange, and the last four digits.
_PLAIN: Final = re.compile(r"\s*(?:\+?1[\s.-]*)?\(?([2-9]\d\d)\)?[\s.-]*([2-9]\d\d)[\s.-]*(\d{4})\s*", re.ASCII)
#: An extension whose number was left out, which the library would overlook: `902 555 0123 x`, `… poste`.
_BARE_EXTENSION: Final = re.compile(r"\d[\s,;]*(?:x|ext|extn|extension|poste|#)[.:\s]*$", re.IGNORECASE)


class Unusable(Exception):
    """A row cannot be used: the reason, and its kind for counting alike ones."""

    def __init__(self, reason: str, kind: str) -> None:
        super().__init__(reason)
        self.reason, self.kind = reason, kind


def phone_number(text: str, region: str, countries: Collection[str]) -> str:
    """A telephone number as E.164; raises `Unusable` with what is the matter with it.

    `region`: where a number without a country code is at home; `countries`: the regions whose numbers are taken.
    """
    plain = _PLAIN.fullmatch(text)
    if plain is not None and phonenumbers.country_code_for_region(region) == 1:
        exchange = plain[1] + plain[2]
        if _country_of(exchange) in countries:
            return f"+1{exchange}{plain[3]}"
    return _looked_up(text, region, countries)


@lru_cache(maxsize=65_536)
def _country_of(exchange: str) -> str | None:
    """The region of all numbers of an exchange (`902555`); None where they are no ordinary ones, to be looked at each."""
    number = phonenumbers.parse(f"+1{exchange}0100")
    ordinary = (
        phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
        phonenumbers.PhoneNumberType.FIXED_LINE,
        phonenumbers.PhoneNumberType.MOBILE,
    )
    if not phonenumbers.is_valid_number(number) or phonenumbers.number_type(number) not in ordinary:
        return None
    return str(phonenumbers.region_code_for_number(number))


def _looked_up(text: str, region: str, countries: Collection[str]) -> str:
    if _SCIENTIFIC.fullmatch(text):
        text = _unshortened(text)
    text = re.sub(r"(?<=\d)\.0$", "", text.lstrip("'"))
    if _BARE_EXTENSION.search(text):
        raise _extended(text)
    try:
        parsed = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        raise Unusable(f"{text[:40]!r} is no phone number", "no phone number~s") from None
    reason = phonenumbers.is_possible_number_with_reason(parsed)
    possible = phonenumbers.ValidationResult
    if reason == possible.IS_POSSIBLE_LOCAL_ONLY:
        raise Unusable(f"{text} has no area code", "number~s without an area code")
    if reason == possible.TOO_SHORT:
        raise Unusable(f"{text} is too short for a phone number", "number~s too short")
    if reason == possible.TOO_LONG:
        raise Unusable(f"{text[:40]} is too long for a phone number", "number~s too long")
    if reason != possible.IS_POSSIBLE or not phonenumbers.is_valid_number(parsed):
        raise Unusable(f"there is no phone number like {text}", "no phone number~s")
    if parsed.extension:
        raise _extended(text)
    country = phonenumbers.region_code_for_number(parsed)
    if country not in countries:
        raise Unusable(
            f"{text} is a number in {country or 'no country'}; this community texts {', '.join(countries)}",
            "number~s in other countries",
        )
    if phonenumbers.number_type(parsed) in (phonenumbers.PhoneNumberType.PREMIUM_RATE,):
        raise Unusable(f"{text} is a premium number, which we never text", "premium number~s")
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def _extended(text: str) -> Unusable:
    return Unusable(f"{text[:40]} has an extension, where no text arrives", "number~s with an extension")


def _unshortened(text: str) -> str:
    """A number that a spreadsheet wrote as 1.9025550123E+10, where it kept all its digits."""
    mantissa, _, exponent = text.replace(",", ".").upper().partition("E")
    digits = mantissa.replace(".", "")
    whole = int(exponent.lstrip("+")) + 1
    if len(digits) < min(whole, 10):
        raise Unusable(
            f"{text}: the spreadsheet has dropped digits; format the column as text and fill it in again",
            "number~s that a spreadsheet has shortened",
        )
    return digits.ljust(whole, "0")
