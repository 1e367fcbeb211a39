"""Everyday words for learning, work, getting about, safety, the town, recreation, events, news, households and pets."""

from __future__ import annotations

import pytest

from flows.replies.words import languages, words
from tests.replies.asked import read

_FLOW = """
flow: topics
title: Topics
languages: [en, fr, es, ar, uk, zh, tl]
start: learn
states:
  learn:
    ask: choice
    text: {en: What would you like to learn?, fr: Que voulez-vous apprendre?, es: ¿Qué quiere aprender?, ar: ماذا تريد أن تتعلم؟, uk: Чого ви хочете навчитися?, zh: 您想学什么？, tl: Ano ang gusto mong matutunan?}
    options:
      driving: {label: {en: Driving lessons, fr: Cours de conduite, es: Clases de manejo, ar: دروس قيادة, uk: Уроки водіння, zh: 驾驶课, tl: Aralin sa pagmamaneho}}
      computers: {label: {en: Computer class, fr: Cours d'informatique, es: Clases de computación, ar: دروس كمبيوتر, uk: Комп'ютерні курси, zh: 电脑课, tl: Klase sa kompyuter}}
      trades: {label: {en: Trades training, fr: Métiers spécialisés, es: Oficios, ar: تدريب مهني, uk: Робітничі професії, zh: 技工培训, tl: Kasanayang teknikal}}
      cooking: {label: {en: Cooking, fr: Cuisine, es: Cocina, ar: الطبخ, uk: Кулінарія, zh: 烹饪, tl: Pagluluto}}
    other: true
    next: sector
  sector:
    ask: choice
    text: {en: What work do you look for?, fr: Quel travail cherchez-vous?, es: ¿Qué trabajo busca?, ar: أي عمل تبحث عنه؟, uk: Яку роботу шукаєте?, zh: 您找什么工作？, tl: Anong trabaho ang hanap mo?}
    options:
      fishing: {label: {en: Fishing, fr: Pêche, es: Pesca, ar: صيد السمك, uk: Рибальство, zh: 渔业, tl: Pangingisda}}
      retail: {label: {en: Retail, fr: Vente au détail, es: Ventas, ar: مبيعات, uk: Торгівля, zh: 零售, tl: Pagtitinda}}
      care: {label: {en: Health care, fr: Soins de santé, es: Atención médica, ar: الرعاية الصحية, uk: Охорона здоров'я, zh: 医疗, tl: Pangangalagang pangkalusugan}}
      trucking: {label: {en: Truck driving, fr: Camionnage, es: Conducir camión, ar: قيادة الشاحنات, uk: Вантажівки, zh: 卡车司机, tl: Pagmamaneho ng trak}}
    other: true
    next: street
  street:
    ask: choice
    text: {en: What worries you most here?, fr: Qu'est-ce qui vous inquiète le plus ici?, es: ¿Qué le preocupa más aquí?, ar: ما أكثر شيء يقلقك هنا؟, uk: Що вас тут найбільше турбує?, zh: 这里您最担心什么？, tl: Ano ang pinakaikinababahala mo rito?}
    options:
      lighting: {label: {en: Street lighting, fr: Éclairage, es: Alumbrado, ar: إنارة الشوارع, uk: Освітлення, zh: 路灯, tl: Ilaw sa kalye}}
      speeding: {label: {en: Speeding, fr: Excès de vitesse, es: Exceso de velocidad, ar: السرعة الزائدة, uk: Перевищення швидкості, zh: 超速, tl: Overspeeding}}
      thefts: {label: {en: Break-ins, fr: Introductions par effraction, es: Robos, ar: السرقات, uk: Крадіжки, zh: 入室盗窃, tl: Pagnanakaw}}
      dogs: {label: {en: Loose dogs, fr: Chiens errants, es: Perros sueltos, ar: كلاب ضالة, uk: Бродячі собаки, zh: 流浪狗, tl: Asong gala}}
    other: true
    next: town
  town:
    ask: choice
    text: {en: What should the town do better?, fr: Que doit améliorer la ville?, es: ¿Qué debe mejorar el pueblo?, ar: ماذا يجب أن تحسن البلدة؟, uk: Що місту поліпшити?, zh: 镇上该改进什么？, tl: Ano ang dapat pagbutihin ng bayan?}
    options:
      snow: {label: {en: Snow removal, fr: Déneigement, es: Quitar la nieve, ar: إزالة الثلج, uk: Прибирання снігу, zh: 铲雪, tl: Pag-alis ng niyebe}}
      potholes: {label: {en: Potholes, fr: Nids-de-poule, es: Baches, ar: حفر الشوارع, uk: Ями на дорогах, zh: 路面坑洞, tl: Mga lubak}}
      compost: {label: {en: Compost, fr: Compost, es: Composta, ar: نفايات عضوية, uk: Компост, zh: 厨余, tl: Nabubulok}}
      internet: {label: {en: Internet, fr: Internet, es: Internet, ar: الإنترنت, uk: Інтернет, zh: 网络, tl: Internet}}
    other: true
    next: fun
  fun:
    ask: choice
    text: {en: What should there be more of?, fr: De quoi faut-il davantage?, es: ¿De qué debe haber más?, ar: ماذا نحتاج أكثر؟, uk: Чого має бути більше?, zh: 应该多些什么？, tl: Ano ang dapat dagdagan?}
    options:
      music: {label: {en: Music lessons, fr: Cours de musique, es: Clases de música, ar: دروس موسيقى, uk: Уроки музики, zh: 音乐课, tl: Klase sa musika}}
      games: {label: {en: Board games, fr: Jeux de société, es: Juegos de mesa, ar: ألعاب طاولة, uk: Настільні ігри, zh: 桌游, tl: Board games}}
      movies: {label: {en: Movie nights, fr: Soirées cinéma, es: Cine, ar: ليلة أفلام, uk: Кіновечір, zh: 电影之夜, tl: Movie night}}
      gym: {label: {en: Gym, fr: Gym, es: Gimnasio, ar: نادي رياضي, uk: Спортзал, zh: 健身房, tl: Gym}}
    other: true
    next: need
  need:
    ask: choice
    text: {en: What do you need?, fr: De quoi avez-vous besoin?, es: ¿Qué necesita?, ar: ماذا تحتاج؟, uk: Що вам треба?, zh: 您需要什么？, tl: Ano ang kailangan mo?}
    options:
      hygiene: {label: {en: Toiletries, fr: Produits d'hygiène, es: Artículos de higiene, ar: مستلزمات النظافة الشخصية, uk: Засоби гігієни, zh: 洗漱用品, tl: Gamit pangkalinisan}}
      blankets: {label: {en: Blankets, fr: Couvertures, es: Cobijas, ar: بطانيات, uk: Ковдри, zh: 毯子, tl: Kumot}}
      kitchen: {label: {en: Kitchen items, fr: Articles de cuisine, es: Artículos de cocina, ar: مستلزمات المطبخ, uk: Посуд, zh: 厨房用品, tl: Gamit sa kusina}}
      pets: {label: {en: Pet food, fr: Nourriture pour animaux, es: Comida para mascotas, ar: طعام الحيوانات, uk: Корм для тварин, zh: 宠物食品, tl: Pagkain ng alaga}}
    other: true
    next: barrier
  barrier:
    ask: choice
    text: {en: What keeps you from coming?, fr: Qu'est-ce qui vous empêche de venir?, es: ¿Qué le impide venir?, ar: ما الذي يمنعك من الحضور؟, uk: Що заважає вам приходити?, zh: 什么让您来不了？, tl: Ano ang humahadlang sa iyo?}
    options:
      care: {label: {en: Child care, fr: Garde d'enfants, es: Cuidado de niños, ar: رعاية أطفال, uk: Догляд за дітьми, zh: 儿童看护, tl: Pag-aalaga ng bata}}
      ride: {label: {en: No transportation, fr: Pas de transport, es: Sin transporte, ar: لا مواصلات, uk: Немає транспорту, zh: 没有交通工具, tl: Walang transportasyon}}
      language: {label: {en: Language barrier, fr: Barrière de la langue, es: Barrera del idioma, ar: حاجز اللغة, uk: Мовний бар'єр, zh: 语言障碍, tl: Hadlang sa wika}}
    other: true
    next: done
  done: {say: Thanks, end: completed}
"""


