"""Documents behind agreements and decisions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, insert, select

from services.budget.rules.document import DocumentKind, DocumentSubject, KeptDocument, PublicationClass
from services.budget.store.dispute_tables import documents
from services.budget.store.visibility import scope, to_documents
from shared.db import Transaction, prepare
from shared.keyset import WHENEVER, After, Pages, Within

_NAMES = tuple(c.name for c in documents.c if c.name != "recorded_at")
_PAGES = Pages(
    select(*(documents.c[name] for name in _NAMES)).where(
        to_documents(documents), documents.c.subject_id == bindparam("of", type_=Uuid)
    ),
    documents.c.dated_on,
    documents.c.id,
    documents.c.recorded_at,
)
_ADD = prepare(
    insert(documents).values({name: bindparam(name, type_=documents.c[name].type) for name in _NAMES})
)


async def add(tx: Transaction, document: KeptDocument) -> None:
    values = {name: getattr(document, name) for name in _NAMES}
    coded = {name: values[name].value for name in ("subject", "kind", "publication_class")}
    await tx.do(_ADD, **{**values, **coded})


async def page(
    tx: Transaction, subject_id: UUID, limit: int, after: After, within: Within = WHENEVER
) -> list[KeptDocument]:
    rows = await _PAGES.read(tx, limit, after, within, of=subject_id, **scope(tx))
    return [_document(row) for row in rows]


def _document(row: Mapping[str, Any]) -> KeptDocument:
    return KeptDocument(
        **{
            **row,
            "subject": DocumentSubject(row["subject"]),
            "kind": DocumentKind(row["kind"]),
            "publication_class": PublicationClass(row["publication_class"]),
        }
    )
