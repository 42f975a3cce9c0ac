"""The site's own labels: one table, so that a language is added in one place.

English, Spanish, Indonesian and Chinese for all pages; German, French, Portuguese, Russian and Arabic for orders, disputes.
A label is compared without case, end colon or surrounding spaces (`markup.label_of`).
"""

from __future__ import annotations

ORDER = {
    "order.number": (
        "order number", "order no.", "order no", "order id", "trade assurance order no.", "número de pedido",
        "n.º de pedido", "nomor pesanan", "no. pesanan", "订单号", "订单编号", "bestellnummer", "auftragsnummer",
        "bestell-nr.", "numéro de commande", "n° de commande", "número do pedido", "nº do pedido", "номер заказа",
        "№ заказа", "رقم الطلب", "رقم الطلبية",
    ),
    "order.status": (
        "order status", "status", "estado del pedido", "estado", "status pesanan", "订单状态", "状态", "bestellstatus",
        "auftragsstatus", "statut de la commande", "statut", "status do pedido", "estado do pedido", "статус заказа",
        "статус", "حالة الطلب", "الحالة",
    ),
    "order.total": (
        "order total", "total amount", "total order amount", "order amount", "total", "total del pedido",
        "importe del pedido", "importe total", "total pesanan", "jumlah pesanan", "订单总额", "订单金额", "gesamtbetrag",
        "bestellsumme", "gesamtsumme", "montant total", "total de la commande", "montant de la commande",
        "total do pedido", "valor total", "valor do pedido", "сумма заказа", "общая сумма", "итого", "إجمالي الطلب",
        "المبلغ الإجمالي", "الإجمالي",
    ),
    "order.paid": (
        "paid", "amount paid", "total paid", "actual payment", "paid amount", "pagado", "importe pagado", "dibayar",
        "jumlah dibayar", "已付款", "实付金额", "bezahlt", "bezahlter betrag", "payé", "montant payé", "valor pago",
        "оплачено", "оплаченная сумма", "المدفوع", "المبلغ المدفوع",
    ),
    "order.ship_by": (
        "ship by", "ship by (agreed)", "ship date", "agreed ship date", "shipping date", "ship on or before",
        "enviar antes del", "enviar antes del (acordado)", "fecha de envío", "kirim sebelum",
        "kirim sebelum (disepakati)", "tanggal kirim", "约定发货日期", "发货日期", "versand bis", "versanddatum",
        "spätestes versanddatum", "expédier avant le", "date d'expédition", "date d’expédition", "enviar até",
        "data de envio", "отгрузить до", "дата отгрузки", "дата отправки", "الشحن قبل", "تاريخ الشحن",
    ),
    "order.ship_terms": (
        "trade terms", "trade term", "shipping terms", "delivery terms", "incoterms", "incoterm",
        "condiciones comerciales", "condiciones de entrega", "syarat perdagangan", "syarat pengiriman", "贸易术语",
        "贸易条款", "lieferbedingungen", "handelsbedingungen", "conditions commerciales", "conditions de livraison",
        "termos comerciais", "condições de entrega", "условия поставки", "торговые условия", "شروط التجارة",
        "شروط التسليم",
    ),
    "order.shipped_at": (
        "shipped", "shipped on", "ship time", "shipping time", "date shipped", "enviado", "dikirim", "发货时间", "已发货",
        "versandt", "versendet", "versandt am", "expédié", "expédié le", "enviado em", "отправлено", "отгружено",
        "تم الشحن", "تم الشحن في",
    ),
    "order.received_at": (
        "delivered", "delivered on", "received on", "date received", "entregado", "terkirim", "收货时间", "已送达",
        "zugestellt", "geliefert", "zugestellt am", "livré", "livré le", "entregue", "entregue em", "доставлено",
        "تم التسليم", "تم التوصيل",
    ),
    "order.buyer": (
        "buyer", "buyer name", "buyer company", "comprador", "pembeli", "买家", "采购商", "käufer", "acheteur", "покупатель",
        "المشتري",
    ),
    "receipt": (
        "receipt confirmed by buyer", "receipt confirmed", "receipt confirmed on", "recepción confirmada",
        "penerimaan dikonfirmasi", "确认收货时间", "买家确认收货", "empfang bestätigt", "réception confirmée",
        "recebimento confirmado", "получение подтверждено", "تم تأكيد الاستلام",
    ),
    "order.supplier": (
        "supplier", "seller", "supplier name", "company name", "proveedor", "vendedor", "pemasok", "penjual", "供应商",
        "卖家", "lieferant", "verkäufer", "fournisseur", "vendeur", "fornecedor", "поставщик", "продавец", "المورد",
        "البائع",
    ),
}  # fmt: skip
TERMS = {
    "quality": (
        "quality", "quality standards", "quality standard", "calidad", "kualitas", "质量", "质量标准", "qualität",
        "qualité", "qualidade", "качество", "الجودة",
    ),
    "packaging": (
        "packaging", "packaging requirements", "packing", "embalaje", "kemasan", "pengemasan", "包装", "包装要求",
        "verpackung", "emballage", "embalagem", "упаковка", "التغليف", "التعبئة",
    ),
    "inspection": (
        "inspection", "inspection terms", "inspección", "inspeksi", "检验", "prüfung", "inspektion", "inspeção",
        "инспекция", "الفحص",
    ),
    "remark": (
        "remarks", "remark", "other terms", "additional terms", "observaciones", "catatan", "备注", "bemerkungen",
        "anmerkungen", "remarques", "observações", "примечания", "ملاحظات",
    ),
}  # fmt: skip
TRACKING = (
    "tracking number", "tracking no.", "tracking no", "waybill number", "número de seguimiento", "nomor pelacakan",
    "nomor resi", "运单号", "物流单号",
    "sendungsnummer", "sendungsverfolgungsnummer", "numéro de suivi", "número de rastreamento", "código de rastreio",
    "номер отслеживания", "трек-номер", "رقم التتبع",
)  # fmt: skip

