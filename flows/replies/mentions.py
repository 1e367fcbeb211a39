"""Which options a reply names, where, and whether it names them to say no to them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from flows.replies.denials import DENYING, Denials, Refused
from flows.replies.forms import formed
from flows.replies.lexicon import Lexicon
from flows.replies.numerals import Amount, amounts
from flows.replies.options import Options
from flows.replies.pieces import Message, Piece, ends_clause
from flows.replies.stems import stem

Way = Literal["name", "part", "slip", "place", "character"]

#: What may stand before a bare number that gives an option's place, and what after.
_BEFORE = (
    "polite",
    "intro",
    "hedge",
    "about",
    "position",
    "and",
    "or",
    "but",
    "because",
    "correction",
    "yes",
    "not",
    "except",
    "all",
    "both",
    "only",
    "self",
    "ordinal",
    "last",
    "middle",
)
_AFTER = (*_BEFORE, "to", "small", "question", "at", "degrees", "not_refusing", "counting")
#: What makes a number before it a count.
_COUNTED = ("out_of", "currency", "unit", "people", "am", "pm", "per", "clock", "fraction", "stars", "month", "daypart")


#: The place that a word has which means "another" too: "другий", "تاني".
_OTHER = 2
#: A longer stem than this is told by its beginning.
_SHORT_ROOT = 3


@dataclass(slots=True)
class Mention:
    """Options named together by pieces `[first, end)`. Not frozen, as a `Piece` is not."""

    options: tuple[int, ...]
    first: int
    end: int
    way: Way
    refused: Refused = ""


def mentions(message: Message, options: Options, lexicon: Lexicon) -> list[Mention]:
    """The options that the reply names, in order."""
    return _Walk(message, options, lexicon).all()


def _is_form_of(word: str, root: str) -> bool:
    """Whether a word has this stem, or a longer form of it: "prendre" of "prends"."""
    return stem(word) == root or (len(root) > _SHORT_ROOT and word.startswith(root))


class _Walk:
    """Walks over the pieces of one message."""

    def __init__(self, message: Message, options: Options, lexicon: Lexicon) -> None:
        self.pieces = message.pieces
        self.senses = message.senses
        self.options = options
        self.places = {amount.first: amount for amount in amounts(message, lexicon)}
        self.content = message.content
        self.found: list[Mention] = []

    def all(self) -> list[Mention]:
        at = 0
        while at < len(self.pieces):
            mention = self._mention(at)
            if mention is None:
                at += 1
                continue
            self.found.append(mention)
            at = mention.end
        if not self.found:
            return []
        judged = [self._stressed(mention) for mention in self.found] if self.options.stronger else self.found
        if self.senses.isdisjoint(DENYING):
            return judged
        taken = frozenset(at for mention in self.found for at in range(mention.first, mention.end))
        denials = Denials(self.pieces, taken, troubled=self.options.troubled)
        judged = [self._judged(mention, denials) for mention in judged]
        if len(judged) < 2 or "formerly" not in self.senses:
            return judged
        past = [denials.is_of_the_past(mention.first, mention.end) for mention in judged]
        return (
            judged
            if all(past)
            else [replace(one, refused="no") if was else one for one, was in zip(judged, past, strict=True)]
        )

    def _judged(self, mention: Mention, denials: Denials) -> Mention:
        """The mention, refused where it is said no to and no name of it says no itself ("No family doctor")."""
        refused = denials.of(mention.first, mention.end, is_place=mention.way == "place")
        if not refused:
            return mention
        own = self.options.denying.get(mention.options[0], frozenset()) if len(mention.options) == 1 else ()
        words = " ".join(piece.text for piece in self.pieces[mention.first : mention.end]).split(" ")
        if any(_is_form_of(word, root) for word in words for root in own):
            return mention
        return replace(mention, refused=refused)

    def _stressed(self, mention: Mention) -> Mention:
        """With a strong degree beside it, the option that says so: "agree completely" is "Strongly agree"."""
        if len(mention.options) == 2 and self.options.stronger.get(min(mention.options)) == max(mention.options):
            mention = replace(mention, options=(min(mention.options),))  # "desacuerdo": not strongly
        elif len(mention.options) == 2 and self.options.stronger.get(max(mention.options)) == min(mention.options):
            mention = replace(mention, options=(max(mention.options),))
        stronger = self.options.stronger.get(mention.options[0]) if len(mention.options) == 1 else None
        if stronger is None:
            return mention
        beside = [*self.pieces[max(0, mention.first - 1) : mention.first], *self.pieces[mention.end : mention.end + 1]]
        if len(self.found) == 1 and self.content[-1] in self.pieces[mention.end :]:
            beside.append(self.content[-1])  # "agree 100 percent, strongly"
        if mention.options[0] in self.options.denials and any(one.senses.get("no") == "plain" for one in beside):
            return replace(mention, options=(stronger,))  # "pas d'accord pantoute"
        strong = any("strong_degrees" in piece.senses and "polite" not in piece.senses for piece in beside)
        return replace(mention, options=(stronger,)) if strong else mention

    def _mention(self, at: int) -> Mention | None:
        piece = self.pieces[at]
        if piece.options:
            return Mention(piece.options, at, at + 1, "name" if piece.text in self.options.full else "part")
        meant = self._meant(piece)
        if meant is not None:
            return Mention((meant,), at, at + 1, "part")
        if at in self.places:
            place = self._place(self.places[at])
            return None if place is None else Mention((place,), at, self.places[at].end, "place")
        if piece.has("last", "middle") and self._stands_alone(at, at + 1):
            many = len(self.options.keys)
            if "last" in piece.senses:
                return Mention((many - 1,), at, at + 1, "place")
            return Mention((many // 2,), at, at + 1, "place") if many % 2 else None
        letter = self._letter(at)
        if letter is not None:
            return Mention((letter,), at, at + 1, "place")
        if not piece.is_unknown:
            return None
        form = formed(self.pieces, self.content, at, self.options)
        if form is not None:
            return Mention(form.options, at, at + 1, form.way)
        shared = self.options.characters.get(piece.text)
        return None if shared is None else Mention((shared,), at, at + 1, "character")

    def _meant(self, piece: Piece) -> int | None:
        """The option that says what a word means: "lundi" where "Monday" is one."""
        if not self.options.meanings or "polite" in piece.senses:
            return None
        found = {self.options.meanings[one] for one in piece.senses.items() if one in self.options.meanings}
        return found.pop() if len(found) == 1 else None

    def _letter(self, at: int) -> int | None:
        """ "b", "b)", "option b": only as the whole reply or after a word for place."""
        piece = self.pieces[at]
        if "letter" in piece.senses:
            number = int(piece.senses["letter"]) - 1
        elif len(piece.text) == 1 and "a" <= piece.text <= "z":
            number = ord(piece.text) - ord("a")
        else:
            return None
        others = [other for other in self.content if other is not piece]
        whole = all(
            other.has("position", "small", "yes") and len(other.text) > 1 and "question" not in other.senses
            for other in others
        )  # "c qui ca?" asks who
        listed = (
            all((len(other.text) == 1 and other.text.isalpha()) or other.has("and", "or") for other in others)
            and len(others) > 1
        )
        before = self.pieces[at - 1] if at else None
        after = before is not None and "position" in before.senses and len(before.text) > 2
        return number if (whole or after or listed) and number < len(self.options.keys) else None

    def _place(self, amount: Amount) -> int | None:
        """The option at the place that a number gives, where the number can be a place."""
        value = amount.value
        if not isinstance(value, int) or not 1 <= value <= len(self.options.keys) or amount.article:
            return None
        if amount.ordinal and self.pieces[amount.first].has("before"):
            return None  # "上班前" is before work
        if "unit" in self.pieces[amount.first].senses:
            return None  # "شهرين", two months
        if amount.ordinal and value == _OTHER and self._is_another(amount):
            return None
        if amount.ordinal:
            before = self.pieces[amount.first - 1] if amount.first else None
            if before is not None and before.has("both", "number") and not before.is_digits:
                return None
            after = self.pieces[amount.end] if amount.end < len(self.pieces) else None
            if after is not None and "number" in after.senses and "small" not in after.senses:
                return None
            alone = after is None or not after.is_unknown
            counted = after is not None and after.has(*_COUNTED) and not after.has("and", "or")
            return value - 1 if alone and not counted else None
        return value - 1 if self._stands_alone(amount.first, amount.end) else None

    def _is_another(self, amount: Amount) -> bool:
        """Whether "second" means another one of what is named beside it: "другу квартиру", "بيت تاني"."""
        if self.pieces[amount.first].text.isascii():
            return False
        after = self.pieces[amount.end : amount.end + 1]
        before = (
            self.pieces[amount.first - 1 : amount.first]
            if "\u0600" <= self.pieces[amount.first].text[0] <= "\u06ff"
            else []
        )
        return any(piece.options for piece in (*before, *after))

    def _stands_alone(self, first: int, end: int) -> bool:
        """Whether what stands on both sides leaves a number a place in the list, not a count of something."""
        return self._free_before(first) and self._free_after(end)

    def _free_before(self, first: int) -> bool:
        at = first - 1
        while at >= 0:
            piece = self.pieces[at]
            if "position" in piece.senses:
                return True
            if ends_clause(piece) and self._said_before(at):
                return self._clause_is_only(first)
            small = "small" in piece.senses and at == first - 1
            ranged = (
                "to" in piece.senses
                and at > 0
                and (self.pieces[at - 1].is_digits or "number" in self.pieces[at - 1].senses)
            )
            if piece.has("after", "before", "at", "counting") and not piece.has("intro", "and") and not ranged:
                return False
            known = (
                ranged
                or piece.is_sign
                or ends_clause(piece)
                or piece.options
                or piece.is_digits
                or "number" in piece.senses
                or piece.has(*_BEFORE)
            )
            if not known and not small:
                return False
            at -= 1
        return True

    def _said_before(self, at: int) -> bool:
        """Whether the clauses before `at` hold more than numbers and courtesy."""
        return any(
            piece.is_unknown or (piece.options and not piece.is_digits) or piece.has("counting")
            for piece in self.pieces[:at]
        )

    def _clause_is_only(self, first: int) -> bool:
        """Whether a number in a later clause is all that the clause says."""
        for piece in self.pieces[first + 1 :]:
            if ends_clause(piece):
                break
            if not (piece.is_sign or piece.is_digits or piece.has("polite", "and", "or", "position", "number")):
                return False
        return True

    def _free_after(self, end: int) -> bool:
        after = self.pieces[end] if end < len(self.pieces) else None
        if after is None or after.options or "position" in after.senses or ends_clause(after):
            return True
        if after.has(*_COUNTED) and not after.has("polite", "and", "to", "at"):
            return False
        if after.glued and after.text.isascii() and after.text.isalpha() and self.pieces[end - 1].is_digits:
            return False
        return after.is_sign or after.is_digits or after.has(*_AFTER, "number")
