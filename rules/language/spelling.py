"""One spelling for phrases and messages alike, so that a phrase is found however it, or what somebody wrote, is spelled.

Case, width, accents, apostrophes, invisible signs, letters of other alphabets that look Latin, letters and Chinese
characters drawn apart: all are undone on both sides. Names come out of their disguise ("wh@ts4pp"), and a long word with
one wrong, missing, extra or swapped letter is read as the phrase book's word, unless it is another word in common use.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

CJK = "\u3400-\u9fff"  # between brackets of a regular expression: what is written without spaces
_SPACED = re.compile(r"(?<![^\W_])(?:[a-z][\s.\-_*·/|]{1,3}){3,}[a-z](?![^\W_])")
_SPACED_CJK = re.compile(rf"(?<=[{CJK}])[\s.\-_*·]{{1,3}}(?=[{CJK}])")
_WORD = re.compile(rf"[{CJK}]+|[^\W_{CJK}]+(?:[@$][^\W_{CJK}]+)*|,")
_SIMPLE = re.compile("[a-z]{2,}(?: [a-z]{2,})*")  # in which there is nothing to undo; most of the data is
_ASKED = re.compile("(?<=能)不能|(?<=可)不可|(?<=是)不是|(?<=行)不行")  # "can you or can you not" denies nothing
_SIGNS = str.maketrans({
    **dict.fromkeys("’‘ʼʹ´`′‛＇", "'"), "，": ",", "、": ",", "：": " ", "（": " ", "）": " ",
    "œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l",
})  # fmt: skip
# Letters of other alphabets that look like Latin ones, and figures and signs that stand for letters.
_ALIKE = str.maketrans("авекмнорстухіјѕԁαεικνορτυχ", "abekmhopctyxijsdaeiknoptux")
# Traditional characters of trade talk, as they are written in the simplified ones.
_TRADITIONAL = str.maketrans(
    "們個這來為對說會時還沒過後發貨買賣錢帳賬號碼匯轉單據運費關稅質問題貴雙裝櫃載錯誤應該當與從經紙實際產業務員廠"
    "線電機腦視頻圖樣話語讓給銀幣點擊確認處諒遲壞損壓輪軟鬆緊鐵鋼鋁銅塗層縫織邊緣紋裡裏麼嗎於則備註標籤貼顏藍綠紅"
    "黃淺藥車輛燈燒燙鑄鍛銲師負責賠償補東數總額減價漲優現錄訂書約談論議決爭糾紛銷結終餘間內網頁連鏈繼續試驗檢異見"
    "證開閉門戶廣場國歐準規圍範無須願態熱誠懇謝學導緻隨盡儘趕馬剛纔較輕環節創傷長張兩萬億幾條頂風飛麵鋪擺掛搖擋擔"
    "擴擠擬揀撥撿擇擁掃擾攔護傳僅係側傾債偽偉傑俠協嚴喪喬慘憑憂懷慮懼戀懶聽聲聯職聖聞聰聳術衝衛複襯襪襲觀覺覽觸訓"
    "訊記訪設許訴診詐評詞詢詳誇誌誰課調請諸謀講謊譜識譯讀變豐貝貞財貢貧販貪購貫貯貶貸賀資賒賓賞賢賤賦賭賴賺贈贊贏"
    "軌軍軸輔輝輸轄農達違遠適選遺邁郵鄰釀釋針釘鈕鈔鉛鉤銘鋒鋸鍵鎖鏡鏽鐘鑰闆閃閒閱陣陰陳陸陽隊階險隱隻雜雞離難雲霧"
    "靜響項順預頓領頭顧顯飯飲飾餅館騙騷驅驚驟髒體鬥魚鮮鳥麥齊齒龍龜檔欄權橋樁樓橫歡歲歷歸殘殺氣況凍淨溝滅滿漁漢潔"
    "潤潛澤濃濕濟瀏灣災烏煙煩爐爛爾牆獎獨獲獻瑪畫瘋療瘡皺盜監盤盧眾睜矯礎礙禮禦禿種稱穀積穩窩窮竊競筆筍築簡簽簾籃"
    "糧紀納紐級細組絕絲綁維締編緩練縣縮縱績繞繪繩繳纖罰羅習肅脅腸膚膠臉臨舉舊艦艙艱藝莊華葉蓋蓮薦蘇虛蝦蟲製褲親遞"
    "臺週黴乾劑並併佈倉庫啟啓塊夠夾寫寶將專尋屬幫強彈復徵憶戲戰拋掙揮換搶敗斷晝曆朧極構槍樹殼毀毆氈滲滾漸營狀猶疊"
    "磚絨緒繡罷腳臟茲藉螢覆託諾謬趨跡蹤辦遊鄭釐鈴錶鍋鎳靈韌類騰鹽暫厭參團壇妝嚐嘗圓帶廢徑慣憤撐攝斂榮榦汙洩淚測湯"
    "滯瀉犧狹瓏甦癒盞礦禍糞絡綢緞縐罈翹聾脫腫膽蒐蔔蘆蝕蠟衊襠贓轟鋅錫鍊鑽鞏顆顛颳駁驢髮鬍鹼佔倆兌凱動勞勢區卻厲吳"
    "嘆嚇執報塵墊壯夢奪奮婦媽嬌孫寧審屆峽島幹廁廚彎徹悶惡愛慶懲捲採揚攜敘敵暈曬朮棄棗楊沖溫濾煉熒爺牽獄畢癥皚矚祕"
    "竅簍籌糰繫纏臘興葷蒼蘭蛻諷貿遷鄉醬釣飄養鬧鳳鹹麗黨著謝協樂獸擲傘",
    "们个这来为对说会时还没过后发货买卖钱帐账号码汇转单据运费关税质问题贵双装柜载错误应该当与从经纸实际产业务员厂"
    "线电机脑视频图样话语让给银币点击确认处谅迟坏损压轮软松紧铁钢铝铜涂层缝织边缘纹里里么吗于则备注标签贴颜蓝绿红"
    "黄浅药车辆灯烧烫铸锻焊师负责赔偿补东数总额减价涨优现录订书约谈论议决争纠纷销结终余间内网页连链继续试验检异见"
    "证开闭门户广场国欧准规围范无须愿态热诚恳谢学导致随尽尽赶马刚才较轻环节创伤长张两万亿几条顶风飞面铺摆挂摇挡担"
    "扩挤拟拣拨捡择拥扫扰拦护传仅系侧倾债伪伟杰侠协严丧乔惨凭忧怀虑惧恋懒听声联职圣闻聪耸术冲卫复衬袜袭观觉览触训"
    "讯记访设许诉诊诈评词询详夸志谁课调请诸谋讲谎谱识译读变丰贝贞财贡贫贩贪购贯贮贬贷贺资赊宾赏贤贱赋赌赖赚赠赞赢"
    "轨军轴辅辉输辖农达违远适选遗迈邮邻酿释针钉钮钞铅钩铭锋锯键锁镜锈钟钥板闪闲阅阵阴陈陆阳队阶险隐只杂鸡离难云雾"
    "静响项顺预顿领头顾显饭饮饰饼馆骗骚驱惊骤脏体斗鱼鲜鸟麦齐齿龙龟档栏权桥桩楼横欢岁历归残杀气况冻净沟灭满渔汉洁"
    "润潜泽浓湿济浏湾灾乌烟烦炉烂尔墙奖独获献玛画疯疗疮皱盗监盘卢众睁矫础碍礼御秃种称谷积稳窝穷窃竞笔笋筑简签帘篮"
    "粮纪纳纽级细组绝丝绑维缔编缓练县缩纵绩绕绘绳缴纤罚罗习肃胁肠肤胶脸临举旧舰舱艰艺庄华叶盖莲荐苏虚虾虫制裤亲递"
    "台周霉干剂并并布仓库启启块够夹写宝将专寻属帮强弹复征忆戏战抛挣挥换抢败断昼历胧极构枪树壳毁殴毡渗滚渐营状犹叠"
    "砖绒绪绣罢脚脏兹借萤复托诺谬趋迹踪办游郑厘铃表锅镍灵韧类腾盐暂厌参团坛妆尝尝圆带废径惯愤撑摄敛荣干污泄泪测汤"
    "滞泻牺狭珑苏愈盏矿祸粪络绸缎绉坛翘聋脱肿胆搜卜芦蚀蜡蔑裆赃轰锌锡链钻巩颗颠刮驳驴发胡碱占俩兑凯动劳势区却厉吴"
    "叹吓执报尘垫壮梦夺奋妇妈娇孙宁审届峡岛干厕厨弯彻闷恶爱庆惩卷采扬携叙敌晕晒术弃枣杨冲温滤炼荧爷牵狱毕症皑瞩秘"
    "窍篓筹团系缠腊兴荤苍兰蜕讽贸迁乡酱钓飘养闹凤咸丽党着谢协乐兽掷伞",
)
_LOOKS_LATIN = re.compile("[\u0370-\u052f]")
_LETTERS, _LATIN = re.compile(r"[^\W\d_]+"), re.compile("[a-z]")
_FIGURES = str.maketrans("0134578@$", "oieastbas")
_INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200f\u2060-\u2064\ufeff]")
_ACCENTS = re.compile("(?<=[a-z])[\u0300-\u036f]+")
# "l'usine", "d'Alibaba": the French article is a word of its own; "don't" and "boss's" stay one word.
_ELIDED = re.compile(r"(?<![^\W_])(?<!')((?:jus|lors|puis|quoi)?qu|[cdjlmnst])'(?=[aeiouyh])")
_DOUBLED = re.compile(r"(.)\1+")
_END = 3  # letters at either end of a long word; no one error changes both ends
_LONG = 8  # letters of a word in which one error is forgiven


def folded(text: str) -> str:
    """Small letters of one alphabet and one width, no accents, one kind of apostrophe, nothing invisible."""
    if text.isascii():
        return text.translate(_SIGNS).casefold()
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text).translate(_SIGNS)).translate(_TRADITIONAL).casefold()
    text = unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", text)))
    if not _LOOKS_LATIN.search(text):
        return text
    return _LETTERS.sub(lambda m: m[0].translate(_ALIKE) if _LATIN.search(m[0]) else m[0], text)


def words(text: str) -> list[str]:
    """The text's words and commas, folded; Latin letters beside Chinese characters are words of their own."""
    if _SIMPLE.fullmatch(text):
        return text.split()
    text = _ELIDED.sub(r"\1 ", folded(text)).replace("'", "")
    text = _SPACED.sub(lambda m: re.sub(r"[^a-z]", "", m[0]), text)
    return _WORD.findall(_ASKED.sub("", _SPACED_CJK.sub("", text)))


