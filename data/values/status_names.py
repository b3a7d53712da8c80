"""What the name of a status says about it, where nobody has chosen and Jira does not know better: lists of whole names.

The lists hold the names that Jira, its templates and its language packs use, and their usual synonyms. A name counts
only as a whole: "Not rejected" is no "Rejected".
"""

from __future__ import annotations

from enum import StrEnum

from data.values.names import is_named, name_keys

# Given up, whatever Jira's category says.
_GIVEN_UP = name_keys(
    (
        "Cancelled",
        "Canceled",
        "Cancel",
        "Won't Do",
        "Won't Fix",
        "Wont Do",
        "Wont Fix",
        "Will Not Do",
        "Will Not Fix",
        "Not Doing",
        "Not Planned",
        "Not Needed",
        "No Longer Needed",
        "Duplicate",
        "Duplicated",
        "Closed as Duplicate",
        "Abandoned",
        "Discarded",
        "Dropped",
        "Obsolete",
        "Withdrawn",
        "Cannot Reproduce",
        "Can't Reproduce",
        "Not Reproducible",
        "Not a Bug",
        "Terminated",
        "Killed",
        "Abgebrochen",
        "Storniert",
        "Verworfen",
        "Wird nicht erledigt",
        "Wird nicht behoben",
        "Duplikat",
        "Hinfällig",
        "Annulé",
        "Annulée",
        "Abandonné",
        "Abandonnée",
        "Doublon",
        "Ne sera pas fait",
        "Ne sera pas corrigé",
        "Cancelado",
        "Cancelada",
        "Descartado",
        "Descartada",
        "Duplicado",
        "Abandonado",
        "No se hará",
        "Não será feito",
        "Annullato",
        "Annullata",
        "Scartato",
        "Duplicato",
        "Non verrà eseguito",
        "Geannuleerd",
        "Vervallen",
        "Duplicaat",
        "Avbruten",
        "Avbrutt",
        "Annulleret",
        "Peruutettu",
        "Anulowane",
        "Anulowano",
        "Zrušeno",
        "Отменено",
        "Отменена",
        "Скасовано",
        "İptal edildi",
        "İptal",
        "キャンセル",
        "中止",
        "取消",
        "已取消",
        "취소",
        "취소됨",
    )
)
# Refused. Where Jira says "in progress", a refusal most often sends work back to somebody.
_REFUSED = name_keys(
    (
        "Rejected",
        "Declined",
        "Denied",
        "Refused",
        "Invalid",
        "Abgelehnt",
        "Zurückgewiesen",
        "Rejeté",
        "Rejetée",
        "Refusé",
        "Refusée",
        "Rechazado",
        "Rechazada",
        "Rejeitado",
        "Rejeitada",
        "Rifiutato",
        "Rifiutata",
        "Respinto",
        "Afgewezen",
        "Avvisad",
        "Avvist",
        "Afvist",
        "Hylätty",
        "Odrzucone",
        "Odrzucony",
        "Zamítnuto",
        "Отклонено",
        "Отклонена",
        "Відхилено",
        "Reddedildi",
        "却下",
        "拒绝",
        "已拒绝",
        "거부됨",
        "반려",
    )
)


