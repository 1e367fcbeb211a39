"""What the program itself answers to a command, inside a run and outside of one."""

from __future__ import annotations

from typing import Final, Literal

from bot import i18n
from bot.conversation import alarms
from bot.conversation.turn import Turn
from flows.replies import read_command
from flows.segments import is_plain, lighten

#: Commands whose word tells the language to answer in, which those who enforce short codes look at (FACTS §4).
_LANGUAGE_OF: Final = {"help": "en", "aide": "fr", "arret": "fr", "arretez": "fr", "ayuda": "es", "alto": "es"}


def keyword_language(turn: Turn) -> str:
    """The language of the command word that was texted: the participant's own where they use the word in it."""
    own = turn.language
    named = _LANGUAGE_OF.get(turn.folded)
    if named is None or named == own.split("_")[0]:
        return own
    if turn.participant is not None and turn.folded == "help":
        # HELP is what our own texts tell people to text, in any language.
        return own
    return named


def answer(turn: Turn, command: Literal["start", "help", "person"]) -> None:
    """Answer a command that was given inside a run, or START from somebody who never stopped."""
    match command:
        case "help":
            give_help(turn)
        case "start":
            turn.say("already_started", community=turn.community.name)
        case "person":
            alarms.call_person(turn)


def give_help(turn: Turn) -> None:
    """Who we are, whom to ask, how to end it."""
    if turn.inbound is not None and turn.inbound.opt_out == "help":
        return
    language = keyword_language(turn)
    name, contact = turn.community.name, turn.community.contact
    if contact:
        turn.say("help", "help", language=language, community=name, contact=contact)
    else:
        turn.say("help_no_contact", "help", language=language, community=name)


def offer_languages(turn: Turn, language: str) -> None:
    """One line after the first text to somebody: the community's other languages. What they wrote was only a hint.

    In capitals, as words to text are, and because Ç is a letter of plain SMS where ç is none. A text of plain letters
    stays one: what its speakers write otherwise is named as others name it (ARABIC). No word that would not be read.
    """
    plain = turn.sender.channel == "sms" and all(is_plain(lighten(line.text)) for line in turn.lines)
    words = [_word_for(tag, language, plain=plain) for tag in turn.community.languages if tag != language]
    offered = ", ".join(word for word in words if word is not None)
    if offered:
        turn.say("language_choice", language=language, languages=offered)


def _word_for(tag: str, spoken: str, *, plain: bool) -> str | None:
    """What to text for a language: as its speakers call it, as `spoken` does, as English does; None where none is read."""
    named = (i18n.name_of(tag), i18n.name_of(tag, spoken), i18n.name_of(tag, i18n.SOURCE))
    words = (name.upper() for name in named)
    return next((word for word in words if (is_plain(word) or not plain) and _asks_for(word, tag)), None)


def _asks_for(word: str, tag: str) -> bool:
    value = read_command(word, (tag,)).value
    return isinstance(value, str) and value.split("_")[0] == tag.split("_")[0]


def reads_as(turn: Turn, text: str) -> tuple[str | None, object, bool]:
    """A text with no question open: the command that it is (None: no command), its value, and whether it may mean stop."""
    reading = read_command(text, (turn.language, *turn.community.languages))
    return reading.command, reading.value, reading.unsure_stop
