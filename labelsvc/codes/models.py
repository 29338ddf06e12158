"""Keys, numbers and ranges in the database. There is no row per unit.

Every printed identity has one number from one counter, whatever its form. An `Issue` is a range
`[first, first + count)` of them. The number never stands on a label: the server-checked forms
show a keyed permutation of it, the offline form a permuted index inside its lot.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from labelsvc.catalogue.models import Lot, Product
from labelsvc.clock import now
from labelsvc.codes.forms.marks import MarkState as MarkState
from labelsvc.codes.forms.offline import Said
from labelsvc.codes.keys.key import KeyState as KeyState
from labelsvc.db import Base
from labelsvc.sealing import Sealed

#: Name of the counter that numbers every code.
CODE_COUNTER = "code"
#: The number after the largest key that a replaced database had; without a row none was replaced.
KEY_COUNTER = "key"
#: `CODE_COUNTER` as a copy had it that was loaded over a newer database, until it is completed.
COPY_COUNTER = "copy"


class Counter(Base):
    """A number that only grows. `UPDATE ... SET next = next + n RETURNING next` allocates."""

    __tablename__ = "counter"
    __table_args__ = ({"info": {"volatile": True}},)

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    next: Mapped[int] = mapped_column(BigInteger)


class KeyRecord(Base):
    """One generation of signing keys: a MAC secret and an Ed25519 pair, sealed at rest."""

    __tablename__ = "key_record"
    __sealed__ = Sealed("sealed", lambda row: f"key {row.kid}")

    #: Key id, 1 to 4095: it is 12 bits of the offline form.
    kid: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(8))
    #: First number this key signs; it signs up to the next key's first number.
    first_number: Mapped[int | None] = mapped_column(BigInteger)
    public: Mapped[bytes] = mapped_column(LargeBinary(32))
    #: Both secrets, encrypted under a key derived from the settings' secret keys.
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(default=now)
    activated_at: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]
    #: Of a frozen key: lots from this number on are shuffled by another key (docs/codes.md).
    lots_before: Mapped[int | None]


class PermutationSecret(Base):
    """The secret of the number permutation. It never rotates: two secrets could meet in one id."""

    __tablename__ = "permutation_secret"
    __sealed__ = Sealed("sealed", lambda _row: "permutation")

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class Form(StrEnum):
    """The form in which a code is written (design of codes: docs/codes.md)."""

    SHORT = "short"
    GS1 = "gs1"
    OFFLINE = "offline"
    LOT = "lot"


class Issue(Base):
    """A range of numbers given to a lot, in one form, at one time."""

    __tablename__ = "issue"
    __table_args__ = (
        CheckConstraint("count > 0", name="count"),
        Index("ix_issue_first", "first", unique=True),
        {"info": {"shown_by": ("lot_id",)}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    form: Mapped[str] = mapped_column(String(8))
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), index=True)
    first: Mapped[int] = mapped_column(BigInteger)
    count: Mapped[int]
    #: Index of the first unit inside its lot, over all unit forms: 0 for the first issue.
    first_in_lot: Mapped[int] = mapped_column(default=0)
    kid: Mapped[int] = mapped_column(ForeignKey("key_record.kid"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[str] = mapped_column(String(60), default="")
    #: What its signed codes say of the goods (`Said`), as it was when the numbers were given; None in
    #: runs of before that was noted, whose codes say what lot and product say.
    reference: Mapped[int | None] = mapped_column(BigInteger)
    expiry: Mapped[int | None]
    flags: Mapped[int | None]
    lot: Mapped[Lot] = relationship()

    @property
    def last(self) -> int:
        """Last number of the range."""
        return self.first + self.count - 1

    @property
    def said(self) -> Said:
        """The statement of its signed codes about the goods."""
        if self.reference is None or self.expiry is None or self.flags is None:
            return said_of(self.lot)
        return Said(self.reference, self.expiry, self.flags)

    @property
    def sayings(self) -> tuple[Said, ...]:
        """Statements that its signed codes may make: a product without a GTIN may have got one since a run
        of before that was noted."""
        said = self.said
        if self.reference is not None or not said.is_gtin:
            return (said,)
        return said, Said(self.lot.product_id, said.expiry, 0)


def said_of(lot: Lot) -> Said:
    """State what signed codes of *lot* say of it today: the GTIN of its product, else the product's own number."""
    gtin = lot.product.gtin
    return Said.of(
        int(gtin) if gtin else lot.product_id, is_gtin=bool(gtin), expires=lot.expires_on
    )


