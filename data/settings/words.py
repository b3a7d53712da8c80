"""Words with which sites say whether a deployment worked and whether users were hurt, in several languages.

They fill the lists of the settings at first. A word that is in no list is unknown: nothing is guessed from it.
"""

from __future__ import annotations

# Each line is one language or one group of words; people add those of their own site in the field mapping.
SUCCESS = (
    "Yes", "True", "1", "OK", "Done", "Success", "Successful", "Succeeded", "Passed", "Completed successfully", "Worked",
    "Ja", "Erfolgreich", "Erfolg", "Geglückt",
    "Oui", "Réussi", "Réussie", "Succès",
    "Sí", "Exitoso", "Exitosa", "Éxito", "Correcto",
    "Sim", "Sucesso", "Bem-sucedido",
    "Riuscito", "Riuscita", "Successo",
    "Geslaagd", "Gelukt",
    "Lyckad", "Kyllä", "Onnistui", "Tak", "Udane", "Ano", "Úspěšné", "Evet", "Başarılı",
    "Да", "Успешно", "Так", "Успішно",
    "はい", "成功", "是", "예", "성공",
)  # fmt: skip
FAILURE = (
    "No", "False", "0", "0.0", "Failed", "Failure", "Fail", "Unsuccessful", "Not successful", "Rolled back", "Rollback",
    "Reverted", "Aborted", "Error", "Backed out",
    "Nein", "Fehlgeschlagen", "Gescheitert", "Nicht erfolgreich", "Zurückgerollt", "Abgebrochen", "Fehler",
    "Non", "Échec", "Échoué", "Échouée", "Annulé",
    "Fallido", "Fallida", "Fracaso", "Revertido",
    "Não", "Falhou", "Falha",
    "Fallito", "Fallita",
    "Nee", "Mislukt", "Teruggedraaid",
    "Nej", "Misslyckad", "Ei", "Epäonnistui", "Nie", "Nieudane", "Ne", "Neúspěšné", "Hayır", "Başarısız",
    "Нет", "Неуспешно", "Ошибка", "Ні", "Помилка",
    "いいえ", "失敗", "失败", "否", "아니요", "실패",
)  # fmt: skip
IMPACT = (
    "Yes", "True", "1", "Outage", "Major outage", "Partial outage", "Full outage", "Incident", "Degraded", "Degradation",
    "Downtime", "Data loss", "Users affected", "Customers affected", "Major", "Critical", "Severe", "High",
    "Ja", "Ausfall", "Teilausfall", "Störung", "Datenverlust", "Kritisch", "Schwerwiegend", "Hoch",
    "Oui", "Panne", "Majeur", "Critique", "Élevé",
    "Sí", "Caída", "Interrupción", "Crítico", "Alto",
    "Sim", "Interrupção", "Critico", "Grave",
    "Uitval", "Storing", "Ernstig", "Hoog",
    "Да", "Сбой", "Критический",
    "はい", "障害", "重大", "是", "예", "장애",
)  # fmt: skip
NO_IMPACT = (
    "None", "No", "N/A", "NA", "Not applicable", "No impact", "Nothing", "Nil", "False", "0", "0.0", "-",
    "Keine", "Kein", "Keiner", "Nein", "Keine Auswirkung", "Keine Auswirkungen", "Nicht zutreffend", "Entfällt",
    "Aucun", "Aucune", "Non", "Aucun impact", "Sans objet",
    "Ninguno", "Ninguna", "Sin impacto", "No aplica",
    "Nenhum", "Nenhuma", "Não", "Sem impacto", "Não se aplica",
    "Nessuno", "Nessuna", "Nessun impatto",
    "Geen", "Nee", "Geen impact", "Niet van toepassing", "n.v.t.",
    "Ingen", "Inget", "Nej", "Ei", "Ei mitään", "Brak", "Nie", "Žádný", "Ne", "Yok", "Hayır",
    "Нет", "Нет влияния", "Немає", "Ні",
    "なし", "影響なし", "いいえ", "无", "無", "否", "无影响", "없음", "아니요",
)  # fmt: skip
