"""How people call things: other names of our fields, values and stages, in the languages that trackers are kept in."""

from __future__ import annotations

from collections.abc import Mapping

from escsync.adapter import Stage


def _words(table: Mapping[str, str]) -> Mapping[str, tuple[str, ...]]:
    return {name: tuple(word.strip() for word in line.split("|")) for name, line in table.items()}


FIELDS = _words(
    {
        "summary": "title | subject | name | zusammenfassung | titel | betreff | résumé | titre | objet | resumen | "
        "título | asunto | resumo | assunto",
        "description": "details | body | beschreibung | descripción | descrição",
        "owner": "assignee | assigned to | case owner | owner id | responsible | zuständig | verantwortlich | bearbeiter | "
        "zugewiesen an | zugewiesene person | responsable | attribué à | assigné à | propietario | asignado a | "
        "persona asignada | responsável | proprietário | atribuído a",
        "stage": "status | state | zustand | statut | état | estado | fase | phase | étape | etapa",
        "priority": "priorität | priorité | prioridad | prioridade",
        "entry_point": "source | channel | origin | case origin | eingangskanal | kanal | quelle | canal | origine | "
        "point d'entrée | punto de entrada | origen | ponto de entrada | origem",
        "source_url": "source | source link | link | original message | link to source | quelle | lien | enlace | fuente",
        "received_at": "received | received on | date received | eingegangen | eingegangen am | reçu | reçu le | recibido | "
        "fecha de recepción | recebido | recebido em",
        "identified_at": "identified | identified on | escalated at | escalation date | erkannt am | identifié le | "
        "identificado",
        "identified_by": "escalated by | raised by | erkannt von | gemeldet von | signalé par | identificado por",
        "account.id": "customer id | customer number | account number | kundennummer | numéro client | id de cliente",
        "account.name": "customer | company | client | customer name | organization | organisation | kunde | kundenname | "
        "firma | nom du client | compte | cliente | nombre del cliente | cuenta | nome do cliente | conta",
        "account.tier": "tier | customer tier | segment | customer segment | kundensegment | kundenstufe | niveau client | "
        "nivel de cliente | segmento | nível do cliente",
        "account.arr": "account arr | annual recurring revenue | contract value | acv | jahresumsatz | "
        "revenu annuel récurrent | ingresos recurrentes anuales | receita recorrente anual",
        "account.currency": "currency | currency iso code | arr currency | währung | devise | moneda | moeda",
        "account.customer_since": "customer since | contract start | kunde seit | client depuis | cliente desde",
        "account.csm": "customer success manager | success manager | account csm | kundenbetreuer | kundenbetreuerin",
        "account.time_zone": "time zone | customer time zone | zeitzone | fuseau horaire | zona horaria | fuso horário",
        "contact.name": "contact | executive contact | requester | ansprechpartner | kontakt | contacto | contato",
        "contact.email": "contact e-mail | e-mail | requester email | kontakt e-mail | courriel | correo electrónico",
        "severity": "kind of complaint | complaint type | problem type | schweregrad | art der beschwerde | gravité | "
        "sévérité | severidad | gravedad | severidade | gravidade",
        "tone": "tonality | sentiment | ton | tonalität | tonalité | tono | tom",
        "brand_exposure": "exposure | public exposure | brand risk | außenwirkung | exposition | exposición | exposição",
        "is_technical": "technical issue | technisch | technique | técnico | técnica",
        "checklist.history_reviewed": "account history reviewed | reviewed history | historie geprüft | historique vérifié | "
        "historial revisado | histórico revisado",
        "checklist.csm_spoken": "csm spoken | spoke to csm | spoken to csm | csm consulted | mit csm gesprochen | "
        "csm consulté | csm consultado",
        "checklist.eng_product_consulted": "engineering consulted | product consulted | engineering product consulted | "
        "technik konsultiert | ingénierie consultée | ingeniería consultada | engenharia consultada",
        "findings_summary": "investigation findings | what we found | erkenntnisse | ergebnis der untersuchung | constats | "
        "hallazgos | conclusões | constatações",
        "resolution_types": "resolution | resolution type | solution type | lösung | lösungsart | type de résolution | "
        "tipo de resolución | tipo de resolução",
        "resolution_links": "resolution link | fix link | related links | links zur lösung",
        "exception.authorizer": "exception approver | exception approved by | approver | genehmigt von | approuvé par | "
        "aprobado por | aprovado por",
        "exception.requested_at": "exception requested | ausnahme beantragt | exception demandée | excepción solicitada",
        "exception.decided_at": "exception decided | ausnahme entschieden | exception décidée | excepción decidida",
        "exception.outcome": "exception result | exception decision | entscheidung über die ausnahme",
        "committed_at": "committed | committed date | commitment | promised date | promised by | zugesagt | zugesagt bis | "
        "date promise | engagement | comprometido | fecha comprometida | data prometida",
        "implemented_at": "implemented | implementation date | umgesetzt | umgesetzt am | mis en œuvre | implementado | "
        "fecha de implementación",
        "root_cause": "cause | root cause category | rca | ursache | grundursache | hauptursache | cause racine | "
        "cause première | causa raíz | causa raiz",
        "breakdown_point": "breakdown | point of failure | where it broke down | bruchstelle | point de rupture | "
        "punto de fallo | ponto de falha",
        "follow_up.scheduled_for": "follow-up | follow-up date | follow-up on | check-in | check-in date | wiedervorlage | "
        "nachfassen | nachfasstermin | suivi | date de suivi | seguimiento | acompanhamento",
        "follow_up.scheduled_by": "follow-up owner | follow-up booked by",
        "follow_up.held_at": "follow-up held | follow-up done | check-in held",
        "follow_up.outcome": "follow-up result | check-in outcome | ergebnis des nachfassens | résultat du suivi | "
        "resultado del seguimiento | resultado do acompanhamento",
        "due_at": "escsync due | due | due date | fällig | fällig am | échéance | vencimiento | vencimento",
        "ack_due_at": "ack due",
        "update_due_at": "update due",
        "computed_priority": "priority computed | calculated priority | escsync priority",
        "health": "health | escsync health",
        "escsync_stage": "escsync stage",
    }
)
"""Canonical field -> its other names."""

