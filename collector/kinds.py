"""The kinds of pages and of files, each written once: what it is called, where it stands in a pack, what is done with it.

Everybody else looks here. A kind that is added is one row; one that is not known, from a later version, has no marks.
"""

from __future__ import annotations

from dataclasses import dataclass

BACKGROUND_ZH = "案件背景情况"  # what is proved by a kind of which nothing more is said
LAST = 1000  # among what is uploaded to the site: after everything that has a weight of its own


@dataclass(frozen=True, slots=True)
class PageKind:
    """A kind of page. The order of the rows is the order of a case's pages, and theirs in a pack.

    `title` is what a pack calls it; `weight` its place among what is uploaded to the site, lightest first, on one scale with
    files. `of_case`: a case has such pages, named by the buyer or found from its order page. `of_order`: it is of one order,
    and shows its number. `private`: shown to the signed-in account alone; `public`: to anybody, so that a pack shows its
    source, too. Of other pages nobody knows. `several`: the buyer may name more than one;
    another address of other kinds takes the place of the first. `joins`: another one that is found joins those that the case
    has. `later`: it may come into being long after the order, so every look at the order page looks for it. `by_supplier`:
    it may be named by the supplier instead of an address. `help` is what the command line says of it. `zh` is its title in
    Chinese, `shows_zh` what it proves where it bears on no reason.
    """

    name: str
    title: str
    weight: int = LAST
    of_case: bool = False
    of_order: bool = False
    private: bool = False
    public: bool = False
    several: bool = False
    joins: bool = False
    later: bool = False
    by_supplier: bool = False
    help: str = ""
    zh: str = "网页"
    shows_zh: str = BACKGROUND_ZH


PAGE_KINDS: tuple[PageKind, ...] = (
    PageKind(
        "order", "Order page", 10, zh="订单页面", shows_zh="订单的成立及内容", of_case=True, of_order=True, private=True,
    ),
    PageKind(
        "thread", "Message Center conversation", 60, zh="消息中心聊天记录", shows_zh="双方的沟通过程",
        of_case=True, private=True, several=True, joins=True, by_supplier=True,
        help="A conversation: its address, or its supplier's name.",
    ),
    PageKind("supplier", "Supplier page", 120, zh="供应商页面", shows_zh="卖方的主体信息", of_case=True, public=True),
    PageKind(
        "product", "Product page", 130, zh="产品页面", shows_zh="卖方对产品的描述", of_case=True, public=True, several=True,
    ),
    # Disputes of one order follow each other.
    PageKind(
        "dispute", "Dispute page", 40, zh="纠纷（退款申请）页面", shows_zh="退款申请的提出和处理情况",
        of_case=True, of_order=True, private=True, several=True, joins=True, later=True,
    ),
    PageKind("tracking", "Tracking", 70, zh="物流跟踪页面", shows_zh="货物运输情况", of_order=True, private=True),
    PageKind("search", "Search page", zh="搜索结果页面", public=True),
    PageKind("order_list", "Order list", zh="订单列表页面", private=True),
    PageKind("dispute_list", "Dispute list", zh="纠纷列表页面", private=True),
    PageKind("conversations", "Conversations", zh="会话列表页面", private=True),
    PageKind("account", "Account", zh="账户页面", private=True),
    PageKind("page", "Web page", zh="网页"),  # any page at all: a carrier's, a bank's
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of the buyer's own files. The order of the rows is their order in a pack.

    `title` is what a pack calls it, `zh` what a Chinese text does; `weight` its place among what is uploaded to the site,
    lightest first, on one scale with pages. `mixed`: stands in a pack after all others, by the day it was added. `read`: a
    page or a conversation, read by the readers and looked up by where and when it was saved. `wordless`: holds no text.
    `media_types`: beginnings of the media types that are taken for it where the buyer does not say what a file is.
    `shows_zh`: as of pages.
    """

    name: str
    title: str
    zh: str
    weight: int = LAST
    mixed: bool = False
    read: bool = False
    wordless: bool = False
    media_types: tuple[str, ...] = ()
    shows_zh: str = BACKGROUND_ZH


FILE_KINDS: tuple[FileKind, ...] = (
    FileKind("contract", "Contract", "合同", 20, shows_zh="合同的成立及内容"),
    FileKind("photo", "Photo", "照片", 30, shows_zh="货物的实际状况", wordless=True, media_types=("image/",)),
    FileKind("video", "Video", "视频", shows_zh="货物的实际状况", wordless=True, media_types=("video/",)),
    FileKind("inspection", "Inspection report", "检验报告", 50),
    FileKind("sample", "Sample approval", "样品图片", 110),
    FileKind("packing_list", "Packing list", "装箱单", 80),
    FileKind("tracking", "Tracking record", "物流记录", 70, shows_zh="货物运输情况"),
    FileKind("receipt", "Receipt", "收据", 100, shows_zh="付款情况"),
    FileKind("payment", "Proof of payment", "付款凭证", 90, shows_zh="付款情况"),
    FileKind(
        "chat", "Chat kept by the buyer", "聊天记录", shows_zh="双方的沟通过程", mixed=True, read=True,
        media_types=("message/rfc822", "application/vnd.ms-outlook"),
    ),
    FileKind(
        "page", "Page saved by hand", "网页", mixed=True, read=True,
        media_types=("multipart/related", "application/x-webarchive", "text/html", "application/xhtml+xml"),
    ),
    FileKind("other", "File", "文件", mixed=True),
)  # fmt: skip


def in_words(name: str) -> str:
    """A name in lower case words: "packing_list" is "packing list"."""
    return name.replace("_", " ")


def page_kind(name: str) -> PageKind:
    """The row of that kind; one without marks where it is not known."""
    return next((kind for kind in PAGE_KINDS if kind.name == name), PageKind(name, in_words(name).capitalize()))


def page_names() -> tuple[str, ...]:
    """Every kind of page that is known."""
    return tuple(kind.name for kind in PAGE_KINDS)


def case_kinds() -> tuple[PageKind, ...]:
    """The kinds of pages that a case has."""
    return tuple(kind for kind in PAGE_KINDS if kind.of_case)


def case_pages() -> tuple[str, ...]:
    """Their names."""
    return tuple(kind.name for kind in case_kinds())


def page_rank(name: str) -> int:
    """Where pages of that kind stand in a case and in a pack; those that no case has come after all others."""
    return PAGE_KINDS.index(kind) if (kind := page_kind(name)).of_case else len(PAGE_KINDS)


def file_kind(name: str) -> FileKind:
    """The row of that kind; one without marks where it is not known."""
    unknown = FileKind(name, in_words(name).capitalize(), name, mixed=True)
    return next((kind for kind in FILE_KINDS if kind.name == name), unknown)


def file_names() -> tuple[str, ...]:
    """The kinds of files that the buyer may name."""
    return tuple(kind.name for kind in FILE_KINDS)


def file_kind_of(media_type: str) -> str:
    """What a file of that media type is taken for where nobody says what it is."""
    return next((kind.name for kind in FILE_KINDS if media_type.startswith(kind.media_types)), "other")


def file_rank(name: str) -> int:
    """Where files of that kind stand in a pack."""
    return len(FILE_KINDS) if (kind := file_kind(name)).mixed else FILE_KINDS.index(kind)
