"""The pieces of a gig: what they pay, and how many are counted at most (PIECES)."""

from typing import Any

from sqlalchemy import Row

from marketplace.core.money import Money
from marketplace.gigs.models import Gig
from marketplace.standards.piece_rates import Pieces, most_pieces
from marketplace.standards.rules import PaymentModel


def pieces_of(gig: Gig | Row[Any], count: int, *, is_training: bool = False) -> Pieces | None:
    """So many pieces of the gig, or of the row with its columns; None where it pays none. What is learned in training
    is paid by the hour (TRAINING)."""
    if gig.piece_amount is None or is_training:
        return None
    return Pieces(Money(gig.piece_amount, gig.currency), count, gig.payment_model is PaymentModel.PIECE)


def most_of(gig: Gig | Row[Any], minutes: int, *, is_training: bool = False) -> Pieces | None:
    """The most pieces of so many scheduled minutes that it pays."""
    return pieces_of(gig, most_pieces(gig.most_pieces or 0, minutes), is_training=is_training)
