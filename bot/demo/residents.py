"""Simulated residents: what each one makes of a text, and when and how they answer, by temperament and chance."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

Temperament = Literal["prompt", "slow", "typos", "chatty", "wanders", "stops", "twice", "silent"]

#: How many of a hundred residents are of each temperament; one in four speaks French.
MIX: dict[Temperament, int] = {
    "prompt": 28,
    "slow": 16,
    "typos": 14,
    "chatty": 12,
    "wanders": 8,
    "stops": 6,
    "twice": 8,
    "silent": 8,
}
_OPTION = re.compile(r"^(\d{1,2})[.)]? (.+)$", re.MULTILINE)
_SCALE = re.compile(r"\b([1-9])\b.{0,40}?\b(?:to|à|a)\s+(\d{1,2})\b")
#: What people have to say, by language and by a word of the question; the empty word stands for every other question.
_WORDS = {
    "en": {
        "housing": (
            "rent went up again, we cant keep up",
            "my mom waited 8 months for a repair",
            "Landlord wont fix the heat",
            "mold in the bathroom and nobody comes",
            "no 3 bedroom anywhere under 2000",
        ),
        "food": (
            "Groceries. prices are crazy at the store here",
            "more hours at the food bank please",
            "no store you can walk to",
            "the school breakfast helps a lot, keep it",
        ),
        "jobs": (
            "the bus stops at 6 so no evening work",
            "only seasonal stuff here",
            "20 hrs a week is not enough to live",
            "nothing for young people",
        ),
        "": ("snow on the sidewalks by the school", "a bench at the bus stop", "street lights on birch"),
    },
    "fr": {
        "logement": (
            "le loyer monte tout le temps",
            "ça fait 8 mois qu'on attend pour une réparation",
            "rien à louer pour une famille",
        ),
        "nourriture": (
            "l'épicerie coûte trop cher",
            "plus d'heures à la banque alimentaire svp",
            "pas de magasin à pied",
        ),
        "emploi": ("pas d'autobus le soir pour travailler", "rien pour les jeunes", "juste du travail d'été"),
        "": ("la neige sur les trottoirs près de l'école", "des lumières sur la rue Birch"),
    },
}
_STOPS = {"en": ("STOP", "please stop texting me", "unsubscribe"), "fr": ("ARRET", "arrêtez de m'écrire svp")}
_CHAT = {
    "en": ("{} thx", "i'd say {}", "{} for sure", "hmm {} i think"),
    "fr": ("{} merci", "je dirais {}", "{} je pense"),
}


@dataclass(frozen=True, slots=True)
class Text:
    """A text that a resident will send `after` they read one."""

    after: timedelta
    text: str


@dataclass(slots=True)
class Resident:
    """One simulated resident. `heard` and `said` are their own record, against which ours is held."""

    address: str
    name: str
    language: str
    temperament: Temperament
    chance: random.Random
    heard: list[tuple[datetime, int, str]] = field(default_factory=list)
    said: list[tuple[datetime, str]] = field(default_factory=list)
    replies: int = 0
    stopped: bool = False

    def thread(self) -> list[tuple[datetime, bool, str]]:
        """What this phone shows, oldest first: (when, whether its owner wrote it, the words)."""
        heard = [(at, False, text) for at, _, text in self.heard]
        return sorted([*heard, *((at, True, text) for at, text in self.said)], key=lambda line: line[0])

    def read(self, at: datetime, message_id: int, text: str) -> list[Text]:
        """What the resident answers to a text, if anything."""
        again = any(seen == text for _, _, seen in self.heard)
        self.heard.append((at, message_id, text))
        asked = _asks(text)
        if asked is None or self.stopped or self.temperament == "silent":
            return []
        if self.temperament == "slow" and not again and self.chance.random() < 0.4:
            return []  # waits for the reminder
        if self.temperament == "wanders" and self.replies >= 1:
            return []
        self.replies += 1
        if self.temperament == "stops" and self.replies == 2:
            self.stopped = True
            return [Text(self._delay(), self.chance.choice(_STOPS[self.language]))]
        replies = [Text(self._delay(), self._answer(text, asked))]
        if self.temperament == "twice":
            replies.append(Text(replies[0].after, self.chance.choice(("thx", "ok", "👍", "sorry for the delay"))))
        return replies

    def _delay(self) -> timedelta:
        if self.temperament == "slow":
            return timedelta(minutes=self.chance.uniform(60, 600))
        return timedelta(seconds=min(3600.0, self.chance.lognormvariate(4.5, 1.2)))

    def _answer(self, text: str, asked: str) -> str:
        if asked == "options":
            options = _OPTION.findall(text)
            weights = [4.0 / (place + 1) for place in range(len(options))]
            number, label = self.chance.choices(options, weights)[0]
            return self._written(number, label)
        if asked == "scale":
            low, high = (int(bound) for bound in _SCALE.findall(text)[-1])
            point = str(round(min(high, max(low, self.chance.gauss((low + high) / 2 - 0.4, 1.1)))))
            return self._written(point, point)
        topics = _WORDS[self.language]
        return self.chance.choice(next(topics[word] for word in topics if word in text.lower()))

    def _written(self, number: str, label: str) -> str:
        match self.temperament:
            case "typos" if len(label) > 4:
                return _slip(label, self.chance)
            case "chatty":
                return self.chance.choice(_CHAT[self.language]).format(label.lower())
            case _:
                return number if self.chance.random() < 0.7 else label


def residents(count: int, seed: int) -> list[Resident]:
    """`count` residents with numbers that belong to nobody, the same ones for the same seed."""
    chance = random.Random(seed)
    kinds = list(MIX)
    people = []
    for place in range(count):
        language = "fr" if chance.random() < 0.25 else "en"
        people.append(
            Resident(
                address=_number(place),
                name=chance.choice(_NAMES[language]),
                language=language,
                temperament=chance.choices(kinds, [MIX[kind] for kind in kinds])[0],
                chance=random.Random(chance.random()),
            )
        )
    return people


def _asks(text: str) -> str | None:
    """What a text asks for: `options`, a point of a `scale`, `words`; None where it asks nothing."""
    if len(_OPTION.findall(text)) >= 2:
        return "options"
    if _SCALE.search(text):
        return "scale"
    return "words" if "?" in text else None


def _slip(word: str, chance: random.Random) -> str:
    """The word as a thumb in a hurry types it: two letters swapped, one left out, or one twice."""
    at = chance.randrange(1, len(word) - 2)
    return chance.choice(
        (
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + word[at + 1 :],
            word[: at + 1] + word[at:],
        )
    ).lower()


def _number(place: int) -> str:
    """A number of the hundred in each area code that belong to nobody; 800 people at the most."""
    areas = ("902", "782", "506", "709", "418", "613", "416", "604")
    return f"sms:+1{areas[place // 100 % len(areas)]}55501{place % 100:02d}"


_NAMES = {
    "en": ("Ana", "Ben", "Carol", "Dev", "Ella", "Finn", "Grace", "Hana", "Ivan", "Joy", "Kim", "Liam", "Mary", "Noor"),
    "fr": ("Aline", "Bruno", "Céline", "Denis", "Élise", "Fabien", "Gisèle", "Hugo", "Irène", "Julien"),
}
