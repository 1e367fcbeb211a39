"""What residents say instead of an option's name, a handful by domain and language; options nobody gave aliases to."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from tests.replies.asked import read

_LANGUAGES = ("en", "fr", "es", "ar", "uk", "zh", "tl")
#: By question: its text, then an option a line, its labels in the order of the languages.
_ASKED = {
    "barrier": (
        "What keeps you from coming?",
        {
            "cost": "Cost|Le coût|El costo|التكلفة|Вартість|费用|Gastos",
            "wait": "Long wait|Temps d'attente|Mucha espera|انتظار طويل|Довге очікування|等待太久|Matagal na paghihintay",
            "shame": "Embarrassment|La gêne|Vergüenza|الخجل|Сором|不好意思|Hiya",
            "ride": "Transportation|Le transport|Transporte|المواصلات|Транспорт|交通|Transportasyon",
            "kids": "Childcare|Garde d'enfants|Cuidado de niños|رعاية الأطفال|Догляд за дітьми|照看孩子|Pangangalaga ng bata",
        },
    ),
    "home": (
        "What is the biggest problem with your home?",
        {
            "mould": "Mould|Moisissure|Moho|العفن|Пліснява|发霉|Amag",
            "pests": "Pests|Vermine|Plagas|حشرات|Шкідники|害虫|Peste",
            "noise": "Noise|Le bruit|Ruido|الضجيج|Шум|噪音|Ingay",
            "pipes": "Plumbing|Plomberie|Plomería|السباكة|Сантехніка|水管|Mga tubo",
        },
    ),
    "health": (
        "Which care is hardest to get?",
        {
            "teeth": "Dental care|Soins dentaires|Dentista|علاج الأسنان|Стоматолог|牙科|Dentista",
            "mind": "Mental health|Santé mentale|Salud mental|صحة نفسية|Психічне здоров'я|心理健康|Kalusugang pangkaisipan",
            "drugs": "Addiction services|Services de dépendance|Adicciones|علاج الإدمان|Лікування залежності|戒瘾|Adiksyon",
            "pills": "Prescriptions|Médicaments|Medicinas|أدوية|Ліки|药物|Gamot",
        },
    ),
    "box": (
        "What should the box have?",
        {
            "meat": "Meat|Viande|Carne|لحوم|М'ясо|肉类|Karne",
            "baby": "Baby supplies|Articles pour bébé|Artículos para bebé|مستلزمات الأطفال|Для немовлят|婴儿用品|Gamit pambata",
            "soap": "Hygiene products|Produits d'hygiène|Productos de higiene|مواد نظافة شخصية|Засоби гігієни|卫生用品|Gamit pangkalinisan",
        },
    ),
    "money": (
        "What worries you most?",
        {
            "debt": "Debt|Dettes|Deudas|ديون|Борги|债务|Utang",
            "power": "Power bill|Facture d'électricité|Recibo de luz|فاتورة الكهرباء|Рахунок за електрику|电费|Bayad sa kuryente",
            "job": "Losing my job|Perdre mon emploi|Perder el trabajo|فقدان العمل|Втрата роботи|失业|Nawalan ng trabaho",
        },
    ),
}


def _texts(texts: Sequence[str]) -> dict[str, str]:
    return dict(zip(_LANGUAGES, texts, strict=True))


def _flow(name: str) -> str:
    """A flow that asks one question; JSON is YAML."""
    text, lines = _ASKED[name]
    options = {option: {"label": _texts(line.split("|"))} for option, line in lines.items()}
    ask = {"ask": "choice", "text": _texts([text] * 7), "options": options, "other": True, "next": "done"}
    done = {"say": _texts(["Thanks"] * 7), "end": "completed"}
    states = {"asked": ask, "done": done}
    flow = {"flow": "asked", "title": "Asked", "languages": _LANGUAGES, "start": "asked", "states": states}
    return json.dumps(flow, ensure_ascii=False)


@pytest.mark.parametrize(
    ("asked", "language", "replies"),
    [
        ("barrier", "en", {"cost an arm and a leg": "cost", "people talk": "shame", "no sitter": "kids"}),
        ("barrier", "fr", {"ça coûte les yeux de la tête": "cost", "pas de char": "ride", "j'ai honte": "shame"}),
        ("barrier", "es", {"no me alcanza": "cost", "el qué dirán": "shame", "con quien dejar a los niños": "kids"}),
        ("barrier", "ar", {"ما معي مصاري": "cost", "كلام الناس": "shame", "ما في باص": "ride"}),
        ("barrier", "uk", {"грошей нема": "cost", "стидно": "shame", "чекати місяцями": "wait", "немає авто": "ride"}),
        ("barrier", "zh", {"没钱": "cost", "怕丢脸": "shame", "孩子没人看": "kids", "排队太久": "wait"}),
        ("barrier", "tl", {"walang pera": "cost", "nakakahiya po": "shame", "ang haba ng pila": "wait"}),
        ("home", "en", {"black spots on the wall": "mould", "bed bugs": "pests", "faucet drips": "pipes"}),
        ("home", "fr", {"du noir sur les murs": "mould", "des coquerelles": "pests", "toilette bouchée": "pipes"}),
        ("home", "es", {"huele a humedad": "mould", "cucarachas": "pests", "se tapó el baño": "pipes"}),
        ("home", "ar", {"ريحة عفن": "mould", "صراصير": "pests", "الحنفية بتنقط": "pipes"}),
        ("home", "uk", {"плісень": "mould", "клопи": "pests", "сусіди гупають": "noise", "унітаз": "pipes"}),
        ("home", "zh", {"墙上发黑": "mould", "有老鼠": "pests", "楼上吵": "noise", "马桶堵了": "pipes"}),
        ("home", "tl", {"inaamag": "mould", "daming ipis": "pests", "barado ang kubeta": "pipes"}),
        (
            "health",
            "en",
            {"root canal": "teeth", "somebody to talk to": "mind", "detox": "drugs", "my insulin": "pills"},
        ),
        ("health", "fr", {"un psy": "mind", "mes pilules": "pills", "une cure": "drugs"}),
        ("health", "es", {"la muela": "teeth", "un psicólogo": "mind", "mis pastillas": "pills"}),
        ("health", "ar", {"دكتور سنان": "teeth", "دكتور نفسي": "mind", "حبوب": "pills"}),
        ("health", "uk", {"зуби": "teeth", "психолог": "mind", "таблетки": "pills"}),
        ("health", "zh", {"看牙": "teeth", "抑郁": "mind", "戒酒": "drugs", "拿药": "pills"}),
        ("health", "tl", {"bunot ng ngipin": "teeth", "walang makausap": "mind", "maintenance": "pills"}),
        ("box", "en", {"hamburger": "meat", "diapers": "baby", "toothpaste": "soap", "a tent": "other"}),
        ("box", "fr", {"du steak haché": "meat", "des couches": "baby", "papier de toilette": "soap"}),
        ("box", "es", {"pollito": "meat", "pañales": "baby", "papel de baño": "soap"}),
        ("box", "ar", {"دجاج": "meat", "بامبرز": "baby", "صابون": "soap"}),
        ("box", "uk", {"курочка": "meat", "памперси": "baby", "мило": "soap"}),
        ("box", "zh", {"排骨": "meat", "尿不湿": "baby", "牙膏": "soap", "帐篷": "other"}),
        ("box", "tl", {"manok": "meat", "lampin": "baby", "sabon": "soap"}),
        ("money", "en", {"my credit card": "debt", "light bill": "power", "getting laid off": "job"}),
        ("money", "fr", {"carte de crédit": "debt", "l'hydro": "power", "tomber sur le chômage": "job"}),
        ("money", "es", {"la tarjeta de crédito": "debt", "el recibo de la luz": "power", "que me despidieron": "job"}),
        ("money", "ar", {"علي ديون": "debt", "فاتورة الكهربا": "power", "بدون شغل": "job"}),
        ("money", "uk", {"кредитка": "debt", "за світло": "power", "звільнили": "job"}),
        ("money", "zh", {"信用卡": "debt", "交电费": "power", "被裁": "job"}),
        ("money", "tl", {"nangutang": "debt", "bill sa kuryente": "power", "natanggal sa trabaho": "job"}),
    ],
)
def test_an_everyday_word_finds_its_option(asked: str, language: str, replies: dict[str, str]) -> None:
    flow = _flow(asked)
    assert {reply: read(flow, "asked", language, reply).value for reply in replies} == replies
