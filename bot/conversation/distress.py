"""Words of distress: somebody may be in danger, so a signpost answers at once and a person is told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from bot import i18n
from bot.config import Distress
from bot.conversation.words import fold

#: Phrases in the first person, so that "youth suicide prevention" remains an idea. A community adds its own.
WORDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "en": (
            "suicidal", "kill myself", "killing myself", "kms", "end my life", "ending my life", "take my life",
            "take my own life", "taking my own life", "commit suicide", "end it all", "ending it all", "want to die",
            "wanna die", "wish i was dead", "wish i were dead", "better off dead", "better off without me",
            "dont want to live", "don t want to live", "dont want to be alive", "don t want to be alive",
            "no reason to live", "cant go on", "can t go on", "hurt myself", "hurting myself", "harm myself",
            "harming myself", "cut myself", "cutting myself", "self harm", "i overdosed", "i od d", "taken too many pills",
            "took too many pills", "he hits me", "she hits me", "he hit me", "hitting me", "beats me up", "beating me",
            "he beats me", "she beats me", "going to kill me", "gonna kill me", "raped me", "being abused", "abuses me",
            "not safe at home", "unsafe at home", "scared for my life", "i am in danger", "im in danger", "i m in danger",
        ),
        "fr": (
            "suicidaire", "me suicider", "suicider", "me tuer", "mettre fin a mes jours", "mettre fin a ma vie",
            "en finir avec la vie", "envie de mourir", "veux mourir", "voudrais mourir", "plus envie de vivre",
            "veux plus vivre", "pas envie de vivre", "me faire du mal", "me blesser", "me couper les veines",
            "il me frappe", "elle me frappe", "il me bat", "elle me bat", "va me tuer", "m a violee", "m a viole",
            "pas en securite chez moi", "peur pour ma vie", "je suis en danger", "trop de pilules",
        ),
        "es": (
            "suicidarme", "matarme", "quitarme la vida", "quiero morir", "no quiero vivir", "hacerme dano", "me pega",
            "me golpea", "va a matarme", "me va a matar", "estoy en peligro",
        ),
        "uk": ("вбити себе", "накласти на себе руки", "не хочу жити", "хочу померти", "він мене бє", "я в небезпеці"),
        "ar": ("انتحر", "الانتحار", "اقتل نفسي", "اريد ان اموت", "لا اريد ان اعيش", "يضربني", "انا في خطر"),
        "zh": ("自杀", "想死", "不想活", "结束生命", "伤害自己", "他打我", "我有危险"),
        "tl": ("magpakamatay", "gusto ko nang mamatay", "ayoko nang mabuhay", "sinasaktan ako", "binubugbog ako"),
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Alarm:
    """Finds words of distress in any language that a community speaks, and has the signpost to answer with."""

    pattern: re.Pattern[str]
    own: Mapping[str, str]

    def rings(self, folded: str) -> bool:
        """Whether a folded text has words of distress."""
        return self.pattern.search(folded) is not None

    def signpost(self, language: str) -> str:
        """What to say: the community's own words in that language, else ours."""
        base = language.split("_")[0]
        return self.own.get(language) or self.own.get(base) or i18n.text("distress", language)


def alarm(languages: tuple[str, ...], own: Mapping[str, Distress]) -> Alarm:
    """The alarm of a community. What it lists for a language of its own replaces our list of that language."""
    phrases: set[str] = set()
    for language in {"en", *(tag.split("_")[0] for tag in languages), *own}:
        given = own.get(language)
        phrases.update(fold(word) for word in (given.words if given else WORDS.get(language, ())))
    phrases.discard("")
    listed = "|".join(_pattern(phrase) for phrase in sorted(phrases, key=len, reverse=True))
    return Alarm(re.compile(listed or r"(?!)"), {tag: one.text for tag, one in own.items() if one.text})


def _pattern(phrase: str) -> str:
    # Chinese has no spaces to find the ends of words by.
    return re.escape(phrase) if phrase > "\u2e80" else rf"\b{re.escape(phrase)}\b"
