"""Bylines name people and agencies; nobody is invented."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsvc.ingest.extract.people.byline import parse_byline
from feedsvc.ingest.extract.people.leads import byline_lead, lead_is_weak
from feedsvc.ingest.extract.people.names import agency_named, is_name
from feedsvc.model.entry import PersonKind


def _rows(table: str) -> list[str]:
    return [row for line in table.splitlines() if (row := line.strip())]


# A line, and whom it names; an organization behind a star.
BYLINES = _rows(
    """
By Jane Doe => Jane Doe
By Jane Doe and John Roe, Political Editor => Jane Doe; John Roe
BY JANE DOE => JANE DOE
BY JANE DOE AND JOHN ROE => JANE DOE; JOHN ROE
byJane Doe => Jane Doe
ByJane Doe => Jane Doe
By: Jane Doe => Jane Doe
By | Jane Doe => Jane Doe
By Jane Doe in London and John Roe in Paris => Jane Doe; John Roe
By Mary O’Neil, Ben de la Cruz & Li Wei => Mary O’Neil; Ben de la Cruz; Li Wei
By Jane Doe @janedoe May 1, 2020 => Jane Doe
By Jane Doe - The Island Courier - Friday => Jane Doe
By Jane Doe jane@courier.example => Jane Doe
By Jane DoeStaff Writer => Jane Doe
By Jane DoePolitical Editor => Jane Doe
By Jane DoeUpdated 3 May => Jane Doe
By Jane DoeMarch 3, 2021 => Jane Doe
By Jane DoeJane Doe => Jane Doe
By Jane Doe Jane Doe => Jane Doe
By Jane Doeand John Roe => Jane Doe; John Roe
By Jane DoeBusiness Columnist => Jane Doe
By Senior Editor Jane Doe => Jane Doe
By Jane Doe Staff Writer => Jane Doe
By Jane Doe Senior Politics Editor, The Island Courier => Jane Doe
By Jane Doe, Reuters => Jane Doe
By Jane Doe | Reuters => Jane Doe
By Jane Doe (Reuters) => Jane Doe
By Jane Doe and AFP => Jane Doe; *AFP
By Jane Doe with AP => Jane Doe
By Jane Doe, CNX => Jane Doe
By Jane Doe, John Roe and Ann Poe => Jane Doe; John Roe; Ann Poe
By Jane Doe, John Roe, and Ann Poe => Jane Doe; John Roe; Ann Poe
By Jane Doe / John Roe => Jane Doe; John Roe
By Jane Doe/John Roe => Jane Doe; John Roe
By Jane Doe + John Roe => Jane Doe; John Roe
By Jane Doe; John Roe => Jane Doe; John Roe
By J. K. Rowe => J. K. Rowe
By J.K. Rowe => J.K. Rowe
By R. Tandon => R. Tandon
By John Roe Jr. => John Roe Jr.
By John Roe, Jr. => John Roe Jr.
By John Roe III => John Roe III
By Jean McTavish => Jean McTavish
By Jean LaMott => Jean LaMott
By Jane Doe Follow => Jane Doe
By Jane Doe Published May 3 => Jane Doe
By Jane Doe Updated: 10:31 AM => Jane Doe
By Jane Doe October 2, 2016 => Jane Doe
By Jane Doe Friday, 2 October => Jane Doe
By Jane Doe 13 hours ago => Jane Doe
By Jane Doe • 5 min read => Jane Doe
By Jane Doe on May 3 => Jane Doe
By Jane Doe, Los Angeles => Jane Doe
By Jane Doe, Washington => Jane Doe
By Jane Doe, PhD => Jane Doe
By Dr. Jane Doe => Dr. Jane Doe
By Prof. John Roe => Prof. John Roe
By Jane Doe, who covers courts => Jane Doe
By Madonna => Madonna
Written by Jane Doe => Jane Doe
Written by: Jane Doe => Jane Doe
Words by Jane Doe => Jane Doe
Story by Jane Doe => Jane Doe
Posted by Jane Doe at 12:55 AM => Jane Doe
Posted on October 25, 2023 by Jane Doe => Jane Doe
January 17, 2017 at 6:08 PM ET by Jane Doe => Jane Doe
12.05.2020 by Jane Doe => Jane Doe
Analysis by Jane Doe, Senior Analyst => Jane Doe
Author: Jane Doe => Jane Doe
AuthorJane Doe => Jane Doe
By AFP => *AFP
By Agence France-Presse => *Agence France-Presse
AFP => *AFP
(AP) => *AP
Reuters => *Reuters
By The Associated Press => *The Associated Press
By Sports Desk => *Sports Desk
By The Editorial Board => *The Editorial Board
By Harbour News => *Harbour News
By The Island Courier Staff and AP => *AP
By Web Desk Lahore News => *Web Desk Lahore News
By Jean ROUX => Jean ROUX
By JOHN ROE and JANE DOE Associated Press => JOHN ROE; JANE DOE
By Jane Doe for The Island Courier => Jane Doe
By Jane Doe and Agencies => Jane Doe
Written by Jane Doe Edited by John Roe => Jane Doe
By Jane van Dyke-O'Hara => Jane van Dyke-O'Hara
By Abdul bin Rashid => Abdul bin Rashid
By Sara al-Najjar => Sara al-Najjar
By Kim Su-jin => Kim Su-jin
By Sarah Yang => Sarah Yang
By Nguyen Van An => Nguyen Van An
Von Ursula von der Au => Ursula von der Au
Von Anna Müller => Anna Müller
VON ANNA MÜLLER => ANNA MÜLLER
von Anna Müller und Max Mustermann => Anna Müller; Max Mustermann
Von Anna Müller, Berlin => Anna Müller
Von Anna Müller, dpa => Anna Müller
Von dpa => *dpa
Von dpa/aze => *dpa
Von dpa/Anna Müller => *dpa; Anna Müller
Von unserem Korrespondenten Max Mustermann => Max Mustermann
Von unserer Redakteurin Anna Müller => Anna Müller
Ein Kommentar von Anna Müller => Anna Müller
Eine Kolumne von Max Mustermann => Max Mustermann
Kolumne von Max Mustermann => Max Mustermann
Ein Gastbeitrag von Prof. Dr. Anna Müller => Prof. Dr. Anna Müller
Text: Anna Müller und Max Mustermann => Anna Müller; Max Mustermann
Text: Anna Müller, Fotos: Max Mustermann => Anna Müller
Text und Fotos: Anna Müller => Anna Müller
Von Anna Müller (Text) und Max Mustermann (Fotos) => Anna Müller
Autor: Anna Müller => Anna Müller
Autorin: Anna Müller => Anna Müller
Geschrieben von Anna Müller => Anna Müller
Von Anna Müller Stand: 12.05.2020, 14:31 Uhr => Anna Müller
Von Anna Müller, Redakteurin => Anna Müller
vor 2 Tagen von Anna Müller => Anna Müller
Von Benno => Benno
Von Lisa Weiß, XYD-Studio Kairo => Lisa Weiß
Von Max Mustermann und unseren Agenturen => Max Mustermann
Aus Kairo berichtet Anna Müller => Anna Müller
Par Jeanne Dubois => Jeanne Dubois
PAR JEANNE DUBOIS => JEANNE DUBOIS
Par Jeanne Dubois (avec Paul Martin) => Jeanne Dubois
Par Jeanne Dubois avec AFP => Jeanne Dubois
Par Jeanne Dubois et Paul Martin => Jeanne Dubois; Paul Martin
Par Jeanne Dubois à Lyon => Jeanne Dubois
Par Jeanne Dubois — 24 novembre 2017 à 18:42 => Jeanne Dubois
Par Jeanne Dubois, envoyée spéciale à Tunis => Jeanne Dubois
Par Jeanne Dubois, publié le 3 mai => Jeanne Dubois
Rédigé par Jeanne Dubois => Jeanne Dubois
Écrit par Jeanne Dubois => Jeanne Dubois
Propos recueillis par Jeanne Dubois => Jeanne Dubois
De notre correspondante Jeanne Dubois => Jeanne Dubois
Par L'AFP => *AFP
Par AFP => *AFP
Par Jeanne Dubois avec agences => Jeanne Dubois
Par Le Courrier avec AFP => *Le Courrier
Auteur : Jeanne Dubois => Jeanne Dubois
Por María García y José Pérez => María García; José Pérez
Por María García | Madrid => María García
Por: María García => María García
Por EFE => *EFE
Por María García de la Torre => María García de la Torre
Escrito por María García => María García
Por María García, corresponsal => María García
Por João Silva => João Silva
Por Ana María de los Ángeles Ruiz => Ana María de los Ángeles Ruiz
Por Redacción / EFE => *EFE
Por Equipe do Jornal => *Equipe do Jornal
Por João Silva, São Paulo => João Silva
Por João Silva e Ana Souza => João Silva; Ana Souza
Por João Silva, da Rádio Serra => João Silva
Reportagem de Ana Souza => Ana Souza
di Viola Conti => Viola Conti
di Viola Conti e Dario Neri => Viola Conti; Dario Neri
di Viola Conti 20 Novembre 2024 => Viola Conti
A cura di Viola Conti => Viola Conti
dal nostro inviato Dario Neri => Dario Neri
Di: Viola Conti => Viola Conti
Door Jan de Boer => Jan de Boer
Door: Jan van der Meer en Els Smit => Jan van der Meer; Els Smit
Tekst: Els Smit => Els Smit
Auteur: Els Smit => Els Smit
Per Jordi Vidal => Jordi Vidal
Text: Núria Puig i Jordi Vidal => Núria Puig; Jordi Vidal
De Ioana Popa => Ioana Popa
Scris de Ioana Popa => Ioana Popa
Autor: Ioana Popa și Dan Marin => Ioana Popa; Dan Marin
Av Lars Berg => Lars Berg
Av: Lars Berg och Eva Lind => Lars Berg; Eva Lind
Text: Eva Lind Foto: Lars Berg => Eva Lind
Af Mette Holm => Mette Holm
Af Mette Holm og Ole Friis => Mette Holm; Ole Friis
Af Ritzau => *Ritzau
Skrevet av Kari Nygård => Kari Nygård
Tekst: Kari Nygård => Kari Nygård
(NTB) => *NTB
Kirjoittanut Aino Virta => Aino Virta
Teksti: Aino Virta ja Eero Salo => Aino Virta; Eero Salo
Autor: Mart Tamm => Mart Tamm
Kirjutas Mart Tamm => Mart Tamm
Autors: Jānis Ozols => Jānis Ozols
Autorė: Rasa Šilė => Rasa Šilė
Parengė Rasa Šilė ir Jonas Vitkus => Rasa Šilė; Jonas Vitkus
Autor: Anna Nowak => Anna Nowak
Opracowała: Anna Nowak => Anna Nowak
Napsal Petr Novotný => Petr Novotný
Autor: Petr Novotný a Jana Malá => Petr Novotný; Jana Malá
Autorka: Jana Malá => Jana Malá
Napísala Jana Malá => Jana Malá
Piše: Maja Kovač => Maja Kovač
Avtor: Tine Zupan in Maja Kovač => Tine Zupan
Napisala Maja Kovač => Maja Kovač
Autorica: Maja Kovač => Maja Kovač
Írta: Szabó Péter => Szabó Péter
Szerző: Szabó Péter és Kis Éva => Szabó Péter; Kis Éva
Yazan: Ayşe Demir => Ayşe Demir
Haber: Ayşe Demir ve Ali Kaya => Ayşe Demir; Ali Kaya
Haber: Ayşe Demir / Fotoğraf: Ali Kaya => Ayşe Demir
Müəllif: Leyla Əliyeva => Leyla Əliyeva
Oleh: Budi Santoso => Budi Santoso
Oleh Budi Santoso dan Siti Aminah => Budi Santoso; Siti Aminah
Penulis: Siti Aminah => Siti Aminah
Pewarta: Siti Aminah => Siti Aminah
Ditulis oleh Aminah binti Yusof => Aminah binti Yusof
Tác giả: Nguyễn Văn An => Nguyễn Văn An
Na Mwandishi Juma Bakari => Juma Bakari
Na Juma Bakari, Dodoma => Juma Bakari
Автор: Иван Петров => Иван Петров
Автор текста: Иван Петров => Иван Петров
Авторы: Иван Петров и Анна Белова => Иван Петров; Анна Белова
Текст: Иван Петров, фото: Анна Белова => Иван Петров
Автор Иван Петров, корреспондент => Иван Петров
Подготовила Анна Белова => Анна Белова
ТАСС => *ТАСС
Автор: И. Петров => И. Петров
Авторка: Олена Коваль => Олена Коваль
Автор: Тарас Бойко та Олена Коваль => Тарас Бойко; Олена Коваль
Автор: Георги Стоянов => Георги Стоянов
От Георги Стоянов => Георги Стоянов
Пише: Милан Јовић => Милан Јовић
Аутор: Милан Јовић => Милан Јовић
Γράφει ο Νίκος Παππάς => Νίκος Παππάς
Του Νίκου Παππά => Νίκου Παππά
Συντάκτης: Ελένη Δήμου και Νίκος Παππάς => Ελένη Δήμου; Νίκος Παππάς
بقلم: أحمد علي => أحمد علي
بقلم أحمد علي => أحمد علي
كتب: أحمد علي => أحمد علي
كتب أحمد علي => أحمد علي
كتب- أحمد علي => أحمد علي
إعداد: منى حسن، أحمد علي => منى حسن; أحمد علي
بقلم أحمد علي ومنى حسن => أحمد علي; منى حسن
نویسنده: محمد رضایی => محمد رضایی
از محمد رضایی => محمد رضایی
به قلم محمد رضایی => محمد رضایی
رپورٹ: علی خان => علی خان
تحریر: علی خان => علی خان
लेखक: रमेश वर्मा => रमेश वर्मा
द्वारा रमेश वर्मा => रमेश वर्मा
Written By: रमेश वर्मा => रमेश वर्मा
लेखक: रमेश वर्मा और सीता जोशी => रमेश वर्मा; सीता जोशी
लेखिका: वैशाली पाटील => वैशाली पाटील
লেখক: রহিম উদ্দিন => রহিম উদ্দিন
প্রতিবেদক: রহিম উদ্দিন => রহিম উদ্দিন
எழுதியவர்: முருகன் வேலன் => முருகன் வேலன்
מאת: יוסי כהן => יוסי כהן
מאת יוסי כהן => יוסי כהן
Հեղինակ՝ Արամ Սարգսյան => Արամ Սարգսյան
ავტორი: ნინო ბერიძე => ნინო ბერიძე
文/张三 => 张三
文：张三丰 => 张三丰
作者：张三丰 => 张三丰
作者：张三丰、李四光 => 张三丰; 李四光
本报记者 张三丰 李四光 => 张三丰; 李四光
新华社记者张三丰 => 张三丰
記者 山田太郎 => 山田太郎
記者張三丰／台北報導 => 張三丰
記者張三丰台北報導 => 張三丰
文・写真／山田太郎 => 山田太郎
著者：山田太郎 => 山田太郎
執筆：山田 太郎 => 山田 太郎
文＝山田太郎 => 山田太郎
김철수 기자 => 김철수
김철수 기자 kim@courier.example => 김철수
김철수·이영희 기자 => 김철수; 이영희
글: 김철수 => 김철수
โดย สมชาย ใจดี => สมชาย ใจดี
ผู้เขียน: สมชาย ใจดี => สมชาย ใจดี
"""
)

# What looks like a byline, or stands beside one, and names nobody.
NO_BYLINES = _rows(
    """
