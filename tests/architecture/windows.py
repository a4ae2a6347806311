"""Lists that take no window of time, each with its reason."""

_CARE = [
    "listHighCostPlacements",
    "listSupplierDuplicates",
    "listProviderVolumes",
    "listProviderConcentrations",
]
# Lists that need no window: of what the days make, not of records that somebody wrote, or of a few.
WITHOUT_WINDOW = {
    "listReleases": "its window has the names of Find a Tender's feed, updatedFrom and updatedTo",
    **dict.fromkeys(("listRecords", "listRegister"), "the same; the register is as at the end of a quarter"),
    **dict.fromkeys(_CARE, "they follow from what has a window"),
    "listDueDates": "what falls due follows from contracts, which have a window",
    **dict.fromkeys(("listContractFindings", "listServiceFindings"), "they follow from other records"),
    "listAgreementVersions": "the texts of one agreement are few, and numbered",
    "listIndicatorVersions": "the wordings of one indicator are few, and numbered",
    "listLedgerImportFindings": "the findings of one file, which never change, and are numbered",
    **dict.fromkeys(("listRegisterImportRows", "listPlacementImportRows"), "the same, of its rows"),
    **dict.fromkeys(("listReportingRates", "getCompleteness"), "counted from what is owed and what has come"),
}