def ways(text: str) -> tuple[str, ...]:
    """The text, and with its French articles joined to their nouns, as those write who leave the apostrophe out."""
    return (text,) if _SIMPLE.fullmatch(text) else tuple(dict.fromkeys((text, _ELIDED.sub(r"\1", folded(text)))))


@dataclass(frozen=True, eq=False)
class Spelling:
    """The words that a phrase book knows: a name's disguises, and how its long words are mistaken.

    `names` maps what a disguise comes down to, to the name; `known` words are never taken for others; `alike` are the long
    ones by their length and how they begin or end: one error leaves either of these as it was.
    """

    names: Mapping[str, str]
    known: frozenset[str]
    alike: Mapping[tuple[str, int], tuple[str, ...]]

    def plain(self, text: str) -> str:
        """The text in plain words, a space between: names out of their disguise, long words without a typing error."""
        return " ".join(self.named(word) or self._meant(word) for word in words(text))

    def named(self, word: str) -> str:
        """The name that the word is, in disguise or not; "" where it is none."""
        return self.names.get(_bare(word), "")

    def _meant(self, word: str) -> str:
        """The one long word that this is, but for one letter; the word itself where there is none, or more than one."""
        if len(word) < _LONG - 1 or word in self.known:
            return word
        lengths = range(len(word) - 1, len(word) + 2)
        keys = (key for length in lengths for key in _ends(word, length))
        near = {meant for key in keys for meant in self.alike.get(key, ()) if _one_apart(word, meant)}
        return near.pop() if len(near) == 1 else word


