"""Models: tables of what printing leaves behind; runs and rolls, their ledger, printers, a producer's own layouts.

A run says what was to be printed, for which lot, by whom, and whether it was released; the ledger
says what came out of the printer.
"""

from labelsvc.labels.models.drawn import Artwork, OwnLayout, OwnSheet
from labelsvc.labels.models.ledger import Entry, LedgerEntry
from labelsvc.labels.models.printers import Printer, Sending, SendingState
from labelsvc.labels.models.runs import BlankRoll, PrintRun, Rendered, RunFile, RunState, SentAct

__all__ = [
    "Artwork",
    "BlankRoll",
    "Entry",
    "LedgerEntry",
    "OwnLayout",
    "OwnSheet",
    "PrintRun",
    "Printer",
    "Rendered",
    "RunFile",
    "RunState",
    "Sending",
    "SendingState",
    "SentAct",
]
