"""The site's own labels, in English, Spanish, Indonesian and Chinese: one table, so that a language is added in one place.

A label is compared without case, end colon or surrounding spaces (`markup.label_of`).
"""

from __future__ import annotations

ORDER = {
    "order.number": (
        "order number", "order no.", "order no", "order id", "trade assurance order no.", "número de pedido",
        "n.º de pedido", "nomor pesanan", "no. pesanan", "订单号", "订单编号",
    ),
    "order.status": ("order status", "status", "estado del pedido", "estado", "status pesanan", "订单状态", "状态"),
    "order.total": (
        "order total", "total amount", "total order amount", "order amount", "total", "total del pedido",
        "importe del pedido", "importe total", "total pesanan", "jumlah pesanan", "订单总额", "订单金额",
    ),
    "order.paid": (
        "paid", "amount paid", "total paid", "actual payment", "paid amount", "pagado", "importe pagado", "dibayar",
        "jumlah dibayar", "已付款", "实付金额",
    ),
    "order.ship_by": (
        "ship by", "ship by (agreed)", "ship date", "agreed ship date", "shipping date", "ship on or before",
        "enviar antes del", "enviar antes del (acordado)", "fecha de envío", "kirim sebelum", "kirim sebelum (disepakati)",
        "tanggal kirim", "约定发货日期", "发货日期",
    ),
    "order.ship_terms": (
        "trade terms", "trade term", "shipping terms", "delivery terms", "incoterms", "incoterm", "condiciones comerciales",
        "condiciones de entrega", "syarat perdagangan", "syarat pengiriman", "贸易术语", "贸易条款",
    ),
    "order.shipped_at": (
        "shipped", "shipped on", "ship time", "shipping time", "date shipped", "enviado", "dikirim", "发货时间", "已发货",
    ),
    "order.received_at": (
        "delivered", "delivered on", "received on", "date received", "entregado", "terkirim", "收货时间", "已送达",
    ),
    "receipt": (
        "receipt confirmed by buyer", "receipt confirmed", "receipt confirmed on", "recepción confirmada",
        "penerimaan dikonfirmasi", "确认收货时间", "买家确认收货",
    ),
    "order.supplier": (
        "supplier", "seller", "supplier name", "company name", "proveedor", "vendedor", "pemasok", "penjual", "供应商",
        "卖家",
    ),
}  # fmt: skip
TERMS = {
    "quality": ("quality", "quality standards", "quality standard", "calidad", "kualitas", "质量", "质量标准"),
    "packaging": (
        "packaging", "packaging requirements", "packing", "embalaje", "kemasan", "pengemasan", "包装", "包装要求",
    ),
    "inspection": ("inspection", "inspection terms", "inspección", "inspeksi", "检验"),
    "remark": ("remarks", "remark", "other terms", "additional terms", "observaciones", "catatan", "备注"),
}  # fmt: skip
TRACKING = (
    "tracking number", "tracking no.", "tracking no", "waybill number", "número de seguimiento", "nomor pelacakan",
    "nomor resi", "运单号", "物流单号",
)  # fmt: skip

# Headings of tables, by what their column holds.
COLUMNS = {
    "step": ("payment", "step", "payment step", "pago", "tahap pembayaran", "付款阶段"),
    "amount": ("amount", "subtotal", "importe", "jumlah", "金额"),
    "method": ("method", "payment method", "método", "metode", "方式"),
    "paid_at": ("paid", "paid on", "payment time", "pagado", "dibayar", "已付款", "付款时间"),
    "received_at": ("received", "received on", "recibido", "diterima", "已收款", "收款时间"),
    "status": ("status", "estado", "状态"),
    "quantity": ("quantity", "cantidad", "jumlah barang", "kuantitas", "数量"),
    "unit_price": ("unit price", "precio unitario", "harga satuan", "单价"),
}

DISPUTE = {
    "dispute.id": (
        "application number", "refund application no.", "dispute id", "dispute no.", "refund id", "case number",
        "número de solicitud", "nomor pengajuan", "纠纷编号", "申请编号",
    ),
    "dispute.order": (
        "order", "order number", "order no.", "order no", "order id", "pedido", "número de pedido", "pesanan",
        "nomor pesanan", "订单", "订单号",
    ),
    "dispute.status": (
        "dispute status", "refund status", "application status", "status", "estado", "estado de la solicitud",
        "status pengajuan", "纠纷状态", "状态",
    ),
    "dispute.reason": (
        "reasons", "reason", "refund reason", "dispute reason", "reason for refund", "motivos", "motivo", "alasan",
        "退款原因", "原因",
    ),
    "dispute.amount": (
        "refund amount", "requested refund", "refund amount requested", "amount requested", "importe del reembolso",
        "jumlah pengembalian dana", "退款金额",
    ),
    "dispute.submitted_at": (
        "submitted", "submitted on", "submit time", "submission time", "application time", "presentada", "enviada el",
        "diajukan", "提交时间",
    ),
    "dispute.deadline": (
        "deadline", "due", "due date", "due time", "time left", "time remaining", "remaining time", "respond before",
        "vence", "fecha límite", "batas waktu", "截止时间",
    ),
    "dispute.hint": ("next step", "next steps", "siguiente paso", "langkah berikutnya", "下一步"),
    "dispute.supplier_answer": (
        "supplier's answer", "supplier's response", "supplier response", "supplier’s response", "respuesta del proveedor",
        "jawaban pemasok", "供应商回复",
    ),
    "dispute.offer": (
        "offer", "supplier's offer", "proposed solution", "supplier's proposal", "refund offer", "oferta",
        "oferta del proveedor", "penawaran", "penawaran pemasok", "供应商方案",
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
