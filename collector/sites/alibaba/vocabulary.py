"""What alibaba.com prints for everybody, and what its pages are built of: all that a sample of a page may keep.

Words come from the table of labels and from the list below; names of keys, classes and paths from what the readers look for,
taken from their own source, so that none is forgotten.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

from collector.reading.disguise import plain_words
from collector.reading.money import CODES, SIGNS
from collector.reading.times import ZONES
from collector.sites.alibaba import labels
from collector.vocabulary import Vocabulary

_ROOMS = ("collector.sites.alibaba", "collector.reading")
_IDENTIFIER = re.compile(r"[A-Za-z_$][\w$-]*")
_NAME = re.compile(r"[A-Za-z][a-z]+|[A-Z]+(?![a-z])")
_DOMAINS = ("alibaba.com", "alicdn.com", "aliimg.com", "alibaba.localhost")
_DOORS = frozenset("""
    www ta kf m en trustpass fm message onetalk login passport biz trade rosewood i s img u home profile service sale
    activity tradeassurance expressexport clouddisk error consent sc01 sc02 sc03 sc04 g spanish french german
    russian arabic portuguese indonesian chinese""".split())  # fmt: skip
_UNITS = """
    yr yrs year years month months week weeks day days d hour hours hr hrs h minute minutes min mins m second
    seconds sec s am pm st nd rd th piece pieces pcs pc pair pairs set sets unit units box boxes bag bags carton
    cartons roll rolls meter meters metre metres kg g ton tons gram grams sheet sheets dozen año años día días hora
    horas minuto minutos thn ano anos ans anni jahr jahre jaar lat lata yıl лет года năm ปี سنوات سنة 년 pieza
    piezas par pares juego juegos tahun bulan hari jam menit detik buah pasang unit acres acre 年 个月 月 日 天 小时
    时 分钟 分 秒 件 个 双 套 只 台 米 箱 条 人 review reviews reseñas ulasan 条评价 left remaining star stars"""
# What pages say that no table of labels holds: statuses, headings, hints, marks, starts of conversations.
_SAID = """
    awaiting initial payment insufficient balance waiting for remaining supplier to ship pending dispatch shipment
    started partially dispatched delivery confirmation buyer confirm modified order completed being verified in
    production ship date overdue shipped delivered received closed cancelled canceled finished in progress rejected
    agreed settled success successful payment confirmed confirming confirmation refund refunded dispute open opened
    respond response responded has have not yet no action needed required now within before after by the of on at
    and or is are was be will supplier buyer you your must may can answer answered reply replied offer proposal none
    platform mediation evidence upload this is the start of your conversation more messages earlier messages load
    loading read today yesterday me key attributes quick details lead time quantity price min moq sample verified
    pro manufacturer trading company trade assurance store product reviews ratings supplier service located cn china
    alibaba com send inquiry chat contact applied apply full partial request application number reason amount
    deadline status submitted escalate escalated initial balance deposit advance first second third paid unpaid
    el la ha respondido contestado aún todavía belum menjawab merespons 尚未回复 供应商尚未回复 尚未响应
    method card wire transfer bank visa mastercard express air sea land freight shipping esperando respuesta del
    proveedor pago pedido enviado entregado recibido completado cerrado cancelado disputa abierta abierto menunggu
    jawaban pemasok pembayaran pesanan dikirim terkirim selesai ditutup dibatalkan sengketa este es el inicio de la
    conversación no hay más mensajes ini adalah awal percakapan anda acción necesaria perlu tindakan 等待 供应商
    回复 待买家支付预付款 待发货 已发货 已完成 已关闭 已取消 需要您处理 没有更多消息了 没有更多消息 会话从这里开始
    fob cif cfr exw ddp dap dpu cpt cip fca fas"""
# Alone: the words in which pages state something by themselves. Others may be somebody's name.
_ALONE = """
    verified deposit balance advance delivered shipped received closed completed cancelled canceled paid unpaid
    refunded rejected none today yesterday reviews attributes reply read disputes supplier buyer me alibaba china cn
    chat contact refund payment enviado entregado completado cerrado cancelado terkirim selesai ditutup dibatalkan
    fob cif cfr exw ddp dap dpu cpt cip fca 待发货 已发货 已完成 已关闭 已取消 需要您处理 没有更多消息了
    没有更多消息 会话从这里开始 尚未回复 供应商尚未回复"""
# Anywhere: what makes a name a company's, and what a reader looks for inside a sentence, with what turns it round.
_FORMS = frozenset(
    """
    co ltd limited inc corp llc gmbh company factory 有限公司 公司 厂 delivered undelivered signed entregado
    terkirim recalled withdrew unsent not un no belum cannot""".split()
)
_CODES = frozenset({
    "messageType", "msgType", "subType", "messageSubType", "contentType", "currentPage", "pageSize", "totalPage",
})  # fmt: skip
_NAMED_BY = frozenset({"moduleName", "componentName", "fieldName", "nodeName", "componentType", "@type", "@context"})
_MARKS = frozenset({"_____tmd_____", "x5sec", "punish-component", "captcha", "baxia", "AWSC"})


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """All of it."""
    words = {word for text in _labels(vars(labels)) for word in plain_words(text)} | set(plain_words(_SAID))
    units = {*_UNITS.casefold().split(), *(word for mark in (*CODES, *SIGNS, *ZONES) for word in plain_words(mark))}
    return Vocabulary(
        words=frozenset(words),
        alone=frozenset({*_said_alone(), *_UNITS.casefold().split()}),
        units=frozenset(units),
        forms=_FORMS,
        names=frozenset(_names()),
        domains=_DOMAINS,
        doors=_DOORS,
        codes=_CODES,
        named_by=_NAMED_BY,
        marks=_MARKS,
    )


def _said_alone() -> Iterator[str]:
    """The labels of one word, and what pages say in one."""
    for text in (*_labels(vars(labels)), *_ALONE.split()):
        if len(found := list(plain_words(text))) == 1:
            yield found[0]


def _labels(tables: Mapping[str, Any]) -> Iterator[str]:
    for name, table in tables.items():
        if name.isupper():
            yield from _flat(table.values() if isinstance(table, dict) else table)


def _flat(table: Iterable[Any]) -> Iterator[str]:
    for entry in table:
        yield from iter((entry,)) if isinstance(entry, str) else _flat(entry)


def _names() -> Iterator[str]:
    """Every constant text in the readers' source, whole and word by word; what documents them is none."""
    for room in _ROOMS:
        for module in files(room).iterdir():
            if module.name.endswith(".py") and module.name != "vocabulary.py":
                for text in _constants(ast.parse(module.read_text("utf-8"))):
                    yield text
                    yield from _IDENTIFIER.findall(text)
                    yield from (word.lower() for word in _NAME.findall(text))


def _constants(tree: ast.AST) -> Iterator[str]:
    documented = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented:
            yield node.value
