"""The tables of figures: what may be told of each week, and who is sent it by e-mail."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from store.agenda_tables import Table  # with it all tables are known
from store.tables import BigId, Member

__all__ = ["FigureMail", "FigureWeek", "Table"]


class FigureWeek(Table):
    """What figures may tell of the week of a Monday: a part grows only when enough came together (`actions.weeks`)."""

    __tablename__ = "figure_weeks"

    week: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    flow: Mapped[str] = mapped_column(String(60), primary_key=True)
    detail: Mapped[str] = mapped_column(String(80), primary_key=True)
    # Empty when it is not known.
    wijk: Mapped[str] = mapped_column(String(40), primary_key=True)
    told: Mapped[int]
    # What was not told yet; it goes along when there is enough of it.
    rest: Mapped[int]


class FigureMail(Table):
    """The figures of the week of a Monday for a member, to be sent by e-mail."""

    __tablename__ = "figure_mails"
    __table_args__ = (UniqueConstraint("member_id", "week"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"))
    week: Mapped[date]
    # When it is tried, or tried again.
    due_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    member: Mapped[Member] = relationship()