class Blank(Base):
    """A range of numbers on pre-printed labels that belong to no lot yet, all of the short form.

    Binding labels to a lot writes an `Issue` inside of the range; what is not bound was not issued
    to any goods, and its page says so.
    """

    __tablename__ = "blank"
    __table_args__ = (
        CheckConstraint("count > 0", name="count"),
        Index("ix_blank_first", "first", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    producer_id: Mapped[int] = mapped_column(ForeignKey("producer.id"), index=True)
    first: Mapped[int] = mapped_column(BigInteger)
    count: Mapped[int]
    kid: Mapped[int] = mapped_column(ForeignKey("key_record.kid"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[str] = mapped_column(String(60), default="")

    @property
    def last(self) -> int:
        """Last number of the range."""
        return self.first + self.count - 1


class Mark(Base):
    """A state of the range `[first, last]` of one issue. The newest rules."""

    __tablename__ = "mark"
    __table_args__ = (
        CheckConstraint('"last" >= "first"', name="last"),
        Index("ix_mark_issue_id_first", "issue_id", "first"),
        {"info": {"shown_by": ("issue_id",)}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"))
    first: Mapped[int] = mapped_column(BigInteger)
    last: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(default=now)


class Scope(StrEnum):
    """The extent of a withdrawal from the market."""

    UNIT = "unit"
    RANGE = "range"
    RUN = "run"
    LOT = "lot"
    PRODUCT = "product"
    KEY = "key"


class WithdrawalState(StrEnum):
    PROPOSED = "proposed"
    DONE = "done"
    REFUSED = "refused"


class Withdrawal(Base):
    """Codes, a lot, a product or a key taken off the market, or proposed to be.

    Of a lot or more it takes two people: who proposes and who confirms.
    """

    __tablename__ = "withdrawal"
    __table_args__ = (Index("ix_withdrawal_state", "state"), {"info": {"volatile": True}})

    id: Mapped[int] = mapped_column(primary_key=True)
    scope: Mapped[str] = mapped_column(String(8))
    #: Whose goods they are; None for a key.
    producer_id: Mapped[int | None] = mapped_column(ForeignKey("producer.id"), index=True)
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"))
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lot.id"))
    kid: Mapped[int | None] = mapped_column(ForeignKey("key_record.kid"))
    #: Numbers of unit, range and run.
    first: Mapped[int | None] = mapped_column(BigInteger)
    last: Mapped[int | None] = mapped_column(BigInteger)
    #: In the words that stand on the pages of the codes.
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10))
    proposed_by: Mapped[str] = mapped_column(String(60))
    proposed_at: Mapped[datetime] = mapped_column(default=now)
    decided_by: Mapped[str] = mapped_column(String(60), default="")
    decided_at: Mapped[datetime | None]
    #: Why it was refused.
    answer: Mapped[str] = mapped_column(Text, default="")
    #: When the producer said that they read it.
    read_at: Mapped[datetime | None]
    lot: Mapped[Lot | None] = relationship()
    product: Mapped[Product | None] = relationship()


class RangeClaim(Base):
    """Ranges of a frozen key that the public log lacks, proposed to be believed all the same.

    It takes two people: who proposes and who confirms.
    """

    __tablename__ = "range_claim"
    __sealed__ = Sealed(
        "sealed", lambda row: f"ranges {row.id}", only=lambda row: row.sealed is not None
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kid: Mapped[int] = mapped_column(ForeignKey("key_record.kid"), index=True)
    #: The ranges as JSON (`claims.Lacking`), as proposed.
    ranges: Mapped[str] = mapped_column(Text)
    #: Key and ranges once they are confirmed. Believed is this and no row beside it: who can write
    #: to the database cannot seal.
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10))
    proposed_by: Mapped[str] = mapped_column(String(60))
    proposed_at: Mapped[datetime] = mapped_column(default=now)
    decided_by: Mapped[str] = mapped_column(String(60), default="")
    decided_at: Mapped[datetime | None]
    #: Why it was refused.
    answer: Mapped[str] = mapped_column(Text, default="")


class InnerLot(Base):
    """A lot whose packs carry an inner code under a scratch layer."""

    __tablename__ = "inner_lot"
    __table_args__ = ({"info": {"shown_by": ("lot_id",)}},)

    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now)
    actor: Mapped[str] = mapped_column(String(60))
