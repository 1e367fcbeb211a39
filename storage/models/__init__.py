"""The schema: one file of models a noun, gathered here so that `Base.metadata` knows every table."""

from storage.models.base import Base, UtcDateTime
from storage.models.campaigns import AudienceMember, Campaign, Invitation, Update, Wave
from storage.models.communities import (
    Community,
    Coordinator,
    Keyword,
    Lease,
    Membership,
    SegmentUsage,
    Sender,
    SenderCommunity,
)
from storage.models.flows import Answer, Flow, Revision, Run
from storage.models.messages import Medium, Message, Receipt, UnplacedText
from storage.models.participants import Address, Consent, InboxItem, Participant, ParticipantTag, Suppression
from storage.models.retention import RetentionPass

__all__ = [
    "Address",
    "Answer",
    "AudienceMember",
    "Base",
    "Campaign",
    "Community",
    "Consent",
    "Coordinator",
    "Flow",
    "InboxItem",
    "Invitation",
    "Keyword",
    "Lease",
    "Medium",
    "Membership",
    "Message",
    "Participant",
    "ParticipantTag",
    "Receipt",
    "RetentionPass",
    "Revision",
    "Run",
    "SegmentUsage",
    "Sender",
    "SenderCommunity",
    "Suppression",
    "UnplacedText",
    "Update",
    "UtcDateTime",
    "Wave",
]
