"""What exports call the columns of a scenario in Chinese, French, Spanish, Italian, Dutch, Portuguese and Polish."""

from __future__ import annotations

ELSEWHERE: dict[str, tuple[str, ...]] = {
    "product": (
        "产品", "产品编码", "产品编号", "物料", "物料编码", "物料编号", "物料号", "料号", "存货编码", "品号",
        "商品编码", "article", "référence", "référence article", "code article", "produit", "artículo",
        "código de artículo", "referencia", "producto", "codice articolo", "articolo", "prodotto", "artikelcode",
        "produto", "código do produto", "artigo", "produkt", "indeks", "towar", "kod towaru",
    ),
    "component": (
        "子件", "子项物料", "组件", "零件", "子件编码", "子项编码", "下级物料", "composant", "componente",
        "onderdeel", "komponent", "składnik",
    ),
    "name": (
        "名称", "产品名称", "物料名称", "物料描述", "品名", "存货名称", "désignation", "libellé", "descripción",
        "nombre", "descrizione", "omschrijving", "descrição", "nome", "nazwa", "opis",
    ),
    "family": (
        "产品族", "产品系列", "物料组", "类别", "分类", "产品类别", "famille", "catégorie", "familia", "categoría",
        "famiglia", "categoria", "productgroep", "família", "grupa", "kategoria",
    ),
    "demand_per_week": (
        "周需求", "每周需求", "周需求量", "周均需求", "demande hebdomadaire", "besoin hebdomadaire",
        "demanda semanal", "domanda settimanale", "weekvraag", "popyt tygodniowy",
    ),
    "demand_cv": (
        "变异系数", "需求变异系数", "coefficient de variation", "coeficiente de variación",
        "coefficiente di variazione", "variatiecoëfficiënt", "coeficiente de variação", "współczynnik zmienności",
    ),
    "unit_cost": (
        "单位成本", "成本", "标准成本", "标准价格", "成本价", "coût", "coût unitaire", "coût standard",
        "prix de revient", "coste", "costo", "coste unitario", "costo unitario", "costo standard", "kostprijs",
        "custo", "custo unitário", "koszt", "koszt jednostkowy",
    ),
    "price": (
        "单价", "价格", "售价", "销售价格", "prix", "prix de vente", "precio", "precio de venta", "prezzo",
        "prezzo di vendita", "prijs", "verkoopprijs", "preço", "preço de venda", "cena", "cena sprzedaży",
    ),
    "lead_time_target_days": (
        "目标交期", "承诺交期", "客户交期", "要求交期", "交期目标", "délai client", "délai promis",
        "plazo de entrega al cliente", "tempo di consegna promesso", "beloofde levertijd",
        "prazo de entrega ao cliente",
    ),
    "lead_time_days": (
        "提前期", "采购提前期", "采购周期", "交货期", "交货周期", "délai", "délai d'approvisionnement",
        "délai de livraison", "plazo de entrega", "plazo", "tempo di consegna", "tempo di approvvigionamento",
        "levertijd", "prazo de entrega", "czas dostawy",
    ),
    "make_days": (
        "生产周期", "制造周期", "生产提前期", "délai de fabrication", "plazo de fabricación", "tempo di produzione",
        "doorlooptijd", "tempo de produção", "czas produkcji",
    ),
    "batch_size": (
        "批量", "固定批量", "生产批量", "taille de lot", "tamaño de lote", "dimensione lotto", "lotto",
        "seriegrootte", "tamanho do lote", "wielkość partii",
    ),
    "min_order_quantity": (
        "最小订货量", "最小起订量", "起订量", "最小批量", "quantité minimale", "cantidad mínima", "quantità minima",
        "minimale bestelhoeveelheid", "quantidade mínima", "minimalna ilość",
    ),
    "stock_on_hand": (
        "库存", "现有库存", "库存数量", "在库数量", "现存量", "stock disponible", "stock", "existencias",
        "giacenza", "voorraad", "estoque", "stan magazynowy",
    ),
    "current_strategy": (
        "策略", "当前策略", "生产方式", "计划策略", "stratégie", "estrategia", "strategia", "strategie",
        "estratégia",
    ),
    "late_cost_per_unit_day": (
        "延迟成本", "迟交成本", "延期罚金", "pénalité de retard", "penalización por retraso", "penale di ritardo",
        "boete per dag",
    ),
    "on_time_target": (
        "准时率目标", "准时交付率", "服务水平", "taux de service", "nivel de servicio", "livello di servizio",
        "servicegraad", "nível de serviço", "poziom obsługi",
    ),
    "quantity": (
        "数量", "用量", "订单数量", "销售数量", "单位用量", "quantité", "qté", "cantidad", "quantità", "qtà",
        "aantal", "hoeveelheid", "quantidade", "qtd", "ilość",
    ),
    "order_date": (
        "订单日期", "下单日期", "单据日期", "日期", "date de commande", "date commande", "date", "fecha de pedido",
        "fecha", "data ordine", "data", "orderdatum", "data do pedido", "data zamówienia",
    ),
    "requested_date": (
        "要求日期", "要求交货日期", "交货日期", "需求日期", "date demandée", "date de livraison",
        "date de livraison demandée", "fecha de entrega", "fecha solicitada", "data consegna", "data richiesta",
        "gewenste leverdatum", "leverdatum", "data de entrega", "data dostawy",
    ),
    "customer": (
        "客户", "客户编码", "客户名称", "client", "cliente", "klant", "klient",
    ),
    "order_number": (
        "订单号", "订单编号", "单据编号", "销售订单号", "numéro de commande", "n° commande", "commande",
        "número de pedido", "pedido", "numero ordine", "ordine", "ordernummer", "número do pedido",
        "numer zamówienia",
    ),
    "order_line": (
        "行号", "订单行", "ligne", "línea", "riga", "regel", "linha", "pozycja",
    ),
    "resource": (
        "工作中心", "设备", "资源", "poste de charge", "machine", "centro de trabajo", "máquina",
        "centro di lavoro", "werkplek", "centro de trabalho", "stanowisko",
    ),
    "hours_per_week": (
        "周工时", "每周工时", "heures par semaine", "horas por semana", "ore alla settimana", "uren per week",
    ),
    "hours_per_unit": (
        "单位工时", "单件工时", "heures par unité", "horas por unidad", "ore per unità", "uren per stuk",
    ),
}  # fmt: skip
