"""Words with which sites say how deployments, incidents and items ended, in several languages.

They fill the lists of the settings at first. A word that is in no list is unknown: nothing is guessed from it.
"""

from __future__ import annotations


def _words(*groups: str) -> tuple[str, ...]:
    """The words of all groups in their order; each group is one text with commas between its words.

    >>> _words("Yes, Done", "Ja")
    ('Yes', 'Done', 'Ja')
    """
    return tuple(word.strip() for group in groups for word in group.split(","))


# Each text is one language or one group of words; people add those of their own site in the field mapping.
SUCCESS = _words(
    "Yes, True, 1, OK, Done, Success, Successful, Succeeded, Passed, Completed successfully, Worked",
    "Ja, Erfolgreich, Erfolg, Geglückt",
    "Oui, Réussi, Réussie, Succès",
    "Sí, Exitoso, Exitosa, Éxito, Correcto",
    "Sim, Sucesso, Bem-sucedido",
    "Riuscito, Riuscita, Successo",
    "Geslaagd, Gelukt",
    "Lyckad, Kyllä, Onnistui, Tak, Udane, Ano, Úspěšné, Evet, Başarılı",
    "Да, Успешно, Так, Успішно",
    "はい, 成功, 是, 예, 성공",
)
FAILURE = _words(
    "No, False, 0, 0.0, Failed, Failure, Fail, Unsuccessful, Not successful, Rolled back, Rollback",
    "Reverted, Aborted, Error, Backed out",
    "Nein, Fehlgeschlagen, Gescheitert, Nicht erfolgreich, Zurückgerollt, Abgebrochen, Fehler",
    "Non, Échec, Échoué, Échouée, Annulé",
    "Fallido, Fallida, Fracaso, Revertido",
    "Não, Falhou, Falha",
    "Fallito, Fallita",
    "Nee, Mislukt, Teruggedraaid",
    "Nej, Misslyckad, Ei, Epäonnistui, Nie, Nieudane, Ne, Neúspěšné, Hayır, Başarısız",
    "Нет, Неуспешно, Ошибка, Ні, Помилка",
    "いいえ, 失敗, 失败, 否, 아니요, 실패",
)
IMPACT = _words(
    "Yes, True, 1, Outage, Major outage, Partial outage, Full outage, Incident, Degraded, Degradation",
    "Downtime, Data loss, Users affected, Customers affected, Major, Critical, Severe, High",
    "Ja, Ausfall, Teilausfall, Störung, Datenverlust, Kritisch, Schwerwiegend, Hoch",
    "Oui, Panne, Majeur, Critique, Élevé",
    "Sí, Caída, Interrupción, Crítico, Alto",
    "Sim, Interrupção, Critico, Grave",
    "Uitval, Storing, Ernstig, Hoog",
    "Да, Сбой, Критический",
    "はい, 障害, 重大, 是, 예, 장애",
)
NO_IMPACT = _words(
    "None, No, N/A, NA, Not applicable, No impact, Nothing, Nil, False, 0, 0.0, -",
    "Keine, Kein, Keiner, Nein, Keine Auswirkung, Keine Auswirkungen, Nicht zutreffend, Entfällt",
    "Aucun, Aucune, Non, Aucun impact, Sans objet",
    "Ninguno, Ninguna, Sin impacto, No aplica",
    "Nenhum, Nenhuma, Não, Sem impacto, Não se aplica",
    "Nessuno, Nessuna, Nessun impatto",
    "Geen, Nee, Geen impact, Niet van toepassing, n.v.t.",
    "Ingen, Inget, Nej, Ei, Ei mitään, Brak, Nie, Žádný, Ne, Yok, Hayır",
    "Нет, Нет влияния, Немає, Ні",
    "なし, 影響なし, いいえ, 无, 無, 否, 无影响, 없음, 아니요",
)
NOT_COMPLETED = _words(
    "Won't Do, Won't Fix, Duplicate, Declined, Cannot Reproduce, Cancelled, Canceled, Rejected, Invalid",
    "Not a Bug, Obsolete, Incomplete, Abandoned, Withdrawn",
    "Wird nicht erledigt, Wird nicht behoben, Wird nicht ausgeführt, Duplikat, Doppelt, Abgelehnt",
    "Nicht reproduzierbar, Kann nicht reproduziert werden, Abgebrochen, Verworfen, Ungültig, Zurückgewiesen",
    "Ne sera pas fait, Ne sera pas corrigé, Doublon, Refusé, Impossible à reproduire, Non reproductible, Annulé",
    "No se hará, No se corregirá, Duplicado, Duplicada, Rechazado, No se puede reproducir, Cancelado",
    "Não será feito, Não será corrigido, Recusado, Não é possível reproduzir, Cancelada",
    "Non verrà eseguito, Non verrà risolto, Duplicato, Rifiutato, Impossibile riprodurre, Annullato",
    "Wordt niet gedaan, Wordt niet opgelost, Duplicaat, Afgewezen, Kan niet reproduceren, Geannuleerd",
    "Kommer inte att åtgärdas, Dublett, Avvisad, Ei tehdä, Kaksoiskappale, Nie zostanie zrobione, Duplikát",
    "Не будет выполнено, Не будет исправлено, Дубликат, Отклонено, Невозможно воспроизвести",
    "対応しない, 修正しない, 重複, 却下, 再現できない, 不做, 不会修复, 重复, 已拒绝, 无法重现",
)
# Ways in which an item ends well. They only tell that a resolution is known: whatever is not above is a completion.
COMPLETED = _words(
    "Done, Fixed, Resolved, Complete, Completed, Closed, Delivered, Implemented, Released, Deployed",
    "Workaround, Answered, Finished, Solved, Approved, Accepted",
    "Erledigt, Fertig, Behoben, Gelöst, Abgeschlossen, Umgesetzt, Geschlossen",
    "Terminé, Terminée, Corrigé, Résolu, Fermé, Hecho, Listo, Corregido, Resuelto, Finalizado, Cerrado",
    "Feito, Concluído, Corrigido, Resolvido, Itens concluídos, Completato, Fatto, Risolto",
    "Gereed, Opgelost, Voltooid, Klart, Löst, Färdig, Valmis, Gotowe, Zrobione, Rozwiązane, Hotovo",
    "Готово, Выполнено, Исправлено, Решено, 完了, 解決済み, 修正済み, 完成, 已完成, 已解决, 已修复, 완료, 해결됨",
)
CAUSES = _words(
    "is caused by, wird verursacht durch, wurde verursacht durch, est causé par, es causado por, é causado por",
    "è causato da, wordt veroorzaakt door, orsakas av, jest spowodowane przez, вызвано, が原因",
)
INCIDENT_TYPES = ("Incident", "[System] Incident", "Outage")
