"""Joining: keywords and links that bring somebody in, the asking for consent, and the campaign that they came for."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from bot import i18n
from bot.conversation import limits, saying, stepping, stopping
from bot.conversation.house import CampaignView, CommunityView, FlowView
from bot.conversation.turn import Turn
from bot.conversation.words import fold
from bot.publishing import publish
from flows.loader import library_flow
from storage.addresses import AddressRow, insert_addresses
from storage.bulk import take_ids
from storage.models import Address, Participant, Run
from storage.participants import ParticipantRow, insert_participants
from storage.revisions import newest_revision
from storage.runs import (
    InvitationRow,
    RunRow,
    find_invitation,
    insert_invitation,
    insert_runs,
    save_invitations,
    save_runs,
    waiting_invitations,
)

#: The flow that asks for consent; a community may publish its own under this name.
WELCOME: Final = "welcome"
#: An invitation that waited for its resident's conversation to be over was put off by so much at the most; one that is due later waits
#: for its own hour, behind the notice that announced it.
PUT_OFF: Final = timedelta(minutes=10)
LAST: Final = datetime.max.replace(tzinfo=UTC)
#: "join", as people and posters put it before a keyword.
_JOIN: Final = frozenset(["join", "text", "joindre", "rejoindre", "texte", "unirse", "unirme", "sumali"])
#: Letters and digits that nobody mistakes for each other: a pseudonym is read aloud over the telephone.
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a keyword or a link asks for: a community, and one of its campaigns or None. `plain`: the word alone was sent."""

    community: CommunityView
    campaign_id: int | None
    plain: bool


def wanted(turn: Turn) -> Wanted | None:
    """What the turn's text or link asks to join, None where it asks for nothing.

    The turn's own community comes first, then the sender's others in their order. A link's payload is a keyword too, or names a
    community by its slug. A stranger's word or a link that is not known is looked up anew: a poster may be a moment old.
    """
    found = _wanted(turn)
    if found is None and turn.inbound is not None and (turn.participant is None or turn.inbound.start):
        for community_id in turn.sender.communities:
            turn.desk.read_anew(community_id)
        turn.community = turn.desk.community(turn.community.id)
        found = _wanted(turn)
    return found


def _wanted(turn: Turn) -> Wanted | None:
    inbound = turn.inbound
    if inbound is None:
        return None
    if inbound.start:
        payload = fold(inbound.start)
        return _find(turn, payload, plain=False) or _by_slug(turn, payload)
    first, _, rest = turn.folded.partition(" ")
    if rest and first in _JOIN:
        found = _find(turn, rest, plain=False)
        if found is not None:
            return found
    return _find(turn, turn.folded, plain=True)


def _order(turn: Turn) -> list[CommunityView]:
    ids = sorted(turn.sender.communities, key=lambda one: one != turn.community.id)
    return [turn.desk.community(one) for one in ids]


def _find(turn: Turn, folded: str, *, plain: bool) -> Wanted | None:
    if not folded or len(folded) > 100:
        return None
    for community in _order(turn):
        for word in (folded, folded.replace(" ", "")):
            if word in community.keywords:
                return Wanted(community, community.keywords[word], plain)
    return None


def _by_slug(turn: Turn, payload: str) -> Wanted | None:
    return next((Wanted(one, None, False) for one in _order(turn) if fold(one.slug) == payload), None)


def join(turn: Turn, wish: Wanted) -> None:
    """Bring the turn's writer into a community, and into the campaign that they came for."""
    _move(turn, wish.community)
    unknown = turn.participant is None
    participant = turn.participant or _new_participant(turn)
    campaign = _campaign(turn, wish.campaign_id)
    if campaign is not None:
        invite(turn, participant, campaign)
    if turn.run is not None:
        return
    if participant.surveys != "granted":
        ask_consent(turn)
        if unknown and turn.address.language is None:
            saying.offer_languages(turn, participant.language)
    elif campaign is None:
        turn.say("campaign_over" if wish.campaign_id is not None else "already_joined")
    elif not start_waiting(turn, campaign.id) and not turn.lines:
        turn.say("already_joined")


def _move(turn: Turn, community: CommunityView) -> None:
    """Have the turn be about another community that the sender serves."""
    if turn.community.id == community.id:
        return
    turn.community = community
    rows = [row for row in stopping.everywhere(turn) if row.community_id == community.id]
    asked_for = turn.address.language
    turn.address = rows[0] if rows else _new_address(turn, community)
    turn.address.language = asked_for or turn.address.language
    participant_id = turn.address.participant_id
    turn.participant = turn.desk.participants.get(participant_id) if participant_id is not None else None
    turn.run = turn.desk.runs.get(participant_id) if participant_id is not None else None
    if turn.message is not None:
        turn.message.community_id = community.id
        turn.message.address_id = turn.address.id
        turn.message.participant_id = participant_id
        turn.message.run_id = turn.run.id if turn.run else None


def _new_address(turn: Turn, community: CommunityView) -> AddressRow:
    desk = turn.desk
    row = AddressRow(
        id=take_ids(desk.connection, Address, 1)[0],
        community_id=community.id,
        participant_id=None,
        coordinator_id=None,
        address=turn.address.address,
        channel=turn.address.channel,
        status="open",
        sender_id=turn.sender.id,
        replies_on=None,
        replies=0,
        minute_at=None,
        minute_texts=0,
        last_text=None,
        greeted_on=None,
        created_at=turn.now,
        language=turn.address.language,
    )
    insert_addresses(desk.connection, [row])
    desk.addresses[row.id] = row
    return row