By the numbers
By the time he arrived, it was over
By the way
By the book
By clicking you agree
By clicking “Accept” you agree to our terms
By using this site you accept our cookies
By signing up I agree
By subscribing you accept the terms
By far the best
By popular demand
By Popular Demand
BY POPULAR DEMAND
By Category
By Region
By Topic
By Date
By Country
By Industry
By Author
By Brand
By Price
By default
By law
By hand
By rail to the coast
By and large
By all means
By no means
By accident or design
By contrast
By 2030 the sea will have risen
By 5pm it was dark
By Monday evening all roads were closed
By night they came
By land and sea
By Staff
By Staff Writer
By Staff Reporter
BY STAFF WRITER
By Our Correspondent
By Our Staff Reporter
By Special Correspondent
By Admin
By Anonymous
By Guest Contributor
Author: admin
Author
Authors
About the author
By
by
By:
Posted by
Posted by: Admin
Written by
Words by the sea
Story of the day
Story by story
Text Size
Text size: A A A
Text to speech
Text only
Text Messages
Texts and letters
Reporter
Reporters Without Fear
Reporter of the Year
Journalist of the Year
Report an error
Report this comment
Reported crime falls
Reporting by region
Analysis
Analysis: what comes next
Interview
Interview with the mayor
Interview: the mayor speaks
Column
Review
Opinion
Opinion by topic
Photo by Jane Doe
Photos by Jane Doe and John Roe
Photograph: Jane Doe
Image: Jane Doe
Picture by John Roe
Illustration by Ann Poe
Video by Ann Poe
Edited by Ann Poe
More by Jane Doe
More from Jane Doe
More stories by Jane Doe
Read more by Jane Doe
Follow Jane Doe
Jane Doe
by jane doe
Anna Nowak
Island City
Silver Bay Rovers
Harbour United
Northern Lights Festival
The Silver Bay Show
The Last Lighthouse
Kettle Pro 300
Mill Lane
High Street
12 Mill Lane, Harbour Town
King Street
Silver Bay, May 3
May 3, 2020
3 May 2020
Monday, May 3, 2020
Updated May 3, 2020
Published: May 3, 2020
Last updated 10:31
10:31 AM
5 min read
January
March 2020
Home
Home News
Latest News
Breaking News
World News
Sports News
Live TV
TV Guide
Privacy Policy
Cookie Settings
Terms of Use
Contact Us
About Us
Sign In
Log in
Subscribe Now
Share this
Share on Facebook
Read More
Load more
Top Stories
Most Read
Editor's Picks
Related Articles
Comments
No comments
Leave a reply
App
APP STORE
Spa
Beta
Uni
Sid
Tt
Ats
Ani
From the archive
From the News Room
From the Press Office
From Monday to Friday
From page one
From Our Partners
Associated costs
Pa
Update
404 by Harbour Web
2012 - 2020 © by Harbour Press Ltd.
© 2020 by Harbour Press
Von wegen
Von hier aus geht es weiter
Von Berlin nach Paris
Von A bis Z
Von Anfang an
Von Haus aus
Von Hand gemacht
Von nun an
Von Montag bis Freitag
Von Trauer und Hoffnung
Von der Küste bis zu den Bergen
Von Mai bis Oktober
Von 9 bis 17 Uhr
Von allen Seiten
Von der Redaktion
Von Redaktion
Von unserer Redaktion
Von unserem Korrespondenten
Von Angela Au bis Donald Roe
Von Angela Au und der Wahrheit
Mehr von Anna Müller
Alle Artikel von Anna Müller
Weitere Artikel von Anna Müller
Ein Film von Anna Müller
Foto: Anna Müller
Fotos: Anna Müller
Bild: Max Mustermann
Quelle: dpa
Redaktion
Die Redaktion
Autor
Autoren
Autorenverzeichnis
Text vorlesen
Text und Bild
Text: Größe ändern
Kommentar
Kommentar schreiben
Kommentare lesen
Kolumne
Kolumne von gestern
Interview mit der Ministerin
Bericht von der Küste
Beitrag teilen
Aus der Region
Aus aller Welt
Es war einmal
Anzeige
Mehr zum Thema
Meine Merkliste
Zur Startseite
Neueste Beiträge
Deutsche Küste
Par ici la sortie
Par ailleurs
Par exemple
Par contre
Par conséquent
Par la rédaction
Par La Rédaction
Par ville
Par région
Par thème
Par email
Par les temps qui courent
Par tous les moyens
Par ordre alphabétique
Photo par Jeanne Dubois
Crédit photo : Jeanne Dubois
Tous les articles de Jeanne Dubois
Texte intégral
Texte de loi
Auteur
Auteurs
De notre correspondant
De quoi parle-t-on
De Paris à Lyon
De plus en plus
Journaliste
Journal du soir
La rédaction
À la une
Por favor
Por favor espere
Por fin
Por ejemplo
Por qué subió el precio
Por ahora
Por supuesto
Por la mañana
Por la redacción
Por Redacción
Por temas
Por primera vez
Por un puñado de votos
Por Comunidades
Por enquanto
Por exemplo
Por dentro da casa
Por que o preço subiu
Por Redação
Foto: María García
Más artículos de María García
Más de María García
Autores
Texto completo
Texto
Entrevista
Di più
Di tutto un po'
Di cosa parliamo
Di nuovo in piazza
Di notte sul lago
Di Redazione
Di padre in figlio
A cura della redazione
Foto di Viola Conti
Autore
Tutti gli articoli di Viola Conti
Testo integrale
Door de week
Door en door
Door het land
Door de redactie
Door onze redactie
Door te klikken gaat u akkoord
Door weer en wind
Foto: Els Smit
Tekst en uitleg
Per què puja el preu
Per exemple
Per dona
Per favore
Per saperne di più
Per email
De ce scade prețul
De azi
De la munte la mare
Av alla
Av en slump
Av redaktionen
Af og til
Af sted
Af redaktionen
Av og til
Foto: Lars Berg
Text-tv
Tekst-tv
Journalist søkes
Kirjoittaja
Teksti-tv
Toimitus
Autoriõigus
Autori
Autorius
Od redakcji
Od zaraz
Od dziś
Od rána do večera
Od dnes
Od jutra do mraka
Autor fotky
Text článku
Tekst piosenki
Tekst alternatywny
Piše se rok 2020
Napsali jste nám
Na żywo
Na mapě
Na sever od mesta
Na skróty
Na Pluto
Na Zdrowie
Írta
Haber
Haber Merkezi
Haber bülteni
Haberler
Yazarlar
Yazar
Köşe Yazarları
Oleh-oleh khas Bali
Oleh karena itu
Oleh sebab itu
Penulis
Laporan Tahunan
Tác giả
Bài mới
Từ khóa
Từ thứ hai
Theo dõi
Theo dòng sự kiện
Na kwa habari zaidi
Mwandishi Wetu
Na Mwandishi Wetu
Автор
Авторы
Авторские права
Автор неизвестен
Авто
Текст новости
Текст песни
От редакции
От первого лица
От Москвы до Владивостока
Интервью
Интервью дня
Фото: Иван Петров
Все статьи автора
Редакция
Від редакції
Від сьогодні
Автори
Пише преса
От днес
Του κόσμου
Της ημέρας
Από σήμερα
Από την Αθήνα στη Θεσσαλονίκη
Κείμενο
كتب
كتب وثقافة
كتب جديدة
كتب في السوق
تحرير الأسعار
تحرير
تقرير
تقرير اليوم
حوار اليوم
مراسلون
وكالات
بقلم القراء
فيديو
از سراسر وب
از دست ندهید
گزارش آگهی
گزارش روز
خبرنگار
فارس
رپورٹ
رپورٹ کے مطابق
तازा खबर
रिपोर्ट के अनुसार
लेखक
लेख
भाषा
द्वारा प्रकाशित
লেখা
লেখক
প্রতিবেদন
নিজস্ব প্রতিবেদক
কলাম
கட்டுரை
כתבות
כתבה
על החיים ועל המוות
ავტორები
文化
文学
文字サイズ
文章来源：网络
作者
作品
记者
记者从有关部门获悉
記者会
記者クラブ
記事一覧
本日
本文
新着記事
新闻
编辑
執筆者一覧
取材
글
글자 크기
글쓰기
기자
기사 공유
기자회견
취재
취업
เรื่องเด่น
เรื่อง
"""
)


def _named(line: str) -> list[str]:
    return [
        f"*{person.name}" if person.kind is PersonKind.ORGANIZATION else person.name
        for person in parse_byline(line)
    ]


@pytest.mark.parametrize("row", BYLINES)
def test_a_byline_names_its_people(row: str) -> None:
    line, _, names = row.partition("=>")
    assert _named(line.strip()) == [name for n in names.split(";") if (name := n.strip())]


@pytest.mark.parametrize("line", NO_BYLINES)
def test_nobody_is_invented(line: str) -> None:
    assert parse_byline(line) == ()


def test_an_empty_line_names_nobody() -> None:
    assert parse_byline("") == ()
    assert parse_byline("", labelled=True) == ()
    assert byline_lead("") == 0


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("Jane Doe", ["Jane Doe"]),
        ("jane@courier.example", []),
        ("https://courier.example/jane", []),
        ("Jane Doe, John Roe", ["Jane Doe", "John Roe"]),
        ("Steffi", ["Steffi"]),
        ("jane42", ["jane42"]),
        ("May 3", []),
        ("Jane Doe May 3, 2020", ["Jane Doe"]),
        ("Jane Doe Deputy Content Director", ["Jane Doe"]),
        ("Jane Doe Jane Doe", ["Jane Doe"]),
        ("AFP/Jane Doe", ["AFP", "Jane Doe"]),
        ("Sports Desk", ["Sports Desk"]),
        ("Privacy Policy", []),
        ("Updated May 3", []),
        ("Redaktion", []),
        ("山田 太郎", ["山田 太郎"]),
        ("Андрей Белов", ["Андрей Белов"]),
    ],
)
def test_a_labelled_value_may_begin_with_a_name(value: str, names: list[str]) -> None:
    assert [p.name for p in parse_byline(value, labelled=True)] == names


@pytest.mark.parametrize(
    "text",
    _rows(
        """
