"""What the program itself says to residents and coordinators, outside any flow: English patterns in ICU MessageFormat."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

#: Text -> English pattern; `bot.i18n.text` says it in a resident's language. Texts to residents are one message each:
#: at most 136 GSM-7 characters in English, with a community's name of some twenty letters. START, STOP and HELP are
#: words that people text: a translation uses the ones that its language reads, and keeps START, which alone lifts a
#: provider's block. What a flow says too (a person was asked for, the language was switched) is in `flows.phrases`.
TEXTS: Final = MappingProxyType(
    {
        # The one confirmation of STOP.
        "stopped": "Done. You won't hear from {community} again. START if you change your mind.",
        # STOP from somebody who has stopped already.
        "already_stopped": "You get no texts from {community}. START if you change your mind.",
        # START after STOP.
        "started": "Welcome back. {community} will text you again. STOP ends it any time, HELP for who we are.",
        # START from somebody who never stopped.
        "already_started": "You are in already. {community} texts you now and then. STOP ends it any time.",
        # HELP: who we are, whom to ask, how to end it.
        "help": "{community} asks a few short questions and texts you what came of them. Ask us: {contact}. STOP ends it.",
        # HELP where the community has given no contact. CALL ME is something that people text.
        "help_no_contact": "{community} asks a few short questions and texts you what came of them. CALL ME gets you one of us. STOP ends it.",
        # A number that we do not know texted us.
        "unknown_number": "This is {community}. We don't know this number yet. To take part, text {keyword}. We ask you first.",
        # The same where the number serves several communities; {keywords} is "FUNDY, ACADIE".
        "unknown_number_several": "Hello. We don't know this number yet. To take part, text one of these words: {keywords}.",
        # Somebody joined by a keyword, in a community whose consent is taken outside of a flow.
        "joined": "You're in, thanks. {community} texts you a few short questions. STOP ends it any time, HELP for who we are.",
        # A keyword from somebody who is in already.
        "already_joined": "You're in already, thank you. We text you when there is something new. STOP ends it any time.",
        # A keyword of a campaign that is over.
        "campaign_over": "That one is over, thank you for asking. We text you when there is a next one.",
        # A keyword of a campaign that its writer has answered.
        "already_answered": "You answered this one already, thank you. We will text you what comes of it.",
        # A reply to a question of a run that has ended or expired.
        "question_over": "That question is closed now. We keep what you told us, thank you. HELP for who we are.",
        # A text while nothing is asked.
        "nothing_open": "Thanks for your text. Nothing is open right now, so a person at {community} will read it.",
        # By when a person answers: stands in "will get back to you by …".
        "by_tonight": "tonight",
        # The same, the next day.
        "by_tomorrow_noon": "tomorrow noon",
        # The same, a later day: "noon on Monday".
        "by_day_noon": "noon on {day, date, ::EEEE}",
        # Words of distress. 9-8-8 is Canada's line, in English and French. A community can write its own.
        "distress": "You are not alone. Call or text 9-8-8, day or night. In danger now? Call 911. A person here will read your text.",
        # "Wrong number": the address is closed.
        "wrong_number": "Sorry about that. This number is off our list. You won't hear from {community} again.",
        # Follows the first text to somebody whose language we only guess; {languages} is "FRANÇAIS, ESPAÑOL". Keep it short.
        "language_choice": "Or text {languages}.",
        # More texts in a day than we answer.
        "too_many": "That is a lot for one day. We keep all of it, and a person will read it. We go quiet until tomorrow.",
        # A picture or recording that could not be fetched.
        "media_lost": "Thanks. I could not open what you sent. Can you say it in words?",
        # A wish that may be one to stop: nothing more is sent until a person has looked.
        "unsure_stop": "Did you want these texts to stop? Text STOP. If not, a person will read what you wrote.",
        # Telegram, in a group: we talk one to one only.
        "private_only": "I only talk one to one. Write to me here: {link}",
        # Telegram, /start without a community's link.
        "needs_link": "Hello. To begin, open the link or scan the code that your community gave you.",
        # Telegram: the button of a question that is closed, as a short notice over the chat.
        "button_closed": "That question is closed.",
        # To coordinators, by SMS or Telegram: what a flow's notify says.
        "tell_coordinators": "{community}: {text}",
        # To coordinators: a resident asks for a person.
        "tell_person": "{community}: somebody asks for a person. They wrote: {words}",
        # To coordinators: words of distress came in.
        "tell_distress": "{community}: please look now, somebody may be in distress. They wrote: {words}",
        # To coordinators: a text that may be a wish to be left alone.
        "tell_unsure_stop": "{community}: does this mean stop? Nothing more goes out to them until you say. They wrote: {words}",
        # To coordinators: the last try of a question failed.
        "tell_gave_up": "{community}: a reply was not understood. They wrote: {words}",
    }
)
