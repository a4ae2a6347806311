"""The plain budget service: pydantic in and out, SQLAlchemy's ORM between, the same checks in Python, no walls."""
# mypy: ignore-errors

import os
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import Depends, FastAPI, Header, HTTPException
from pydantic import BaseModel, ConfigDict
from sqlalchemy import BigInteger, DateTime, ForeignKey, MetaData, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship  # noqa: TID251 the plain way is the ORM

engine = create_async_engine(os.environ["PLAIN_DATABASE_URL"], pool_size=8, max_overflow=0)
Session = async_sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    metadata = MetaData(schema="plain")


class Account(Base):
    __tablename__ = "accounts"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    partnership_id: Mapped[UUID] = mapped_column(index=True)
    owner_organisation_id: Mapped[UUID]
    name: Mapped[str]


class Entry(Base):
    __tablename__ = "entries"
    journal_id: Mapped[UUID] = mapped_column(ForeignKey("journals.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    amount_pence: Mapped[int] = mapped_column(BigInteger)


class Journal(Base):
    __tablename__ = "journals"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    partnership_id: Mapped[UUID] = mapped_column(index=True)
    owner_organisation_id: Mapped[UUID]
    posted_by_organisation_id: Mapped[UUID]
    kind: Mapped[str]
    effective_date: Mapped[date]
    narrative: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    entries: Mapped[list[Entry]] = relationship(order_by=Entry.position, lazy="selectin")


class Balance(Base):
    __tablename__ = "balances"
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    effective_month: Mapped[date] = mapped_column(primary_key=True)
    amount_pence: Mapped[int] = mapped_column(BigInteger, default=0)


class AuditEvent(Base):
    __tablename__ = "audit_events"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    what: Mapped[str]
    thing_id: Mapped[UUID]
    actor_client_id: Mapped[UUID]
    actor_organisation_id: Mapped[UUID]


class EntryBody(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    account_id: UUID
    amount_pence: int


class JournalIn(BaseModel):
    kind: str
    effective_date: date
    narrative: str
    entries: list[EntryBody]


class JournalOut(JournalIn):
    model_config = ConfigDict(from_attributes=True)
    id: UUID
    partnership_id: UUID
    owner_organisation_id: UUID
    posted_by_organisation_id: UUID
    recorded_at: datetime


@asynccontextmanager
async def lifespan(_app):
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield
    await engine.dispose()


app = FastAPI(lifespan=lifespan)


async def session():
    async with Session() as opened:
        yield opened


@app.get("/ready")
async def ready():
    return {}


@app.put("/v1/journals/{id}", status_code=201, response_model=JournalOut)
async def post(
    id: UUID,  # noqa: A002
    body: JournalIn,
    db: Annotated[AsyncSession, Depends(session)],
    x_client: Annotated[UUID, Header()],
    x_organisation: Annotated[UUID, Header()],
    x_partnerships: Annotated[str, Header()],
):
    existing = await db.get(Journal, id)
    if existing is not None:
        return existing
    if len(body.entries) < 2 or sum(each.amount_pence for each in body.entries) != 0:
        raise HTTPException(422, "The entries do not add up to zero.")
    wanted = {each.account_id for each in body.entries}
    query = select(Account).where(Account.id.in_(wanted)).order_by(Account.id).with_for_update()
    accounts = (await db.scalars(query)).all()
    if len(accounts) != len(wanted) or any(
        str(each.partnership_id) not in x_partnerships.split(",") for each in accounts
    ):
        raise HTTPException(422, "There is no such account.")
    now = datetime.now(UTC)
    journal = Journal(
        id=id,
        partnership_id=accounts[0].partnership_id,
        owner_organisation_id=accounts[0].owner_organisation_id,
        posted_by_organisation_id=x_organisation,
        kind=body.kind,
        effective_date=body.effective_date,
        narrative=body.narrative,
        recorded_at=now,
        entries=[Entry(position=n, **each.model_dump()) for n, each in enumerate(body.entries, 1)],
    )
    db.add(journal)
    month = body.effective_date.replace(day=1)
    for each in body.entries:
        balance = await db.get(Balance, (each.account_id, month))
        if balance is None:
            balance = Balance(account_id=each.account_id, effective_month=month, amount_pence=0)
            db.add(balance)
        balance.amount_pence += each.amount_pence
    db.add(
        AuditEvent(
            recorded_at=now,
            what="posted",
            thing_id=id,
            actor_client_id=x_client,
            actor_organisation_id=x_organisation,
        )
    )
    await db.commit()
    return journal