# Headings of tables, by what their column holds.
COLUMNS = {
    "step": (
        "payment", "step", "payment step", "pago", "tahap pembayaran", "付款阶段", "zahlung", "paiement", "pagamento",
        "платёж", "платеж", "الدفعة",
    ),
    "amount": (
        "amount", "subtotal", "importe", "jumlah", "金额", "betrag", "montant", "valor", "сумма", "المبلغ",
    ),
    "method": (
        "method", "payment method", "método", "metode", "方式", "zahlungsart", "mode de paiement",
        "forma de pagamento", "способ оплаты", "طريقة الدفع",
    ),
    "paid_at": (
        "paid", "paid on", "payment time", "pagado", "dibayar", "已付款", "付款时间", "bezahlt", "bezahlt am", "payé",
        "payé le", "pago em", "оплачено", "дата оплаты", "تاريخ الدفع",
    ),
    "received_at": (
        "received", "received on", "recibido", "diterima", "已收款", "收款时间", "eingegangen", "reçu", "recebido",
        "получено", "تم الاستلام",
    ),
    "status": (
        "status", "estado", "状态", "statut", "статус", "الحالة",
    ),
    "quantity": (
        "quantity", "cantidad", "jumlah barang", "kuantitas", "数量", "menge", "quantité", "quantidade", "количество",
        "الكمية",
    ),
    "unit_price": (
        "unit price", "precio unitario", "harga satuan", "单价", "stückpreis", "einzelpreis", "prix unitaire",
        "preço unitário", "цена за единицу", "سعر الوحدة",
    ),
}  # fmt: skip