_DONE = name_keys(
    (
        "Done",
        "Closed",
        "Resolved",
        "Fixed",
        "Completed",
        "Released",
        "Erledigt",
        "Fertig",
        "Geschlossen",
        "Gelöst",
        "Behoben",
        "Abgeschlossen",
        "Veröffentlicht",
        "Terminé",
        "Terminée",
        "Fermé",
        "Fermée",
        "Résolu",
        "Résolue",
        "Corrigé",
        "Corrigée",
        "Publié",
        "Fini",
        "Hecho",
        "Finalizado",
        "Finalizada",
        "Cerrado",
        "Cerrada",
        "Resuelto",
        "Resuelta",
        "Corregido",
        "Completado",
        "Listo",
        "Publicado",
        "Liberado",
        "Concluído",
        "Concluída",
        "Feito",
        "Fechado",
        "Fechada",
        "Resolvido",
        "Resolvida",
        "Corrigido",
        "Fatto",
        "Completato",
        "Chiuso",
        "Chiusa",
        "Risolto",
        "Risolta",
        "Corretto",
        "Rilasciato",
        "Completata",
        "Gereed",
        "Klaar",
        "Gesloten",
        "Opgelost",
        "Voltooid",
        "Afgerond",
        "Klart",
        "Klar",
        "Stängd",
        "Löst",
        "Färdig",
        "Ferdig",
        "Lukket",
        "Løst",
        "Fullført",
        "Færdig",
        "Løst",
        "Valmis",
        "Suljettu",
        "Ratkaistu",
        "Gotowe",
        "Zrobione",
        "Zamknięte",
        "Rozwiązane",
        "Ukończone",
        "Zakończone",
        "Naprawione",
        "Hotovo",
        "Uzavřeno",
        "Vyřešeno",
        "Готово",
        "Закрыто",
        "Закрыта",
        "Решено",
        "Решена",
        "Выполнено",
        "Завершено",
        "Исправлено",
        "Виконано",
        "Закрито",
        "Tamamlandı",
        "Kapatıldı",
        "Çözüldü",
        "Bitti",
        "完了",
        "終了",
        "解決済み",
        "解決",
        "クローズ",
        "修正済み",
        "リリース済み",
        "完成",
        "已完成",
        "已关闭",
        "关闭",
        "已解决",
        "已修复",
        "已发布",
        "완료",
        "완료됨",
        "닫힘",
        "해결됨",
        "종료",
    )
)
_NOT_STARTED = name_keys(
    (
        "To Do",
        "Todo",
        "Open",
        "Backlog",
        "New",
        "Inbox",
        "Ready for Dev",
        "Zu erledigen",
        "Offen",
        "Neu",
        "Posteingang",
        "Bereit zur Entwicklung",
        "À faire",
        "A faire",
        "Ouvert",
        "Ouverte",
        "Nouveau",
        "Nouvelle",
        "Por hacer",
        "Abierto",
        "Abierta",
        "Nuevo",
        "Nueva",
        "A fazer",
        "Tarefas pendentes",
        "Aberto",
        "Aberta",
        "Novo",
        "Nova",
        "Da completare",
        "Da fare",
        "Aperto",
        "Aperta",
        "Nuovo",
        "Te doen",
        "Nieuw",
        "Att göra",
        "Öppen",
        "Ny",
        "Å gjøre",
        "Åpen",
        "At gøre",
        "Åben",
        "Tehtävä",
        "Avoin",
        "Uusi",
        "Do zrobienia",
        "Otwarte",
        "Nowe",
        "K provedení",
        "Otevřeno",
        "Nové",
        "К выполнению",
        "Открыто",
        "Открыта",
        "Новая",
        "Новое",
        "Бэклог",
        "До виконання",
        "Відкрито",
        "Yapılacaklar",
        "Açık",
        "Yeni",
        "未着手",
        "未対応",
        "オープン",
        "新規",
        "バックログ",
        "待办",
        "待办事项",
        "打开",
        "新建",
        "할 일",
        "해야 할 일",
        "열림",
        "신규",
        "백로그",
    )
)


class Reason(StrEnum):
    """Why a status that Jira no longer lists is taken for what it is."""

    DISCARDED_NAME = "discarded_name"
    SAME_NAME = "same_name"
    AMBIGUOUS = "ambiguous"  # statuses of the same name are in several categories
    RESOLVES = "resolves"  # most of its entries set a resolution with which work ended
    DONE_NAME = "done_name"
    NOT_STARTED_NAME = "not_started_name"
    NOTHING = "nothing"


_WORDS = {
    Reason.DISCARDED_NAME: "its name says so",
    Reason.SAME_NAME: "it follows the status that has its name now",
    Reason.AMBIGUOUS: (
        "it follows the most used of the statuses that have its name now, which are in several categories"
    ),
    Reason.RESOLVES: "{resolving:,} of its {entries:,} entries set a resolution and ended the work",
    Reason.DONE_NAME: "its name says so",
    Reason.NOT_STARTED_NAME: "its name says so",
    Reason.NOTHING: "nothing says that work begins or ends there",
}


def reason_in_words(reason: Reason, entries: int, resolving: int) -> str:
    """Why a status is taken for what it is.

    >>> reason_in_words(Reason.RESOLVES, 40, 38)
    '38 of its 40 entries set a resolution and ended the work'
    """
    return _WORDS[reason].format(entries=entries, resolving=resolving)


def says_done(name: str) -> bool:
    """Whether a name is exactly one of those that finished work has.

    >>> says_done("RESOLVED"), says_done("Abgeschlossen"), says_done("Almost done")
    (True, True, False)
    """
    return is_named(name, _DONE)


def says_not_started(name: str) -> bool:
    """Whether a name is exactly one of those that work has before anybody begins it.

    >>> says_not_started("To Do"), says_not_started("Offen"), says_not_started("Reopened")
    (True, True, False)
    """
    return is_named(name, _NOT_STARTED)


def says_discarded(name: str, category: str) -> bool:
    """Whether a status of this name and of Jira's category (new, indeterminate, done) holds work that was given up.

    >>> says_discarded("CANCELLED", "done"), says_discarded("Won’t do", "new"), says_discarded("Closed", "done")
    (True, True, False)
    >>> says_discarded("Rejected", "done"), says_discarded("Rejected", "indeterminate")
    (True, False)
    """
    return is_named(name, _GIVEN_UP) or (category != "indeterminate" and is_named(name, _REFUSED))