@pytest.mark.parametrize(
    ("state", "replies"),
    [
        (
            "learn",
            {
                "driving": "get my license|mon permis|sacar la licencia|اتعلم سواقة|здати на права|想学车|matuto mag drive",
                "computers": "excel|apprendre l'ordi|usar la compu|لابتوب|ноутбук|打字|mag laptop",
                "trades": "welding|la soudure|soldador|لحام|зварювальник|学电工|mag welding",
                "cooking": "baking|des recettes|recetas|وصفات|рецепти|做菜|mag bake",
            },
        ),
        (
            "sector",
            {
                "fishing": "the lobster boats|homard|langosta|لوبستر|краби|龙虾|alimango",
                "retail": "cashier|caissière|cajera|كاشير|касир|收银员|kahera",
                "care": "nurses aide|préposée|enfermera|ممرضة|медсестра|护工|caregiver",
                "trucking": "class 1|chauffeur|camionero|شوفير|далекобійник|开大车|tsuper",
            },
        ),
        (
            "street",
            {
                "lighting": "too dark|fait noir|los focos|ظلمة|темно|太黑|madilim",
                "speeding": "drag racing|ils roulent vite|arrancones|تفحيط|ганяють|飙车|kaskasero",
                "thefts": "someone stole my bike|des voleurs|rateros|حرامية|злодії|小偷|magnanakaw",
                "dogs": "a pit bull|ça jappe|ladran|نباح|гавкають|狗咬人|tahol",
            },
        ),
        (
            "town",
            {
                "snow": "plow|la charrue|palear|تلج|замети|扫雪|pala ng snow",
                "potholes": "blew a tire|des trous|hoyos|جور|вибоїни|大坑|butas",
                "compost": "food scraps|des pelures|cáscaras|قشور|лушпиння|剩菜|tira tira",
                "internet": "the wifi|le wifi|el wifi|النت بطيء|вайфай|光纤|ang bagal ng net",
            },
        ),
        (
            "fun",
            {
                "music": "guitar|violon|guitarra|عود|гітара|二胡|gitara",
                "games": "cribbage|jouer aux cartes|dominó|شدة|шахи|麻将|mahjong",
                "movies": "films|un film|una peli|فلم|мультики|动画片|sine",
                "gym": "lift weights|musculation|pesas|حديد|качалка|举重|magbuhat",
            },
        ),
        (
            "need",
            {
                "hygiene": "shampoo|du savon|jabón|شامبو|зубна паста|牙膏|sipilyo",
                "blankets": "a quilt|une couverte|una colcha|حرام|подушка|被子|unan",
                "kitchen": "a frying pan|des chaudrons|ollas|طنجرة|сковорідка|电饭锅|kaldero",
                "pets": "cat litter|pour mon minou|croquetas|قطة|для кота|猫砂|para sa pusa",
            },
        ),
        (
            "barrier",
            {
                "care": "no babysitter|pas de gardienne|la niñera|مين يحط بالو عالاولاد|нема няні|孩子没人带|walang magbabantay",
                "ride": "i have no car|pas de char|no tengo carro|ما عندي سيارة|нема машини|没车|walang masakyan",
                "language": "my english is bad|je parle pas anglais|no hablo inglés|ما بحكي انجليزي|погана англійська|听不懂英语|hirap sa ingles",
            },
        ),
    ],
)
def test_what_people_say_finds_the_option_that_is_about_it(state: str, replies: dict[str, str]) -> None:
    asked = {
        (language, reply): (read(_FLOW, state, language, reply).value, value)
        for value, row in replies.items()
        for language, reply in zip(("en", "fr", "es", "ar", "uk", "zh", "tl"), row.split("|"), strict=True)
    }
    assert {reply: found for reply, (found, wanted) in asked.items() if found != wanted} == {}


@pytest.mark.parametrize(
    ("state", "language", "reply"),
    [
        ("learn", "en", "pottery"),
        ("sector", "fr", "une ferme laitière"),
        ("street", "uk", "пожежі"),
        ("town", "zh", "公园"),
        ("fun", "es", "el mercado"),
        ("need", "ar", "كنبة"),
        ("barrier", "tl", "sobrang mahal"),
    ],
)
def test_what_no_option_is_about_stays_something_else(state: str, language: str, reply: str) -> None:
    assert read(_FLOW, state, language, reply).value in ("other", None)


#: Matters that have a word of doubt of their own: Spam is a tin, a scam what one fears.
_SHARED = ("canned food", "trust")


@pytest.mark.parametrize("language", [tag for tag in languages() if tag != "latin"])
def test_what_belongs_to_a_matter_is_no_command_and_no_wish_to_stop(language: str) -> None:
    own = words(language)
    said = {
        word: sorted({"stop", "command"} & own.senses.get(word, {}).keys())
        for name, matter in own.matters.items()
        for word in matter.belong
        if word not in matter.labels and name not in _SHARED
    }
    assert {word: senses for word, senses in said.items() if senses} == {}
