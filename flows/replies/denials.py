"""Whether a reply says no to what it names: "not parks", "el muelle no"; and where "no parking" is the trouble told."""

from __future__ import annotations

from typing import Literal

from flows.replies.pieces import Piece, ends_clause

#: "no": the reply says no to it; "doubt": a no stands before it, with other words between.
Refused = Literal["", "no", "doubt"]
#: A reply says no to nothing without one of these senses.
DENYING = ("not", "no", "none", "except", "but", "almost", "dont_know", "undecided", "formerly")
#: What says in Chinese that it is what follows, whatever was denied before.
_IS = frozenset({"是", "而 是", "就 是"})


class Denials:
    """The words of denial of one reply. `taken`: the places of pieces that name options. `troubled`: the question asks
    what is wrong or missing, so that "no parking" names the parking."""

    def __init__(self, pieces: list[Piece], taken: frozenset[int], *, troubled: bool) -> None:
        self.pieces = pieces
        self.taken = taken
        self.troubled = troubled

    def of(self, first: int, end: int, *, is_place: bool) -> Refused:
        """Whether pieces `[first, end)` are refused by what stands before or right after them in their clause."""
        strange = False
        for at in range(first - 1, -1, -1):
            piece = self.pieces[at]
            if at in self.taken and not self._linked(at + 1, first):
                break
            if "but" in piece.senses and at == first - 1 and self._any_before(at):
                return "no"  # "any night but Sunday"
            if piece.has("but", "correction", "because") or (ends_clause(piece) and piece.text not in "-/"):
                break
            if at == first - 1 and piece.text in _IS:
                break  # "不是钱的问题 是修理"
            if {"or", "not"} <= piece.senses.keys() and at - 1 in self.taken and not self._denied_before(at - 1):
                break  # "سباق ولا أفلام": or
            numbered = "position" in piece.senses and is_place and at == first - 1
            if _denies(piece) and not piece.options and not numbered and not self._is_lack(piece):
                return "doubt" if strange else "no"
            if piece.has("dont_know", "undecided") and not piece.has("hedge", "degrees") and not piece.options:
                return "doubt"
            if "almost" in piece.senses and at == first - 1 and not is_place:
                return "doubt"
            strange = strange or (piece.is_unknown and at not in self.taken)
        refused = self._refused_after(end) or (self._is_beside_another(first) and self._clause_refuses(end))
        return "no" if refused else ""

    def _denied_before(self, end: int) -> bool:
        return any(_denies(piece) for piece in self.pieces[:end])

    def _any_before(self, at: int) -> bool:
        return any(
            piece.has("all", "indifferent", "vague") or piece.text in ("any", "every")
            for piece in self.pieces[max(0, at - 2) : at]
        )

    def _is_lack(self, piece: Piece) -> bool:
        """Whether a denial only says that there is none: "no parking" where that is the trouble."""
        return self.troubled and "lacks" in piece.senses

    def _refused_after(self, end: int) -> bool:
        """ "El muelle no, la carretera", "машини немає, автобусом": a no after the name that ends the clause."""
        asked = end < len(self.pieces) and self.pieces[end].text == "?"
        end += asked  # "fish? no. chicken"
        rest = [piece for piece in self.pieces[end : end + 3] if "polite" not in piece.senses or piece.has("no")]
        if not rest or rest[0].options or not _is_no(rest[0]):
            return False
        if rest[0].text != "no" and self._is_lack(rest[0]):
            return False  # "парковки немає"
        if len(rest) == 1:
            return _says_unwanted(rest[0])
        if rest[1].has("but"):
            return True
        return (
            ends_clause(rest[1])
            and rest[1].text in (",;.!" if asked else ",;")
            and not (len(rest) > 2 and rest[2].has("no", "not"))
        )

    def _is_beside_another(self, first: int) -> bool:
        """Whether a clause before the one that names it names another option: "evenings and online, rides no"."""
        parted = False
        for at in range(first - 1, -1, -1):
            parted = parted or _parts(self.pieces[at])
            if at in self.taken:
                return parted
        return False

    def _clause_refuses(self, end: int) -> bool:
        """Whether the clause goes on after the name with a no and small words to its end: "el transporte no lo necesito"."""
        stop = next((at for at in range(end, len(self.pieces)) if _parts(self.pieces[at])), len(self.pieces))
        rest = [piece for piece in self.pieces[end:stop] if piece.has("no", "not") or not piece.has("polite", "small")]
        if not rest or not _is_no(rest[0]) or (len(rest) > 1 and self.troubled) or self._is_lack(rest[0]):
            return False
        return all(not (piece.is_unknown or piece.options or piece.has("but", "and", "approval")) for piece in rest[1:])

    def is_of_the_past(self, first: int, end: int) -> bool:
        """Whether pieces `[first, end)` stand in a clause that tells how it was: "avant c'était le mazout"."""
        while first > 0 and not _parts(self.pieces[first - 1]):
            first -= 1
        while end < len(self.pieces) and not _parts(self.pieces[end]):
            end += 1
        clause = self.pieces[first:end]
        return any("formerly" in piece.senses for piece in clause) and not any(
            "now" in piece.senses for piece in clause
        )

    def _linked(self, first: int, end: int) -> bool:
        """Whether only "or", "and", "nor" stand between two mentions, so that one no says no to both."""
        between = self.pieces[first:end]
        return bool(between) and all(piece.has("or", "and", "not", "small") for piece in between)


def _parts(piece: Piece) -> bool:
    """Whether a piece parts how it was from how it is."""
    return piece.has("but", "correction") or (ends_clause(piece) and piece.text not in "-/")


def _says_unwanted(piece: Piece) -> bool:
    """Whether a no of several words is said of a thing: "рибу не їм", "翻译不用"; not "公交不方便", the trouble itself."""
    return " " in piece.text and "not" in piece.senses and piece.text[0].isalpha() and not piece.text.isascii()


def _is_no(piece: Piece) -> bool:
    if "not_refusing" in piece.senses:
        return False
    return piece.senses.get("no") in ("plain", "sentence") or piece.has("not", "none")


def _denies(piece: Piece) -> bool:
    if "not_refusing" in piece.senses:
        return False
    return piece.has("not", "except") or ("no" in piece.senses and " " in piece.text)
