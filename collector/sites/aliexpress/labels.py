"""The words under which aliexpress.com shows what a page states, in the languages in which public code has them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

ORDER: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "order.number": ("order id", "ref. number", "order number", "nº de pedido", "número de pedido", "número do pedido"),
    "placed": ("order placed on", "order date", "pedido efectuado el", "pedido efetuado em"),
    "paid": ("paid on", "payment completed on", "pago completado el", "pagamento concluído em"),
    "order.shipped_at": ("shipment completed on", "shipped on", "envío completado el", "envio concluído em"),
    "method": ("payment method", "método de pago", "forma de pagamento"),
    "order.total": ("total", "order total"),
})  # fmt: skip
DISPUTE: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "dispute.id": ("dispute id", "dispute number", "return/refund id", "refund id"),
    "dispute.order": ("order id", "order number", "ref. number"),
    "dispute.status": ("dispute status", "status"),
    "dispute.reason": ("dispute reason", "reason"),
    "dispute.amount": ("refund amount", "refund requested", "requested refund"),
    "dispute.offer": ("seller's proposal", "seller's solution"),
    "dispute.supplier_answer": ("seller's response", "seller's answer"),
    "dispute.submitted_at": ("dispute opened on", "application time", "submitted on"),
    "dispute.deadline": ("time left", "please respond before", "respond by"),
    "dispute.hint": ("reminder",),
})  # fmt: skip
