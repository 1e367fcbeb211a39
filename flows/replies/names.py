"""Gathering what names each option of a question: its names, their words, other spellings of them."""

from __future__ import annotations

from flows.replies.genders import genders
from flows.replies.lexicon import Lexicon, read_name
from flows.replies.normal import key
from flows.replies.stems import stems

#: Senses that make a word of a label too common to name the option by itself.
_COMMON = frozenset(
    """small and or not but because polite intro counting number ordinal multiplier people about more_than less_than
    at_least at_most to unit currency degrees strong_degrees all both none other except out_of position vague hedge
    dont_know from after before last if only question self per""".split()  # noqa: SIM905
)


def is_common(word: str, lexicon: Lexicon) -> bool:
    """Whether a word is too common to name an option by itself."""
    return not _COMMON.isdisjoint(lexicon.entries.get(word, ()))


def _is_one_character(name: str) -> bool:
    """Whether a name is one Chinese character, which is too little of one: 找 of 找工作."""
    return len(name) == 1 and "\u4e00" <= name <= "\u9fff"


class Names:
    """Gathers what names each option. `meant`: words of an option's matter, with their other forms. `about`: the matters that
    each option is about; `afar`: words of those that are only part of one."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.full: dict[str, tuple[int, ...]] = {}
        self.single: dict[str, tuple[int, ...]] = {}
        self.parts: dict[str, tuple[int, ...]] = {}
        self.squashed: dict[str, tuple[int, ...]] = {}
        self.spellings: dict[str, tuple[str, ...]] = {}
        self.likely: set[str] = set()
        self.bound: set[str] = set()
        self.akin: set[str] = set()
        self.kin: set[str] = set()
        self.meant: dict[str, tuple[int, ...]] = {}
        self.alone: dict[str, tuple[int, ...]] = {}
        self.shorter: list[tuple[str, int]] = []
        self.about: dict[int, set[str]] = {}
        self.afar: set[str] = set()
        for own in lexicon.all:
            for canonical, others in own.spellings.items():
                self.spellings[canonical] = (*self.spellings.get(canonical, ()), *others)

    @staticmethod
    def _add(table: dict[str, tuple[int, ...]], name: str, number: int) -> None:
        known = table.get(name, ())
        if name and number not in known:
            table[name] = (*known, number)

    def is_common(self, word: str) -> bool:
        """Whether a word is too common to name an option by itself."""
        return is_common(word, self.lexicon)

    def denied(self, name: str) -> list[str]:
        """The words that a name says no to: "family doctor" of "No family doctor"; [] where it says no to nothing."""
        if name.isascii() and name.isalpha():
            return []
        pieces = read_name(name, self.lexicon).pieces
        while len(pieces) > 2 and pieces[0].has("self") and "not" not in pieces[0].senses:
            pieces = pieces[1:]  # "I don't take the bus"
        says_no = bool(pieces) and ("not" in pieces[0].senses or ("no" in pieces[0].senses and " " in pieces[0].text))
        if len(pieces) < 2 or not says_no or "not_refusing" in pieces[0].senses:
            return []
        return " ".join(piece.text for piece in pieces[1:]).split(" ")

    def add(self, text: str, number: int, *, likely: bool = True) -> None:
        """A name with all its words. `likely`: in a language that slips are looked for in."""
        name = key(text)
        words = name.split(" ")
        denies = bool(self.denied(name))
        for spelling in (name, *self.spellings.get(name, ()), *genders(name)):
            self._add(self.full, spelling, number)
            self._add(self.squashed, spelling.replace(" ", ""), number)
        if len(words) > 1 and len(name) > 4:
            self._add(self.full, name.replace(" ", ""), number)
        if len(words) > 1 and "none" in self.lexicon.entries.get(name, {}):
            return  # "什么都不担心" is named by nothing that is part of it
        pieces = [piece.text for piece in read_name(text, self.lexicon).said]
        content = [word for word in pieces if len(pieces) == 1 or not self.is_common(word)]
        if denies:
            content = [word for word in content if word not in self.single and word not in self.lexicon.entries]
        else:
            self.shorter.extend(
                (shorter, number)
                for shorter in (" ".join(content) if len(content) < len(pieces) else "", self._trimmed(words))
            )
        self._bind(text)
        for word in content:
            if len(word) > 1 and not word[0].isdigit():
                self._word(word, number)
                if likely:
                    self.likely.add(word)
        if not denies or "self" in self.lexicon.entries.get(words[0], {}):
            self._han(words, number)

    def _bind(self, text: str) -> None:
        """Note words that name something only together: "Electric heaters", not "Baby food and diapers"."""
        together: list[str] = []
        for piece in (*read_name(text, self.lexicon).pieces, None):
            if piece is None or piece.is_sign or piece.has("and", "or"):
                self.bound.update(together if len(together) > 1 else ())
                together = []
            elif not self.is_common(piece.text):
                together.append(piece.text)

    def add_shorter(self) -> None:
        """The names without their common words, where that is no other option's whole name."""
        whole = dict(self.full)
        for name, number in self.shorter:
            if name and name not in whole and not _is_one_character(name) and not self._says_yes_or_no(name):
                self._add(self.full, name, number)

    def _says_yes_or_no(self, name: str) -> bool:
        return not {"yes", "no", "not", "all", "none"}.isdisjoint(self.lexicon.entries.get(name, ()))

    def _trimmed(self, words: list[str]) -> str:
        """A name without the small words at its ends: "matin" of "le matin"."""
        small = ["small" in self.lexicon.entries.get(word, {}) for word in words]
        kept = [at for at, is_small in enumerate(small) if not is_small]
        return " ".join(words[kept[0] : kept[-1] + 1]) if kept else ""

    def _word(self, word: str, number: int) -> None:
        for form in (word, *self.spellings.get(word, ())):
            self._add(self.single, form, number)
        for root in () if self.is_common(word) else stems(word):
            self._add(self.parts, root, number)  # "нічого" is no night

    def _han(self, characters: list[str], number: int) -> None:
        """Pairs of neighbours in a name written without spaces: 路灯 in 街上的路灯."""
        for one in characters:
            if len(characters) > 1 and "\u4e00" <= one[:1] <= "\u9fff" and not self.is_common(one):
                self._add(self.squashed, one, number)  # the whole reply: 鱼
        han = ["\u4e00" <= one[:1] <= "\u9fff" for one in characters]
        for at in range(len(characters) - 1):
            pair = f"{characters[at]} {characters[at + 1]}"
            if han[at] and han[at + 1] and not self.is_common(pair):
                self._add(self.single, pair, number)
