"""Words and sentences for the corpus: invented, in several scripts, and the same on every run."""

from __future__ import annotations

from dataclasses import dataclass

REGIONS = ["North", "South", "East", "West", "Centre", "Islands", "Coast", "Highlands"]
PRODUCTS = ["Lamps", "Kettles", "Chairs", "Shelves", "Rugs", "Clocks", "Vases", "Desks"]
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
QUARTERS = ["Q1", "Q2", "Q3", "Q4"]


@dataclass(frozen=True)
class Tongue:
    """Parts of sentences of a language: who, does what, how, when."""

    tag: str
    parts: tuple[tuple[str, ...], ...]
    joint: str = " "
    stop: str = "."


ENGLISH = Tongue(
    "en",
    (
        (
            "The northern shops",
            "Two of five suppliers",
            "Our new warehouse",
            "Repeat buyers",
            "The spring catalogue",
            "Every third visitor",
            "The delivery team",
        ),
        (
            "sell more lamps",
            "answer within a day",
            "cost 12 % less",
            "need a second shift",
            "return fewer chairs",
            "ask for longer opening hours",
            "save 3.4 t of cardboard",
        ),
        (
            "than the plan says",
            "since the price list changed",
            "although demand is flat",
            "because routes are shorter",
            "once training is finished",
            "with half the paperwork",
        ),
        (
            "in the third quarter",
            "this year",
            "before the autumn fair",
            "for the first time",
            "from October on",
            "in every region but one",
        ),
    ),
)
GERMAN = Tongue(
    "de",
    (
        (
            "Die Lieferzeitverkürzung",
            "Das Zwischenlager im Norden",
            "Jede dritte Rücksendung",
            "Die Verpackungsvorschrift",
            "Unsere Werkstattleitung",
        ),
        (
            "senkt die Kosten um 12 %",
            "braucht eine zweite Schicht",
            "überzeugt die Großkunden",
            "spart 3,4 t Pappe",
            "verlängert die Öffnungszeiten",
        ),
        ("seit der Preisänderung", "trotz schwacher Nachfrage", "dank kürzerer Wege"),
        ("im dritten Quartal", "in diesem Jahr", "vor der Herbstmesse"),
    ),
)
FRENCH = Tongue(
    "fr",
    (
        ("L’entrepôt du nord", "Le catalogue d’été", "Un visiteur sur trois"),
        ("coûte 12 % de moins", "répond en un jour", "économise 3,4 t de carton"),
        ("depuis le nouveau tarif", "grâce à des trajets plus courts"),
        ("cette année", "au troisième trimestre", "dès la rentrée"),
    ),
)
GREEK = Tongue(
    "el",
    (
        ("Η νέα αποθήκη", "Κάθε τρίτος πελάτης", "Ο κατάλογος"),
        ("κοστίζει λιγότερο", "απαντά σε μία μέρα", "χρειάζεται δεύτερη βάρδια"),
        ("από τον Οκτώβριο", "σε κάθε περιοχή", "αυτή τη χρονιά"),
    ),
)
RUSSIAN = Tongue(
    "ru",
    (
        ("Новый склад", "Каждый третий клиент", "Весенний каталог"),
        ("стоит на 12 % дешевле", "отвечает за один день", "требует второй смены"),
        ("в этом году", "с октября", "во всех регионах, кроме одного"),
    ),
)
CHINESE = Tongue(
    "zh-Hans",
    (
        ("北部的门店", "新的仓库", "每三位顾客中的一位", "春季目录"),
        ("卖出更多的灯", "成本降低了12%", "需要第二个班次", "在一天之内答复"),
        ("比计划的多", "因为路线更短", "自从价格表改变以来"),
    ),
    joint=",",
    stop="。",
)
JAPANESE = Tongue(
    "ja",
    (
        ("北の店舗は", "新しい倉庫は", "春のカタログは", "三人に一人のお客様は"),
        ("ランプを多く売り", "費用が12%低く", "一日以内に答え"),
        ("計画より早く進んでいます", "第二のシフトが必要です", "紙を半分にしました"),
    ),
    joint="、",
    stop="。",
)
ARABIC = Tongue(
    "ar",
    (
        ("المخزن الجديد", "متاجر الشمال", "كل زائر ثالث"),
        ("يحتاج إلى وردية ثانية", "يجيب في يوم واحد", "يوفر الورق"),
        ("منذ تغيير الأسعار", "في هذا العام", "قبل معرض الخريف"),
    ),
)
HEBREW = Tongue(
    "he",
    (
        ("המחסן החדש", "החנויות בצפון", "כל מבקר שלישי"),
        ("צריך משמרת שנייה", "עונה בתוך יום", "חוסך קרטון"),
        ("מאז שינוי המחירים", "השנה", "לפני יריד הסתיו"),
    ),
)
TONGUES = [ENGLISH, GERMAN, FRENCH, GREEK, RUSSIAN, CHINESE, JAPANESE, ARABIC, HEBREW]


class Choice:
    """Picks that look arbitrary and are the same on every machine."""

    def __init__(self, seed: int) -> None:
        """Starts a sequence of picks of its own."""
        self.state = seed * 2654435761 % 2**32 or 1

    def below(self, limit: int) -> int:
        """A number from 0, less than the limit."""
        self.state = (self.state * 1664525 + 1013904223) % 2**32
        return (self.state >> 8) % limit

    def of(self, options: list[str] | tuple[str, ...]) -> str:
        """One of some texts."""
        return options[self.below(len(options))]

    def sentence(self, tongue: Tongue = ENGLISH, parts: int | None = None) -> str:
        """A sentence of a language without its stop, of its first parts."""
        chosen = tongue.parts[: parts or len(tongue.parts)]
        return tongue.joint.join(self.of(part) for part in chosen)

    def paragraph(self, tongue: Tongue = ENGLISH, sentences: int = 2) -> str:
        """Some sentences of a language, one after the other."""
        space = "" if tongue.stop == "。" else " "
        return space.join(self.sentence(tongue) + tongue.stop for _ in range(sentences))

    def number(self, low: float, high: float, decimals: int = 0) -> float | int:
        """A number in a range, with so many digits after the point."""
        steps = round((high - low) * 10**decimals)
        number = round(low + self.below(steps + 1) / 10**decimals, decimals)
        return number if decimals else int(number)
