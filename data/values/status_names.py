"""What the name of a status says about it, where nobody has chosen and Jira does not know better: lists of whole names.

The lists hold the names that Jira, its templates and its language packs use, and their usual synonyms. A name counts only
as a whole: "Not rejected" is no "Rejected".
"""

from __future__ import annotations

from data.values.names import is_named, name_keys

# Given up, whatever Jira's category says.
_GIVEN_UP = name_keys(
    (
        "Cancelled", "Canceled", "Cancel", "Won't Do", "Won't Fix", "Wont Do", "Wont Fix", "Will Not Do", "Will Not Fix",
        "Not Doing", "Not Planned", "Not Needed", "No Longer Needed", "Duplicate", "Duplicated", "Closed as Duplicate",
        "Abandoned", "Discarded", "Dropped", "Obsolete", "Withdrawn", "Cannot Reproduce", "Can't Reproduce",
        "Not Reproducible", "Not a Bug", "Terminated", "Killed",
        "Abgebrochen", "Storniert", "Verworfen", "Wird nicht erledigt", "Wird nicht behoben", "Duplikat", "Hinfällig",
        "Annulé", "Annulée", "Abandonné", "Abandonnée", "Doublon", "Ne sera pas fait", "Ne sera pas corrigé",
        "Cancelado", "Cancelada", "Descartado", "Descartada", "Duplicado", "Abandonado", "No se hará",
        "Não será feito", "Annullato", "Annullata", "Scartato", "Duplicato", "Non verrà eseguito",
        "Geannuleerd", "Vervallen", "Duplicaat", "Avbruten", "Avbrutt", "Annulleret", "Peruutettu", "Anulowane", "Anulowano",
        "Zrušeno", "Отменено", "Отменена", "Скасовано", "İptal edildi", "İptal", "キャンセル", "中止", "取消", "已取消", "취소", "취소됨",
    )
)  # fmt: skip
# Refused. Where Jira says "in progress", a refusal most often sends work back to somebody.
_REFUSED = name_keys(
    (
        "Rejected", "Declined", "Denied", "Refused", "Invalid", "Abgelehnt", "Zurückgewiesen", "Rejeté", "Rejetée", "Refusé",
        "Refusée", "Rechazado", "Rechazada", "Rejeitado", "Rejeitada", "Rifiutato", "Rifiutata", "Respinto", "Afgewezen",
        "Avvisad", "Avvist", "Afvist", "Hylätty", "Odrzucone", "Odrzucony", "Zamítnuto", "Отклонено", "Отклонена", "Відхилено",
        "Reddedildi", "却下", "拒绝", "已拒绝", "거부됨", "반려",
    )
)  # fmt: skip


def says_discarded(name: str, category: str) -> bool:
    """Whether a status of this name and of Jira's category (new, indeterminate, done) holds work that was given up.

    >>> says_discarded("CANCELLED", "done"), says_discarded("Won’t do", "new"), says_discarded("Closed", "done")
    (True, True, False)
    >>> says_discarded("Rejected", "done"), says_discarded("Rejected", "indeterminate")
    (True, False)
    """
    return is_named(name, _GIVEN_UP) or (category != "indeterminate" and is_named(name, _REFUSED))