VALUES = _words(
    {
        "exec_email": "executive email | email from executive",
        "exec_linkedin": "linkedin | executive on linkedin",
        "exec_cc": "executive in cc | cc",
        "csm_escalation": "csm | customer success | customer success manager",
        "ae_escalation": "ae | account executive | sales | vertrieb | ventas | vendas",
        "ticket_flag_submitter": "flagged by submitter | flagged by customer",
        "ticket_flag_agent": "flagged by agent",
        "social_public": "social | social media | public post | soziale medien | réseaux sociaux | redes sociales",
        "enterprise": "strategic | key account | großkunde | grand compte",
        "mid_market": "midmarket | medium | commercial | mittelstand",
        "smb": "small business | small and medium | small | sme | kmu | pme | pyme | pequena empresa",
        "billing_dispute": "billing | invoice | invoice wrong | abrechnung | rechnung | facturation | facturación | cobrança",
        "data_issue": "data | data loss | data problem | datenproblem | problème de données | problema de datos",
        "public_outage": "outage | downtime | ausfall | panne | interrupción | interrupção",
        "ux_complaint": "ux | usability | user experience | bedienbarkeit | usabilidad | usabilidade",
        "private": "privat | privé | privado",
        "threat_public": "threat | threatens to go public | drohung | menace | amenaza | ameaça",
        "public": "öffentlich | público",
        "none": "keine | aucune | ninguna | nenhuma",
        "low": "niedrig | gering | faible | baja | baixa",
        "medium": "mittel | moyenne | media | média",
        "high": "hoch | élevée | alta",
        "engineering_fix": "fix | bug fix | hotfix | engineering",
        "billing_credit": "credit | refund | gutschrift | avoir | crédito | reembolso",
        "product_configuration_change": "configuration | configuration change | config change | konfiguration | configuración",
        "policy_exception": "exception | ausnahme | kulanz | dérogation | excepción | exceção",
        "product_bug": "bug | software bug | defect | product defect | fehler | produktfehler | bogue | defecto | defeito",
        "knowledge_base_gap": "documentation | documentation gap | knowledge gap | kb gap | dokumentation | documentación",
        "routing_failure": "routing | misrouting | misrouted | wrong queue | fehlleitung",
        "policy_inflexibility": "policy | rigid policy | richtlinie | politique | política",
        "sla_breach": "sla | sla missed | missed sla | sla violation | sla verletzt",
        "communication_failure": "communication | miscommunication | poor communication | kommunikation | comunicación | "
        "comunicação",
        "tier1": "l1 | level 1 | first level | 1st level",
        "tier2": "l2 | level 2 | second level | 2nd level",
        "product": "produkt | produit | producto | produto",
        "policy": "richtlinie | politique | política",
        "improved": "better | verbessert | amélioré | mejorado | melhorou",
        "not_improved": "no improvement | unchanged | not better | nicht verbessert | pas amélioré | sin mejora | sem melhora",
        "unreachable": "not reached | no answer | nicht erreicht | injoignable | ilocalizable | inacessível",
        "done": "yes | erledigt | fait | hecho | feito",
        "open": "no | to do | offen | à faire | pendiente | pendente",
        "due_soon": "soon | at risk",
        "other": "others | sonstiges | andere | autre | otro | outro",
        "unknown": "not known | unbekannt | inconnu | desconocido | desconhecido",
    }
)
"""Canonical value -> its other names, whichever field it is of."""

