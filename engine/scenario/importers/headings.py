"""What clients' exports call the columns of a scenario; for proposals, which somebody reads."""

from __future__ import annotations

import difflib

from engine.scenario.columns import COLUMNS
from engine.scenario.files.raw import column_name
from engine.scenario.importers.other_languages import ELSEWHERE

# English and German by column, whatever the table; more common ones first.
HEADINGS: dict[str, tuple[str, ...]] = {
    "product": ("material", "item", "article", "sku", "part number", "product code", "product", "artikel",
                "artikelnummer", "materialnummer", "internal reference", "parent", "header material", "teilenummer",
                "sachnummer", "produkt"),
    "component": ("component", "component number", "komponente", "bom line component", "teil", "part", "einzelteil"),
    "name": ("description", "material description", "bezeichnung", "materialkurztext", "name", "artikelbezeichnung"),
    "family": ("product group", "material group", "warengruppe", "produktgruppe", "category", "produkthierarchie"),
    "demand_per_week": ("weekly demand", "demand per week", "wochenbedarf", "bedarf pro woche"),
    "demand_cv": ("cv", "coefficient of variation", "variationskoeffizient"),
    "unit_cost": ("standard price", "cost", "unit cost", "standardpreis", "herstellkosten", "kosten", "einstandspreis"),
    "price": ("sales price", "list price", "verkaufspreis", "listenpreis", "preis", "price"),
    "lead_time_target_days": ("target lead time", "customer lead time", "lieferzeit kunde", "wunschlieferzeit",
                              "zugesagte lieferzeit", "lieferzeit zugesagt", "promised lead time", "promised days"),
    "lead_time_days": ("planned delivery time", "delivery time", "vendor lead time", "planlieferzeit",
                       "wiederbeschaffungszeit", "lead time"),
    "replenishment_days": ("replenishment lead time", "total replenishment lead time", "gesamtwiederbeschaffungszeit"),
    "make_days": ("in-house production time", "production time", "eigenfertigungszeit", "durchlaufzeit"),
    "batch_size": ("fixed lot size", "lot size", "feste losgroesse", "feste losgröße", "losgröße"),
    "min_order_quantity": ("minimum lot size", "minimum order quantity", "moq", "mindestlosgröße",
                           "mindestbestellmenge"),
    "stock_on_hand": ("stock", "on hand", "quantity on hand", "bestand", "lagerbestand", "total stock"),
    "current_strategy": ("strategy", "strategy group", "strategie", "strategiegruppe", "fertigungsart", "fertigung",
                         "mts/mto"),
    "late_cost_per_unit_day": ("late cost", "penalty per day", "verzugskosten"),
    "on_time_target": ("service level", "lieferservicegrad", "servicegrad", "liefertreue", "liefertreue ziel",
                       "otif target", "on time target"),
    "quantity": ("quantity", "qty", "order quantity", "menge", "auftragsmenge", "komponentenmenge"),
    "order_date": ("order date", "document date", "created on", "auftragsdatum", "belegdatum", "bestelldatum",
                   "creation date", "datum", "date"),
    "requested_date": ("requested date", "requested delivery date", "wunschlieferdatum", "delivery date",
                       "wunschtermin", "lieferdatum"),
    "customer": ("customer", "sold-to party", "kunde", "auftraggeber"),
    "order_number": ("sales document", "order number", "order reference", "verkaufsbeleg", "auftragsnummer", "order",
                     "auftrag", "auftragsnr", "bestellung", "bestellnummer"),
    "order_line": ("item number", "sales document item", "position", "auftragsposition"),
    "resource": ("work center", "work centre", "arbeitsplatz", "maschine", "machine"),
    "hours_per_week": ("capacity hours per week", "kapazität stunden pro woche", "weekly hours"),
    "hours_per_unit": ("hours per unit", "stunden pro stück", "standard hours"),
}  # fmt: skip
_ALIKE = 0.84
# What clients' exports call our choices, as whole cells; for proposals likewise.
CHOICES: dict[str, tuple[str, ...]] = {
    "MTS": ("mts", "stock", "make to stock", "lager", "lagerfertigung", "ab lager", "anonym"),
    "ATO": ("ato", "assemble to order", "assembly", "montage", "auftragsmontage", "variantenmontage"),
    "MTO": ("mto", "order", "make to order", "auftrag", "auftragsfertigung", "kundeneinzel", "kundenauftrag"),
}


def choice_of(cell: str) -> str:
    """The strategy that a cell probably means; '' where none.

    Examples
    --------
    >>> choice_of("Ab Lager"), choice_of("K10")
    ('MTS', '')
    """
    plain = " ".join(cell.lower().replace("-", " ").split())
    return next((strategy for strategy, words in CHOICES.items() if plain in words), "")


def proposed(header: tuple[str, ...], table: str) -> dict[str, str]:
    """Our columns of a table to the headings that probably mean them, each heading once.

    Examples
    --------
    >>> proposed(("Artikelnummer", "Bezeichnung", "Standardpreis", "Farbe"), "products")
    {'product': 'Artikelnummer', 'name': 'Bezeichnung', 'unit_cost': 'Standardpreis'}
    """
    scores = []
    for definition in COLUMNS[table]:
        words = [column_name(word) for word in (
            definition.name, *HEADINGS.get(definition.name, ()), *ELSEWHERE.get(definition.name, ())
        )]  # fmt: skip
        for theirs in header:
            plain = column_name(theirs)
            if plain in words:
                scores.append((2.0 - words.index(plain) / 100.0, definition.name, theirs))
            elif close := difflib.get_close_matches(plain, words, n=1, cutoff=_ALIKE):
                scores.append((difflib.SequenceMatcher(a=plain, b=close[0]).ratio(), definition.name, theirs))
    headings: dict[str, str] = {}
    for _, ours, theirs in sorted(scores, key=lambda score: -score[0]):
        if ours not in headings and theirs not in headings.values():
            headings[ours] = theirs
    return {definition.name: headings[definition.name] for definition in COLUMNS[table] if definition.name in headings}
