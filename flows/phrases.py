"""Everything that the engine itself says: short, warm English patterns in ICU MessageFormat, ready for translators."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

#: Phrase -> English pattern. A translator's version of each is handed in as `Context.phrases`; a language that
#: lacks one hears the English. Each is to be GSM-7 and short where the language allows it.
PHRASES: Final = MappingProxyType(
    {
        # A line of a numbered list of options: "1 Housing".
        "option_line": "{number} {label}",
        # The last option of a list that leaves room for one's own words.
        "something_else": "Something else",
        # Asks for the words behind "Something else" when only its number was sent.
        "other_words": "What would that be? A few words will do.",
        # Label of a button that means yes.
        "yes": "Yes",
        # Label of a button that means no.
        "no": "No",
        # Label of a button that passes a question. SKIP is a word that people text: use the one your language reads.
        "skip": "Skip",
        # Follows the question of a scale without words for its ends.
        "scale_range": "Reply with a number from {low} to {high}.",
        # Follows the question of a scale whose ends have words: "Reply 1 (not at all) to 5 (very)."
        "scale_ends": "Reply {low} ({low_label}) to {high} ({high_label}).",
        # Re-prompt of a choice; {options} is the numbered list, a line each.
        "hint_choice": "I need one of these numbers:\n{options}",
        # Re-prompt of a choice whose list is too long to send again.
        "hint_choice_range": "I need one number here, from 1 to {last}.",
        # Re-prompt of a question that takes several options; {options} is the numbered list, a line each.
        "hint_choices": "I need the numbers that fit, with a space between:\n{options}",
        # The same where the list is too long to send again.
        "hint_choices_range": "I need the numbers that fit, from 1 to {last}, with a space between.",
        # Too few options were picked.
        "hint_choices_least": "{least, plural, one {Please pick at least one.} other {Please pick at least #.}}",
        # Too many options were picked.
        "hint_choices_most": "{most, plural, one {Please pick just one.} other {Please pick # at most.}}",
        # Re-prompt of a yes-or-no question.
        "hint_yesno": "I need a yes or a no here.",
        # Re-prompts of a question for a number.
        "hint_number": "I need a number here, like 12.",
        # A number between two bounds.
        "hint_number_range": "I need a number from {low} to {high} here.",
        # A number with a lower bound alone.
        "hint_number_least": "I need a number here, {low} or more.",
        # A number with an upper bound alone.
        "hint_number_most": "I need a number here, {high} or less.",
        # Follows the four above where only whole numbers will do.
        "hint_whole": "A whole one, no fractions.",
        # Follows them where the number counts something: {unit} is "people", "km", "hours a week".
        "hint_unit": "Count in {unit}.",
        # Re-prompt of a scale.
        "hint_scale": "I need a number from {low} to {high} here.",
        # Follows it: "1 is not at all safe, 5 is very safe."
        "hint_scale_ends": "{low} is {low_label}, {high} is {high_label}.",
        # Re-prompt of a question for a day.
        "hint_date": "I need a day here, like {example, date, long}.",
        # Follows it where only some days will do.
        "hint_date_range": "From {low, date, long} to {high, date, long}.",
        # The same with a first day alone.
        "hint_date_least": "Not before {low, date, long}.",
        # The same with a last day alone.
        "hint_date_most": "Not after {high, date, long}.",
        # Re-prompt of a question for a time of day. Write the example as people text it in your language.
        "hint_time": "I need a time here, like 3:30 pm.",
        # Re-prompt of an open question.
        "hint_text": "I need a few words here.",
        # Re-prompt of an open question whose answer was longer than {most} characters.
        "hint_text_most": "That is a bit long for me. Can you say it in {most, number} characters?",
        # Re-prompt of a question for a telephone number. Leave the number as it is: it belongs to nobody.
        "hint_phone": "I need a phone number here with its area code, like 902 555 0123.",
        # Re-prompt of a question for a Canadian postal code.
        "hint_postal_code": "I need a postal code here, like B3H 4R2.",
        # Re-prompt of a question for an email address.
        "hint_email": "I need an email address here, like sam@example.org.",
        # Re-prompt of a question for a photo.
        "hint_photo": "I need a photo here.",
        # Re-prompt of a question for a place.
        "hint_location": "I need a place here: share your location, or text it like 44.65, -63.57.",
        # Comes before a re-prompt when a photo, a voice note or a sticker came where words are needed.
        "words_only": "Thanks, but I can only read words here.",
        # The way out at the end of a re-prompt. SKIP is a word that people text: use the one your language reads.
        "skip_passes": "SKIP passes.",
        # Comes before a re-prompt when somebody passes a question that needs an answer.
        "no_skipping": "I do need this one.",
        # A likely answer, asked for instead of assumed.
        "did_you_mean": "Did you mean {value}? Yes or no.",
        # Two options were named where one is asked: "Which one first: 1 Street lights or 2 Snow on sidewalks?"
        "which_first": "Both noted. Which one first: {first} or {second}?",
        # More than two options were named where one is asked; {options} is the numbered list, a line each.
        "which_first_of": "All noted. Which one first?\n{options}",
        # The same again, when the reply named none of them.
        "which_again": "Just one of these, please:\n{options}",
        # Two days that a reply could mean.
        "which_day": "Which day do you mean: {first, date, full} or {second, date, full}?",
        # Two times, numbers or addresses that a reply could mean: "Which one do you mean: 3:30 AM or 3:30 PM?"
        "which_one": "Which one do you mean: {first} or {second}?",
        # Says back what was understood: "December 4, 2026, is that right? Yes or no."
        "confirm": "{value}, is that right? Yes or no.",
        # The same again, when the reply was neither.
        "confirm_again": "I need a yes or a no: is {value} right?",
        # BACK: the question before, asked again.
        "back": "OK, back to: {question}",
        # Follows it: what was answered there.
        "back_said": 'You said "{said}". Text the new answer.',
        # Follows it where the question was passed.
        "back_skipped": "You passed it. Text the new answer.",
        # The same where what was answered cannot be said back, a photo for one.
        "back_again": "You answered it. Send the new answer.",
        # BACK at the first question.
        "back_nothing": "This is the first one, there is nothing before it.",
        # A question that still waits for its answer.
        "reminder": "When you have a minute: {question}",
        # After the last try of a question.
        "gave_up": "Let's leave that one. A person will read what you wrote.",
        # The language was switched; said in the new one, which {language} names ("français"). Name yours outright.
        "language_changed": "OK, {language} from here on.",
        # A switch of language without saying to which; {languages} is "English, français".
        "language_choices": "I can text you in: {languages}. Which one?",
        # A language was asked for that this conversation does not have.
        "language_missing": "Sorry, I don't have that one yet. I can text you in: {languages}. Which one?",
        # A button of an older message was tapped; the question that is open follows.
        "question_closed": "That question is closed. We are here now:",
        # A person was asked for; {by} is "tomorrow noon".
        "person_by": "Yes. Someone from {community} will get back to you by {by}. In danger now? Call 911.",
        # To coordinators: a flow went from state to state without ever asking.
        "failed_loop": "{flow} went in circles at {state} without asking anything, so it was stopped. Give it a way out.",
        # To coordinators: flows that call each other without end.
        "failed_depth": "{flow} at {state} calls flow within flow without end, so it was stopped.",
        # To coordinators: a state or flow that does not exist, or no rule that holds.
        "failed_way": "{flow} has no way on from {state}, so it was stopped. Look at its next.",
        # A person was asked for, and nobody has said by when one answers.
        "person": "Yes. Someone from {community} will get back to you. In danger now? Call 911.",
    }
)

#: Language -> what its speakers call it. Not translated: each name is read by those who speak it.
LANGUAGE_NAMES: Final = MappingProxyType(
    {
        "ar": "العربية",
        "en": "English",
        "es": "español",
        "fr": "français",
        "gd": "Gàidhlig",
        "hi": "हिन्दी",
        "mic": "Mi'kmaq",
        "pa": "ਪੰਜਾਬੀ",
        "tl": "Tagalog",
        "uk": "українська",
        "zh": "简体中文",
    }
)