STAGES = {
    Stage(name): words
    for name, words in _words(
        {
            "candidate": "candidate | triage | unconfirmed | to confirm | kandidat | candidat | candidato",
            "intake": "intake | open | new | to do | todo | backlog | not started | received | neu | offen | eingegangen | "
            "zu erledigen | nouveau | ouvert | à faire | nuevo | abierto | por hacer | novo | aberto | a fazer | recebido",
            "investigation": "investigation | investigating | in progress | working | analysis | in analysis | research | "
            "in bearbeitung | in arbeit | untersuchung | analyse | en cours | enquête | en curso | en progreso | "
            "investigación | em andamento | em progresso | investigação",
            "solution_design": "solution design | designing | design | solutioning | planning | lösungsentwurf | lösung | "
            "planung | conception | diseño de solución | diseño | desenho da solução | planejamento",
            "customer_update": "customer update | updating | update customer | informing customer | kundeninformation | "
            "kunde informieren | information client | informar al cliente | informar cliente",
            "resolution_pending": "resolution pending | pending | waiting | on hold | implementing | in implementation | "
            "umsetzung | in umsetzung | wartet | en attente | en espera | pendiente | pendente | em espera",
            "closed": "closed | done | resolved | complete | completed | solved | fertig | erledigt | geschlossen | gelöst | "
            "fermé | terminé | résolu | cerrado | resuelto | hecho | terminado | listo | fechado | concluído | "
            "resolvido | finalizado",
            "rejected": "rejected | declined | won't do | cancelled | canceled | invalid | not an escalation | abgelehnt | "
            "abgebrochen | rejeté | refusé | annulé | rechazado | cancelado | rejeitado",
            "duplicate": "duplicate | duplikat | dublette | doublon | duplicado | duplicada",
        }
    ).items()
}
"""Stage -> what trackers call a status that stands for it."""
NOISE = frozenset(
    [
        "escalation",
        "escalations",
        "exec",
        "executive",
        "case",
        "ticket",
        "issue",
        "field",
        "the",
        "of",
        "a",
        "an",
        "is",
        "custom",
        "eskalation",
        "escalade",
        "escalada",
    ]
)
"""Words that tell nothing in a tracker of escalations."""