Jane Doe
JANE DOE
J. K. Rowe
Mary O’Neil
Ben de la Cruz
Ursula von der Au
Jean-Paul Martin-Dubois
Jean ROUX
Sarah Yang
Иван Петров
أحمد علي
山田 太郎
김철수
张三丰
"""
    ),
)
def test_this_has_the_shape_of_a_name(text: str) -> None:
    assert is_name(text)


@pytest.mark.parametrize(
    "text",
    _rows(
        """
Jane
Privacy Policy
Latest News
Live TV
Customer Service
CityLab Pro
UEFA Trophy
Farmers' Horizon
Don't Miss
New York
San Marino
A Mysterious Woman
Kontakt und Impressum
Política de Privacidad
Mentions légales
Political Editor
SC Harbour
jane doe
Jane of the sea
検索
対応表
製品情報
سياسة الخصوصية
Par Jeanne Dubois
"""
    ),
)
def test_this_has_not_the_shape_of_a_name(text: str) -> None:
    assert not is_name(text)


@pytest.mark.parametrize("line", ["By Jane Doe", "Von Anna Müller", "ByJane Doe", "文/张三"])
def test_a_strong_lead_is_measured(line: str) -> None:
    lead = byline_lead(line)
    assert lead
    assert is_name(line[lead:]) or line[lead:] == "张三"
    assert not lead_is_weak(line)


@pytest.mark.parametrize("line", ["di Viola Conti", "Text Anna Müller", "Af Mette Holm"])
def test_a_weak_lead_is_a_word_of_ordinary_lines(line: str) -> None:
    assert byline_lead(line)
    assert lead_is_weak(line)


def test_a_colon_makes_a_weak_lead_strong() -> None:
    assert not lead_is_weak("Text: Anna Müller")


@pytest.mark.parametrize("text", ["AFP", "(dpa)", "Agence France-Presse", "新华社"])
def test_an_agency_is_known_by_its_name(text: str) -> None:
    assert agency_named(text)


@given(st.text(max_size=200), st.booleans())
def test_any_text_gives_names_on_one_line_or_none(text: str, labelled: bool) -> None:
    for person in parse_byline(text, labelled=labelled):
        assert person.name == " ".join(person.name.split())
        assert 0 < len(person.name) <= 80


@given(
    st.sampled_from(["By ", "Von ", "文/", "از ", "Text: ", "3 May by ", ""]),
    st.text(alphabet="aA bB.,/-()'’éÉжЖعم文김\u0301@1|&und", max_size=60),
)
def test_any_signs_after_a_lead_give_names_or_none(lead: str, text: str) -> None:
    for person in parse_byline(lead + text):
        assert person.name.strip() == person.name != ""


@pytest.mark.parametrize("piece", ["a", "A b ", " ", "(", "By ", "a.", "@", ", ", "1 May ", "文"])
def test_a_byline_of_two_megabytes_takes_no_longer_than_a_page(piece: str) -> None:
    begun = time.process_time()
    parse_byline("By " + piece * (2_000_000 // len(piece)), labelled=True)
    parse_byline(piece * (2_000_000 // len(piece)))
    byline_lead(piece * (2_000_000 // len(piece)))
    assert time.process_time() - begun < 1.0
