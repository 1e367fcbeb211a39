"""The outbox on its way: claim, pace, send, retry, receipts."""