def spelling(names: Mapping[str, Iterable[str]], known: Iterable[str], other: Iterable[str] = ()) -> Spelling:
    """The spelling of a phrase book: names with their disguises, its words, and `other` words that are not errors."""
    disguises = {_bare("".join(words(variant))): name for name, variants in names.items() for variant in variants}
    own = frozenset(word for text in set(known) for way in ways(text) for word in words(way))
    alike: dict[tuple[str, int], list[str]] = {}
    for word in own:
        if len(word) >= _LONG and word.isascii() and word.isalpha():
            for key in _ends(word, len(word)):
                alike.setdefault(key, []).append(word)
    others = frozenset(word for text in set(other) for word in words(text))
    return Spelling(disguises, own | others, {key: tuple(meant) for key, meant in alike.items()})


def _ends(word: str, length: int) -> tuple[tuple[str, int], tuple[str, int]]:
    """What a word of that length is looked up by that begins, or ends, as this one does."""
    return (f"{word[:_END]}…", length), (f"…{word[-_END:]}", length)


def _one_apart(one: str, other: str) -> bool:
    """Whether one letter is wrong, missing or extra, or two neighbours are swapped."""
    if len(one) > len(other):
        one, other = other, one
    at = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    if len(one) < len(other):
        return len(other) - len(one) == 1 and one[at:] == other[at + 1 :]
    swapped = one[at : at + 2][::-1] == other[at : at + 2] and one[at + 2 :] == other[at + 2 :]
    return swapped or one[at + 1 :] == other[at + 1 :]


@lru_cache(20_000)  # the same words stand in many phrases, and in many messages
def _bare(word: str) -> str:
    """A word without doubled letters, figures read as the letters that they look like."""
    letters = word.translate(_FIGURES) if _LATIN.search(word) else word
    return _DOUBLED.sub(r"\1", letters)
