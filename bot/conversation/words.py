"""Plain recognition of words outside any question: folding, thanks, a wrong number, a hint at the language."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_NO_LETTERS: Final = re.compile(r"[^\w]+|_")


def fold(text: str) -> str:
    """The words alone: no case, accents, punctuation or width; one space between. `"  Été!"` is `"ete"`."""
    if text.isascii():
        return _NO_LETTERS.sub(" ", text.lower()).strip()
    plain = unicodedata.normalize("NFKD", text).casefold()
    kept = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return _NO_LETTERS.sub(" ", kept).strip()


def _phrases(listed: str) -> frozenset[str]:
    """Phrases with commas between, folded."""
    return frozenset(fold(phrase) for phrase in listed.split(","))


def _any_of(listed: str) -> re.Pattern[str]:
    """Finds any of these phrases, the longest that there is."""
    return re.compile("|".join(map(re.escape, sorted(_phrases(listed), key=len, reverse=True))))


def _words(listed: str) -> frozenset[str]:
    """Words with spaces between, folded."""
    return frozenset(fold(word) for word in listed.split())


#: What ends a conversation politely and asks for nothing.
_THANKS: Final = _phrases(
    """thanks, thank you, thank you so much, thank you very much, thanks so much, thanks a lot, many thanks, thx, tx, ty,
    tks, ok thanks, ok thank you, okay thanks, ok, okay, k, kk, ok thx, cool, great, great thanks, good, perfect, nice,
    bye, goodbye, you too, no problem, np, welcome, your welcome, you're welcome, cheers, sounds good, got it, will do,
    noted, lol, haha, good night, have a good day, happy to help, anytime,
    merci, merci beaucoup, ok merci, merci bien, mille mercis, d'accord, parfait, super, bravo, bonne journée,
    bonne soirée, au revoir, de rien, bye bye, avec plaisir,
    gracias, muchas gracias, de nada, adiós, salamat, sige, дякую, спасибі, добре, شكرا, 谢谢, 好的"""
)

#: Ways to say that a number does not belong to the person we think it does; the longer ones first.
_WRONG: Final = _any_of(
    """wrong number, wrong num, wrong nbr, wrong no, wrong person, wrong phone, wrong phone number, wrong cell,
    wrong cell number, wrong contact, mauvais numéro, faux numéro, mauvaise personne, trompez de numéro,
    trompes de numéro, trompé de numéro, numéro erroné, número equivocado, número incorrecto, persona equivocada,
    maling numero, неправильний номер, помилилися номером, помилились номером, не той номер, الرقم خطأ, رقم خاطئ,
    رقم غلط, 打错了, 号码错了, 发错了"""
)
#: Words around it that change nothing.
_AROUND: Final = _words(
    """sorry hi hello hey i think believe guess you u ur your re youre have ve got has the a this is its it s hun bud
    buddy dude sir maam im m am not who texted texting reached there man please pls and but afraid
    désolé désolée pardon bonjour salut allo je pense crois que vous avez tu as le un c est ce n pas êtes
    perdón lo siento hola creo que tiene tienes el es este po
    здається вибачте ви маєте у вас це هذا عفوا آسف"""
)

#: Words that a first text begins with, for a hint at its language.
_HINTS: Final = {
    "fr": _words(
        "bonjour bonsoir allo salut oui non merci qui quoi je j suis veux voudrais inscrire inscription est ce aide pour"
    ),
    "es": _words("hola buenas quiero si gracias quien soy ayuda por para inscribirme unirme"),
    "tl": _words("kumusta kamusta oo po salamat sino gusto ako ito sali"),
}
_SCRIPTS: Final = (
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("uk", re.compile("[\u0400-\u04ff]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
)


def is_thanks(folded: str) -> bool:
    """Whether this only thanks or agrees; an emoji alone, of which folding leaves nothing, does."""
    return not folded or folded in _THANKS


def is_wrong_number(folded: str) -> bool:
    """Whether this says that the number is somebody else's, and nothing besides."""
    if len(folded) > 80:
        return False
    found = _WRONG.search(folded)
    if found is None:
        return False
    return all(word in _AROUND for word in (*folded[: found.start()].split(), *folded[found.end() :].split()))


def language_hint(text: str) -> str | None:
    """The language that a first text seems to be in, None where nothing tells."""
    for language, script in _SCRIPTS:
        if script.search(text):
            return language
    words = fold(text).split()[:6]
    for language, known in _HINTS.items():
        if words and sum(word in known for word in words) * 2 >= len(words):
            return language
    return None
