"""Texts that views show, each with what it looks like in the API's document."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

IndicatorCode = Annotated[str, Field(examples=["bed-days"])]
IndicatorTitle = Annotated[str, Field(examples=["Bed days"])]
ContractReference = Annotated[str, Field(examples=["PCC-0142"])]
PartnershipName = Annotated[str, Field(examples=["Devon and Plymouth"])]
FindingKind = Annotated[str, Field(examples=["without_outcome"])]