DISPUTE = {
    "dispute.id": (
        "application number", "refund application no.", "dispute id", "dispute no.", "refund id", "case number",
        "número de solicitud", "nomor pengajuan", "纠纷编号", "申请编号", "antragsnummer", "numéro de demande",
        "número da solicitação", "номер заявки", "رقم الطلب المقدم",
    ),
    "dispute.order": (
        "order", "order number", "order no.", "order no", "order id", "pedido", "número de pedido", "pesanan",
        "nomor pesanan", "订单", "订单号", "bestellung", "bestellnummer", "commande", "numéro de commande",
        "número do pedido", "заказ", "номер заказа", "رقم الطلب",
    ),
    "dispute.status": (
        "dispute status", "refund status", "application status", "status", "estado", "estado de la solicitud",
        "status pengajuan", "纠纷状态", "状态", "antragsstatus", "status der erstattung", "statut de la demande",
        "statut du remboursement", "status da solicitação", "status do reembolso", "статус заявки",
        "статус возврата", "حالة الاسترداد", "حالة النزاع",
    ),
    "dispute.reason": (
        "reasons", "reason", "refund reason", "dispute reason", "reason for refund", "motivos", "motivo", "alasan",
        "退款原因", "原因", "grund", "gründe", "erstattungsgrund", "motif", "motifs", "motif du remboursement",
        "motivo do reembolso", "причина", "причина возврата", "السبب", "سبب الاسترداد",
    ),
    "dispute.amount": (
        "refund amount", "requested refund", "refund amount requested", "amount requested", "importe del reembolso",
        "jumlah pengembalian dana", "退款金额", "erstattungsbetrag", "montant du remboursement", "valor do reembolso",
        "сумма возврата", "مبلغ الاسترداد",
    ),
    "dispute.submitted_at": (
        "submitted", "submitted on", "submit time", "submission time", "application time", "presentada",
        "enviada el", "diajukan", "提交时间", "eingereicht", "eingereicht am", "soumise le", "soumis le", "enviada em",
        "enviado em", "подано", "дата подачи", "تاريخ التقديم",
    ),
    "dispute.deadline": (
        "deadline", "due", "due date", "due time", "time left", "time remaining", "remaining time", "respond before",
        "vence", "fecha límite", "batas waktu", "截止时间", "frist", "fälligkeit", "verbleibende zeit", "date limite",
        "échéance", "temps restant", "prazo", "tempo restante", "срок", "крайний срок", "осталось времени",
        "الموعد النهائي", "الوقت المتبقي",
    ),
    "dispute.hint": (
        "next step", "next steps", "siguiente paso", "langkah berikutnya", "下一步", "nächster schritt",
        "nächste schritte", "étape suivante", "prochaine étape", "próxima etapa", "próximo passo", "следующий шаг",
        "الخطوة التالية",
    ),
    "dispute.supplier_answer": (
        "supplier's answer", "supplier's response", "supplier response", "supplier’s response",
        "respuesta del proveedor", "jawaban pemasok", "供应商回复", "antwort des lieferanten", "réponse du fournisseur",
        "resposta do fornecedor", "ответ поставщика", "رد المورد",
    ),
    "dispute.offer": (
        "offer", "supplier's offer", "proposed solution", "supplier's proposal", "refund offer", "oferta",
        "oferta del proveedor", "penawaran", "penawaran pemasok", "供应商方案", "angebot", "angebot des lieferanten",
        "offre", "offre du fournisseur", "proposta", "proposta do fornecedor", "предложение",
        "предложение поставщика", "العرض", "عرض المورد",
    ),
}  # fmt: skip

LIMIT = (
    "trade assurance limit", "trade assurance amount", "trade assurance limit amount", "límite de trade assurance",
    "batas trade assurance", "信用保障额度", "信保额度",
)  # fmt: skip
MIN_ORDER = (
    "min. order", "min order", "min.order", "minimum order quantity", "min. order quantity", "min.order quantity",
    "minimum order", "moq", "pedido mínimo", "cantidad mínima de pedido", "min. pesanan", "pesanan minimum", "最小起订量",
    "最小订单", "起订量",
)  # fmt: skip
PRICE = ("fob price", "reference fob price", "precio fob", "harga fob", "fob价格", "离岸价")
ATTRIBUTES = frozenset({
    "key attributes", "quick details", "product attributes", "product details", "essential details", "specifications",
    "atributos clave", "detalles rápidos", "atributos del producto", "atribut utama", "detail cepat", "主要属性", "产品属性",
})  # fmt: skip
COUNTRY = (
    "country / region", "country/region", "country / territory", "país / región", "país/región", "negara / wilayah",
    "国家/地区",
)  # fmt: skip
# Bare words that stand beside other people too; BASICS are what only a company's own facts stand among.
PLACE = ("country", "location", "país", "negara", "国家", "所在地")
BASICS = frozenset({
    "business type", "year established", "total employees", "main products", "main product", "total annual revenue",
    "registered address", "tipo de negocio", "año de fundación", "jenis bisnis", "tahun berdiri", "企业类型", "成立年份",
})  # fmt: skip
COMPANY = (
    "company name", "nombre de la empresa", "nombre de la compañía", "nama perusahaan", "公司名称",
)  # fmt: skip
PERFORMANCE = {
    "supplier.on_time_delivery": (
        "on-time delivery", "on-time delivery rate", "on-time dispatch rate", "on-time shipment rate", "entrega a tiempo",
        "tasa de entrega a tiempo", "pengiriman tepat waktu", "tingkat pengiriman tepat waktu", "按时交货率", "准时交货率",
        "按时发货率",
    ),
    "supplier.response_time": (
        "response time", "average response time", "avg. response time", "tiempo de respuesta", "waktu respons",
        "响应时间", "平均响应时间", "回复时间",
    ),
    "supplier.dispute_rate": ("dispute rate", "tasa de disputas", "tingkat sengketa", "纠纷率"),
    "supplier.rating": (
        "supplier rating", "store rating", "calificación del proveedor",
        "peringkat pemasok", "店铺评分", "供应商评分",
    ),
    "supplier.transactions": (
        "transactions", "online transactions", "transacciones", "transaksi", "交易笔数",
    ),
    "supplier.sales": (
        "online revenue", "transaction amount", "ingresos en línea", "pendapatan online", "在线交易额", "交易额",
    ),
}  # fmt: skip