def new_public_id() -> str:
    """A pseudonym for a participant: ten letters and digits that are drawn, never made from who they are."""
    return "".join(_LETTERS[drawn % len(_LETTERS)] for drawn in secrets.token_bytes(10))


def _new_participant(turn: Turn) -> ParticipantRow:
    """The turn's writer takes part from now on; consent is still to be asked for."""
    desk, inbound = turn.desk, turn.inbound
    participant = ParticipantRow(
        id=take_ids(desk.connection, Participant, 1)[0],
        public_id=new_public_id(),
        community_id=turn.community.id,
        name=inbound.profile_name if inbound else None,
        language=turn.language,
        timezone=None,
        attributes={},
        surveys="none",
        updates="none",
        opted_out_at=None,
        held_at=None,
        joined_at=turn.now,
    )
    insert_participants(desk.connection, [participant])
    desk.participants[participant.id] = participant
    desk.heard.add(participant.id)
    _take_address(turn, participant)
    return participant


def _take_address(turn: Turn, participant: ParticipantRow) -> None:
    turn.participant, turn.run = participant, None
    turn.address.participant_id = participant.id
    turn.address.status = "open"
    turn.address.sender_id = turn.sender.id
    turn.desk.address_changed(turn.address)
    if turn.message is not None:
        turn.message.participant_id = participant.id


def _campaign(turn: Turn, campaign_id: int | None) -> CampaignView | None:
    """The campaign that was asked for, while it takes people in."""
    if campaign_id is None:
        return None
    campaign = turn.desk.house.campaign(turn.desk.connection, campaign_id, turn.now)
    return campaign if campaign.takes_more(turn.now) else None


def invite(turn: Turn, participant: ParticipantRow, campaign: CampaignView) -> None:
    """Give the participant their place in a campaign, if they have none; say so where they have been through it."""
    connection = turn.desk.connection
    place = find_invitation(connection, campaign.id, participant.id)
    if place is None:
        arm, revision_id = campaign.arm_of(participant.id)
        insert_invitation(
            connection,
            community_id=participant.community_id,
            campaign_id=campaign.id,
            participant_id=participant.id,
            now=turn.now,
            arm=arm,
            revision_id=revision_id,
        )
        return
    invitation_id, status = place
    if status in ("skipped", "cancelled"):
        save_invitations(connection, [InvitationRow(invitation_id, "pending")])
    elif status == "ended" and turn.run is None:
        turn.say("already_answered")


def ask_consent(turn: Turn) -> None:
    """Ask whether they want to join: the community's own `welcome` flow, or the library's."""
    desk, community = turn.desk, turn.community
    revision_id = newest_revision(desk.connection, community.id, WELCOME)
    if revision_id is None:
        flow = library_flow(WELCOME, catalogue=i18n.catalogue)
        revision_id = publish(desk.connection, community.id, flow, turn.now).revision_id
    _begin(turn, desk.house.flow(desk.connection, revision_id))


def start_waiting(turn: Turn, campaign_id: int | None = None) -> bool:
    """Start the participant's longest waiting invitation that may start now; whether there was one.

    With `campaign_id` that of the campaign which they ask for, though its time has not come.
    """
    participant = turn.resident
    due_by = turn.now + PUT_OFF if campaign_id is None else LAST
    for invitation_id, campaign, revision_id in waiting_invitations(turn.desk.connection, participant.id, due_by):
        if campaign_id in (None, campaign):
            save_invitations(turn.desk.connection, [InvitationRow(invitation_id, "started", started_at=turn.now)])
            view = turn.desk.house.flow(turn.desk.connection, revision_id)
            _begin(turn, view, campaign_id=campaign, invitation_id=invitation_id)
            return True
    return False


def _begin(turn: Turn, view: FlowView, *, campaign_id: int | None = None, invitation_id: int | None = None) -> None:
    desk, participant = turn.desk, turn.resident
    # A run that ended in this very turn makes room for the next one: a participant has one open run at the most.
    ended = [one for one in desk.changed_runs.values() if one.participant_id == participant.id and not one.is_open]
    save_runs(desk.connection, ended)
    run = stepping.fresh_run(
        view,
        participant,
        run_id=take_ids(desk.connection, Run, 1)[0],
        address_id=turn.address.id,
        sender=turn.sender,
        now=turn.now,
        campaign_id=campaign_id,
        invitation_id=invitation_id,
    )
    stepping.begin(turn, view, run)
    # Its row stands at once, so that a later turn of this transaction takes the next id.
    insert_runs(desk.connection, [run])


def after_welcome(turn: Turn, run: RunRow) -> None:
    """Consent was asked for, and the run is over: where it was given, the campaign that they came for begins."""
    participant = turn.participant
    if run.is_open or participant is None or participant.surveys != "granted":
        return
    if turn.desk.flow_of(run).flow.name == WELCOME:
        start_waiting(turn)


def greet_stranger(turn: Turn, language: str | None = None) -> None:
    """An unknown number wrote: tell once a day, briefly, who we are and how to join; again in a language asked for."""
    inbound = turn.inbound
    turn.kept()
    if language is not None:
        turn.address.language = language
        turn.desk.address_changed(turn.address)
    again = language is not None and limits.greeted_today(turn)
    if inbound is None or not (again or limits.may_greet_stranger(turn)):
        return
    communities = _order(turn)
    words = list(dict.fromkeys(one.settings.keyword.upper() for one in communities))
    if turn.sender.channel == "telegram" and inbound.start is not None:
        turn.say("needs_link")
        return
    if len(words) > 1:
        turn.say("unknown_number_several", keywords=", ".join(words))
    else:
        turn.say("unknown_number", community=turn.community.name, keyword=words[0])
    if language is None:
        saying.offer_languages(turn, turn.language)
