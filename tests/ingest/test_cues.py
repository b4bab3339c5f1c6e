"""Labels of news pages are known in many languages, and sentences are taken for none."""

from __future__ import annotations

import re
import time
import unicodedata
from pathlib import Path

import pytest

from feedsvc.ingest.extract import cues
from feedsvc.ingest.extract.days.months import fold

# What the pages of each language say around an article, by the cue that must know it.
FURNITURE = {
    "en": """
Share this article;Print;Log in;Sign in to continue;5 min read;Comments (12);Cookie settings
""",
    "de": """
Artikel teilen;Drucken;Anmelden;Lesedauer: 4 Minuten;12 Kommentare;Zum Inhalt springen
""",
    "fr": "Partager;Imprimer;Se connecter;Temps de lecture : 3 min;Abonnez-vous;12 commentaires",
    "es": "Compartir;Imprimir;Iniciar sesión;Tiempo de lectura: 3 min;Suscríbete;Publicidad",
    "pt": """
Compartilhar;Imprimir;Entrar;Tempo de leitura: 2 min;Assine;Continua após a publicidade
""",
    "it": "Condividi;Stampa;Accedi;Tempo di lettura: 2 min;Abbonati;Pubblicità;3 commenti",
    "nl": "Delen;Inloggen;Leestijd 3 minuten;Abonneer;Advertentie;Volg ons op;12 reacties",
    "ca": "Comparteix;Imprimeix;Inicia sessió;Subscriu-te;Publicitat;Comentaris (3)",
    "ro": "Distribuie;Caută;Autentificare;Timp de citire: 3 minute;Abonează-te;Publicitate",
    "sv": "Dela;Logga in;Lästid: 3 min;Prenumerera;Annons;Lyssna på artikeln;Följ oss",
    "da": "Del artiklen;Log ind;Læsetid: 3 min.;Bliv abonnent;Annonce;Følg os",
    "nb": "Del saken;Logg inn;Lesetid: 3 min;Bli abonnent;Annonse;Følg oss",
    "fi": "Jaa artikkeli;Kirjaudu;Lukuaika 3 min;Tilaajille;Mainos;Kommentoi",
    "et": "Jaga artiklit;Logi sisse;Reklaam;Kommentaarid;Kuula artiklit",
    "lv": "Dalīties;Ienākt;Reklāma;Komentāri;Abonē;Meklēt",
    "lt": "Dalintis;Prisijungti;Reklama;Komentarai;Prenumeruoti;Paieška",
    "pl": "Udostępnij;Zaloguj się;Czas czytania: 3 min;Reklama;Komentarze;Szukaj",
    "cs": "Sdílet;Přihlásit se;Doba čtení: 3 minuty;Reklama;Diskuse;Hledat",
    "sk": "Zdieľať;Prihlásiť sa;Čas čítania: 3 minúty;Reklama;Diskusia;Hľadať",
    "sl": "Deli;Prijava;Čas branja: 3 min;Oglas;Komentarji;Išči",
    "hr": "Podijeli;Prijava;Vrijeme čitanja: 3 min;Oglas;Komentari;Pretraži",
    "hu": "Megosztás;Bejelentkezés;Olvasási idő: 3 perc;Hirdetés;Hozzászólások;Keresés",
    "tr": "Paylaş;Giriş Yap;Okuma süresi: 3 dk;Reklam;Yorumlar;Abone Ol",
    "az": "Paylaş;Axtarış;Reklam;Şərhlər;Abunə ol;Ana səhifə",
    "id": "Bagikan;Masuk;Waktu baca 3 menit;Iklan;Komentar;Berlangganan",
    "ms": "Kongsi;Log masuk;Iklan;Komen;Langgan;Laman Utama",
    "vi": "Chia sẻ;Đăng nhập;Quảng cáo;Bình luận;Đăng ký;Trang chủ",
    "sw": "Shiriki;Ingia;Tangazo;Toa maoni;Jisajili;Ukurasa wa mwanzo",
    "ru": "Поделиться;Войти;Время чтения: 3 мин;Реклама;Комментарии (5);Подписаться",
    "uk": "Поширити;Увійти;Час читання: 3 хв;Реклама;Коментарі;Підписатися",
    "bg": "Сподели;Вход;Време за четене: 3 мин.;Реклама;Коментари;Абонирай се",
    "sr": "Подели;Пријава;Оглас;Коментари;Претрага;Podeli vest",
    "el": "Κοινοποίηση;Σύνδεση;Χρόνος ανάγνωσης: 3 λεπτά;Διαφήμιση;Σχόλια;Αναζήτηση",
    "ar": "شارك;تسجيل الدخول;مدة القراءة: 3 دقائق;إعلان;التعليقات;اشترك الآن",
    "fa": "اشتراک گذاری;ورود;زمان مطالعه: ۳ دقیقه;تبلیغات;نظرات;جستجو",
    "ur": "شیئر کریں;لاگ ان;اشتہار;تبصرے;صفحہ اول;تلاش کریں",
    "hi": "शेयर करें;लॉग इन;विज्ञापन;टिप्पणियां;खोजें;हमें फॉलो करें",
    "mr": "शेअर करा;जाहिरात;प्रतिक्रिया;मुख्यपृष्ठ;शोधा;ताज्या बातम्या",
    "bn": "শেয়ার করুন;লগইন;বিজ্ঞাপন;মন্তব্য;প্রচ্ছদ;অনুসন্ধান",
    "ta": "பகிர்;விளம்பரம்;கருத்துகள்;முகப்பு;தேடல்;உள்நுழைய",
    "te": "షేర్ చేయండి;ప్రకటన;వ్యాఖ్యలు;హోమ్;శోధన;లాగిన్",
    "he": "שתפו;התחברות;זמן קריאה: 3 דקות;פרסומת;תגובות;חיפוש",
    "hy": "Կիսվել;Մուտք;Գովազդ;Մեկնաբանություններ;Որոնում;Գլխավոր",
    "ka": "გაზიარება;შესვლა;რეკლამა;კომენტარები;ძებნა;მთავარი",
    "ja": "シェアする;ログイン;広告;コメントを書く;検索;続きを読む",
    "ko": "공유하기;로그인;광고;댓글;검색;글자크기 조절",
    "zh": "分享;登录;廣告;评论;搜尋;扫一扫分享;字号",
    "th": "แชร์;เข้าสู่ระบบ;โฆษณา;แสดงความคิดเห็น;ค้นหา;หน้าแรก",
}
TAIL = {
    "en": """
Related articles;Read also: A bridge reopens;Most read;Tags: roads, rivers;(c) 2031 River News
""",
    "de": "Mehr zum Thema;Lesen Sie auch;Meistgelesen;Themen: Brücken, Flüsse;Über den Autor",
    "fr": "À lire aussi;Sur le même sujet;Les plus lus;Mots-clés : ponts;À propos de l'auteur",
    "es": "Lea también;Noticias relacionadas;Lo más leído;Etiquetas: puentes;Te puede interesar",
    "pt": "Leia também;Notícias relacionadas;Mais lidas;Tópicos: pontes;Saiba mais",
    "it": "Leggi anche;Articoli correlati;I più letti;Argomenti: ponti;Potrebbe interessarti",
    "nl": "Lees ook;Meer over bruggen;Meest gelezen;Onderwerpen: bruggen;Gerelateerd",
    "ca": "Llegeix també;Notícies relacionades;El més llegit;Etiquetes: ponts;Et pot interessar",
    "ro": "Citește și;Articole similare;Cele mai citite;Etichete: poduri;Îți recomandăm",
    "sv": "Läs mer;Läs också;Mest läst;Ämnen: broar;Relaterade artiklar",
    "da": "Læs også;Mere om broer;Mest læste;Emner: broer;Relaterede artikler",
    "nb": "Les også;Mer om broer;Mest lest;Emneord: broer;Relaterte saker",
    "fi": "Lue myös;Lisää aiheesta;Luetuimmat;Aiheet: sillat;Suosittelemme",
    "et": "Loe ka;Seotud lood;Loetumad;Märksõnad: sillad;Samal teemal",
    "lv": "Lasi arī;Saistītie raksti;Lasītākie;Tēmas: tilti;Iesakām",
    "lt": "Taip pat skaitykite;Susiję straipsniai;Skaitomiausi;Temos: tiltai;Rekomenduojame",
    "pl": "Czytaj też;Zobacz także;Najczęściej czytane;Tagi: mosty;Polecamy",
    "cs": "Čtěte také;Související články;Nejčtenější;Témata: mosty;Doporučujeme",
    "sk": "Prečítajte si aj;Súvisiace články;Najčítanejšie;Témy: mosty;Odporúčame",
    "sl": "Preberite tudi;Povezane vsebine;Najbolj brano;Oznake: mostovi;Priporočamo",
    "hr": "Pročitajte još;Povezane vijesti;Najčitanije;Oznake: mostovi;Preporučujemo",
    "hu": "Olvassa el ezt is;Kapcsolódó cikkek;Legolvasottabb;Címkék: hidak;Ajánlott cikkek",
    "tr": """
İlgili Haberler;Bunlar da ilginizi çekebilir;Çok Okunanlar;Etiketler: köprüler
Benzer haberler
""",
    "az": "Oxşar xəbərlər;Həmçinin oxuyun;Ən çox oxunanlar;Teqlər: körpülər",
    "id": "Baca juga;Berita Terkait;Terpopuler;Topik: jembatan",
    "ms": "Artikel berkaitan;Baca lagi;Paling popular;Topik: jambatan",
    "vi": "Xem thêm;Tin liên quan;Đọc nhiều nhất;Từ khóa: cầu;Có thể bạn quan tâm",
    "sw": "Soma zaidi;Habari zinazohusiana;Zilizosomwa zaidi;Mada: madaraja",
    "ru": "Читайте также;Материалы по теме;Самое читаемое;Теги: мосты;Рекомендуем",
    "uk": "Читайте також;Матеріали за темою;Найпопулярніше;Теги: мости;Рекомендуємо",
    "bg": "Прочетете още;Свързани новини;Най-четени;Ключови думи: мостове;Препоръчваме",
    "sr": "Прочитајте још;Повезане вести;Најчитаније;Кључне речи: мостови",
    "el": "Διαβάστε επίσης;Σχετικά άρθρα;Τα πιο διαβασμένα;Ετικέτες: γέφυρες;Δείτε ακόμη",
    "ar": "اقرأ أيضا;مواضيع ذات صلة;الأكثر قراءة;كلمات مفتاحية: جسور;قد يهمك أيضا",
    "fa": "مطالب مرتبط;بیشتر بخوانید;پربازدیدترین‌ها;برچسب‌ها: پل;اخبار مرتبط",
    "ur": "مزید پڑھیں;متعلقہ خبریں;یہ بھی پڑھیں;ٹیگز: پل",
    "hi": "यह भी पढ़ें;संबंधित खबरें;सबसे ज्यादा पढ़ी गईं;टैग: पुल;और पढ़ें",
    "mr": "हेही वाचा;संबंधित बातम्या;लोकप्रिय बातम्या;टॅग: पूल",
    "bn": "আরও পড়ুন;সম্পর্কিত খবর;সর্বাধিক পঠিত;বিষয়: সেতু",
    "ta": "மேலும் படிக்க;தொடர்புடைய செய்திகள்;அதிகம் படிக்கப்பட்டவை;இதையும் படியுங்கள்",
    "te": "ఇవి కూడా చదవండి;సంబంధిత వార్తలు;తాజా వార్తలు;మరిన్ని చదవండి",
    "he": "קראו גם;כתבות נוספות;הנקראות ביותר;תגיות: גשרים;עוד בנושא",
    "hy": "Կարդացեք նաև;Վերջին նորություններ;Ամենաընթերցված;Աղբյուր՝ կայք",
    "ka": "ასევე წაიკითხეთ;მსგავსი სიახლეები;ყველაზე კითხვადი;თეგები: ხიდი",
    "ja": "関連記事;あわせて読みたい;アクセスランキング;タグ：橋;おすすめ記事",
    "ko": "관련기사;많이 본 뉴스;추천기사;태그: 다리;저작권자 ⓒ 강변신문",
    "zh": "相关新闻;延伸閱讀;热门文章;标签：桥梁;责任编辑：某某",
    "th": "ข่าวที่เกี่ยวข้อง;อ่านเพิ่มเติม;ข่าวยอดนิยม;แท็ก: สะพาน",
}
CAPTION = {
    "en": "The bridge at dawn. Photo: Ann Bauer;File photo of the bridge;(Photo by Ann Bauer)",
    "de": "Die Brücke. Foto: Ann Bauer;Symbolbild;Archivfoto;Die Brücke. (Foto: Bauer/dpa)",
    "fr": "Le pont. Photo d'illustration;Le pont, hier. /AFP;Photo : Ann Bauer",
    "es": "Foto de archivo del puente;El puente nuevo. EFE;Foto: Ann Bauer",
    "pt": "A ponte. Foto: Ann Bauer;Imagem ilustrativa;Foto de arquivo",
    "it": "Il ponte. Foto: Ann Bauer;Foto d'archivio;Immagine di repertorio;Il ponte /ANSA",
    "nl": "De brug. Beeld: Ann Bauer;Archieffoto;Foto: Ann Bauer",
    "sv": "Bron. Foto: Ann Bauer;Arkivbild;Genrebild",
    "nb": "Broen. Foto: Ann Bauer / NTB;Illustrasjonsfoto;Arkivfoto",
    "fi": "Silta. Kuva: Ann Bauer;Kuvituskuva;Arkistokuva",
    "pl": "Most. Zdjęcie ilustracyjne;Most. Fot. Ann Bauer / PAP;Foto: Ann Bauer",
    "cs": "Most. Ilustrační foto;Foto: Ann Bauer;Zdroj: Ann Bauer",
    "sk": "Ilustračné foto;Foto: Ann Bauer",
    "hu": "A híd. Fotó: Ann Bauer;Képünk illusztráció",
    "tr": "Köprü. Fotoğraf: Ann Bauer;Arşiv fotoğraf",
    "id": "Jembatan. Foto: Ann Bauer;Ilustrasi foto jembatan",
    "vi": "Cây cầu. Ảnh: Ann Bauer;Ảnh minh họa",
    "ru": "Мост. Фото: Анна Бауэр;Архивное фото",
    "uk": "Міст. Фото: Анна Бауер",
    "bg": "Мостът. Снимка: Анна Бауер",
    "el": "Η γέφυρα. Φωτογραφία αρχείου",
    "ar": "صورة أرشيفية للجسر;الصورة: آن باور",
    "fa": "پل تازه. عکس: آن باور;عکس آرشیوی",
    "hi": "पुल की फाइल फोटो;फोटो: आन बाउर",
    "bn": "সেতু। ফাইল ছবি;ছবি: আন বাউয়ার",
    "he": "הגשר. צילום: אן באואר",
    "ja": "新しい橋＝村田花子撮影;資料写真;写真：村田花子",
    "ko": "새 다리 [사진=강변신문];자료사진;사진: 강변신문",
    "zh": "新桥。图源：某某;资料图;攝影：某某",
    "th": "สะพานใหม่ ภาพ: แอน;แฟ้มภาพ",
}
PUBLISHED = """
Published;Posted on;Veröffentlicht am;Publié le;Publicado el;Publicada em;Pubblicato il
Gepubliceerd op
Publicat el;Data publicării: publicat;Publicerad;Publiceret;Publisert;Julkaistu;Avaldatud
Publicēts
Paskelbta;Opublikowano;Publikováno;Zverejnené;Objavljeno;Megjelent;Yayınlanma;Diterbitkan
Disiarkan
Đăng lúc;Imechapishwa;Опубликовано;Опубліковано;Публикувана;Објављено;Δημοσιεύθηκε;نشر في
منتشر شده
تاریخ اشاعت;प्रकाशित;প্রকাশিত;வெளியிடப்பட்டது;ప్రచురించబడింది;פורסם;Հրապարակվել է;გამოქვეყნდა
公開;입력;发布;發布;เผยแพร่
"""
UPDATED = """
Updated;Last modified;Aktualisiert;Zuletzt geändert;Mis à jour le;MAJ le 3;Actualizado
Atualizado;Aggiornato
Bijgewerkt;Actualitzat;Actualizat;Uppdaterad;Opdateret;Oppdatert;Päivitetty;Uuendatud
Atjaunots;Atnaujinta
Zaktualizowano;Aktualizováno;Aktualizované;Posodobljeno;Ažurirano;Frissítve;Güncelleme
Yenilənib;Diperbarui
Dikemas kini;Cập nhật;Imesasishwa;Обновлено;Оновлено;Обновена;Ажурирано;Ενημερώθηκε;تحديث
به‌روزرسانی;اپ ڈیٹ
अपडेट;अद्यतन;আপডেট;புதுப்பிக்கப்பட்டது;అప్‌డేట్;עודכן;Թարմացվել է;განახლდა;更新;수정;修改;อัปเดต
"""
AGO = """
5 minutes ago;3h ago;vor 5 Minuten;il y a 3 heures;hace 2 días;há 3 horas;3 ore fa
5 uur geleden;fa 3 hores
acum 3 ore;för 3 timmar sedan;for 3 timer siden;3 tuntia sitten;3 tundi tagasi
pirms 3 stundām;prieš 3 valandas
3 godziny temu;před 3 hodinami;pred 3 hodinami;prije 3 sata;pre 3 sata;3 órája;3 saat önce
3 saat əvvəl
3 jam yang lalu;3 jam lalu;3 giờ trước;saa 3 zilizopita;3 часа назад;3 години тому
преди 3 часа;пре 3 сата
πριν από 3 ώρες;πριν 3 ώρες;منذ 3 ساعات;۳ ساعت پیش;3 گھنٹے قبل;3 घंटे पहले;3 तासांपूर्वी
৩ ঘণ্টা আগে;3 గంటల క్రితం
לפני 3 שעות;3 ժամ առաջ;3 საათის წინ;3時間前;3시간 전;3小时前;3小時前;3 ชั่วโมงที่แล้ว
"""
RIGHTS = """
All rights reserved;Alle Rechte vorbehalten;Tous droits réservés;Todos los derechos reservados
Todos os direitos reservados;Tutti i diritti riservati;Toate drepturile rezervate;Kaikki oikeudet
Wszelkie prawa zastrzeżone;Všechna práva vyhrazena;Všetky práva vyhradené;Sva prava pridržana
Minden jog fenntartva;Tüm hakları saklıdır;Bütün hüquqlar qorunur;Hak cipta dilindungi
Все права защищены
Усі права захищені;Всички права запазени;Сва права задржана;Όλα τα δικαιώματα;جميع الحقوق محفوظة
جملہ حقوق محفوظ ہیں;सर्वाधिकार सुरक्षित;সর্বস্বত্ব সংরক্ষিত;כל הזכויות שמורות;ყველა უფლება დაცულია
版权所有;版權所有;สงวนลิขสิทธิ์
"""
RENDERED = """
Today's date: 3 May;Printed on 3 May;Last login: 3 May;Today is 3 May;Heute ist der 3. Mai
Ausgedruckt am
Imprimé le 3 mai;Nous sommes le 3 mai;Hoy es 3 de mayo;Stampato il 3 maggio;Сегодня: 3 мая
اليوم: 3;本日;오늘은;今天是
"""
SOURCES = """
Source: River News;Quelle: Flussblatt;Fuente: Agencia;Fonte: Agência;Bron: Rivierblad
Källa: Flodbladet;Kilde: Elva
Lähde: Jokilehti;Allikas: Jõeleht;Avots: Upe;Šaltinis: Upė;Źródło: Rzeka;Zdroj: Řeka
Izvor: Rijeka;Forrás: Folyó
Kaynak: Nehir;Sumber: Sungai;Nguồn: Sông;Chanzo: Mto;Источник: Река;Джерело: Ріка
Източник: Река;Πηγή: Ποτάμι
المصدر: النهر;منبع: رود;स्रोत: नदी;সূত্র: নদী;מקור: הנהר;წყარო: მდინარე;来源：江河;출처: 강변
"""

# How articles begin sentences and what stands above their parts, none of it a cue.
PROSE = {
    "en": """
More than forty people attended;Read by millions, the novel;May brought heavy rain to the coast
On Monday the council met again;Related parties must now pay;Most of the roads stay closed
Follow the river and you find it;Subscribers to the old line lost power
Comments by the mayor angered many
Trending upwards, prices rose;Sharing the cost is only fair;Editors of three papers resigned
Privacy advocates welcomed the law;Next comes the hard part
Getting there takes two hours;Watching the sea became his work;Advertisers left in droves
5 minutes later the roof gave way.;12 people saw the bridge fall;Photographs show the damage
""",
    "de": """
Mehr als vierzig Menschen kamen;Weitere Fälle sind nicht bekannt;Lesen können heute fast alle
Das könnte teuer werden;Zum ersten Mal seit Jahren;Themen wie diese bewegen das Land
Teilen will er den Gewinn nicht;Werbung allein hilft dem Laden nicht;Auch die Nachbarn halfen mit
Der Streit um die Brücke;Anzeigen wurden keine erstattet;Quellen im Rathaus bestätigen das
""",
    "fr": """
Plus de quarante personnes sont venues;Lire ne suffit plus;Les plus jeunes ont quitté le village
Recevoir des visiteurs demande du temps;Il y a 12 ponts dans la vallée;Suivre le fleuve est facile
Partager l'eau reste difficile;Dossier sensible pour le maire;À voir les dégâts, on comprend
""",
    "es": """
Más de cuarenta personas acudieron;Lo más difícil empieza ahora
También puede que llueva mañana por la tarde.
Hace 12 grados en la costa;Compartir el agua no es fácil;Temas como este dividen al pueblo
Noticias del puente llegaron tarde;Sobre el río hay dos puentes;Leer cuesta menos que construir
""",
    "pt": """
Mais de quarenta pessoas vieram;Há 12 pontes no vale;Ler é um hábito antigo
Notícias do porto chegaram tarde
Saber mais não basta ao prefeito;Todos os barcos voltaram;O mais difícil vem agora
Partilhar a água custa
""",
    "it": """
Più di quaranta persone sono arrivate;Altri due ponti sono chiusi;Leggere non basta più
Ha 12 anni e nuota ogni giorno;Il ponte più lungo della valle;I più giovani sono partiti
Temi come questo dividono
""",
    "nl": """
Meer dan veertig mensen kwamen;Lezen doen ze daar graag;Meest opvallend is de stilte
Onderwerpen als dit verdelen
Delen van de brug zijn weg;Volgens de burgemeester is het klaar;Bronnen in het dorp weten meer
""",
    "ro": """
Mai mult de patruzeci de oameni au venit;Citind ziarul, primarul a râs
Cele mai multe poduri sunt închise
Alte două poduri rămân deschise;Recomandarea medicilor este clară.
""",
    "sv": """
Mer än fyrtio personer kom;Läsningen tar två timmar;Flera broar är stängda
Mest av allt saknar han havet
För 12 kronor får man en fisk;Delar av bron är borta;Följderna blir stora
""",
    "da": """
Mere end fyrre mennesker kom;Flere broer er lukket;Læsere i byen er vrede;Dele af broen er væk
Følgerne bliver store;For 12 kroner får man en fisk
""",
    "nb": """
Mer enn førti mennesker kom;Flere broer er stengt;Leserne i byen er sinte;Deler av broen er borte
Følgene blir store;For 12 kroner får man en fisk
""",
    "fi": """
Lisäksi kaksi siltaa on suljettu;Lukeminen vie kaksi tuntia;Suosituin silta on vanhin
Jaettu ilo on kaksinkertainen;Aiheesta kiisteltiin pitkään kunnassa.;Kuvassa näkyy vain joki
""",
    "et": """
Rohkem kui nelikümmend inimest tuli;Lugemine võtab kaks tundi;Samal päeval suleti sild
Jagatud rõõm
""",
    "lv": """
Vairāk nekā četrdesmit cilvēku ieradās;Lasīšana prasa divas stundas;Par tiltu strīdas visi
""",
    "lt": """
Daugiau nei keturiasdešimt žmonių atvyko;Skaityti mėgsta visi kaime
Kitas tiltas uždarytas jau metus
""",
    "pl": """
Więcej niż czterdzieści osób przyszło;Czytanie zajmuje dwie godziny
Najczęściej chodzi o pieniądze.
Inne mosty pozostają zamknięte;Zobaczyć rzekę chce każdy;O moście mówi cała wieś
""",
    "cs": """
Více než čtyřicet lidí přišlo;Další dva mosty jsou zavřené;Čtení trvá dvě hodiny
Souvislost s mostem popírá
Nejvíce chybí starý most;Sledovat řeku je snadné
""",
    "sk": """
Viac ako štyridsať ľudí prišlo;Ďalšie dva mosty sú zatvorené;Čítanie trvá dve hodiny
Najviac chýba most
""",
    "sl": "Več kot štirideset ljudi je prišlo;Branje traja dve uri;Povezava z mostom ni znana",
    "hr": "Više od četrdeset ljudi je došlo;Čitanje traje dva sata;Ostala dva mosta su zatvorena",
    "hu": """
Több mint negyven ember jött el;További két hidat lezártak a héten.;Olvasni mindenki szeret
Ajánlatot tett a polgármester;Képtelen volt átjutni a hídon
""",
    "tr": """
Kırktan fazla kişi geldi;Daha fazla para istiyorlar diyen başkan istifa etti.
Köprünün iki ayağı yıkıldı
Okumak iki saat sürüyor;Yorgun işçiler eve döndü;Benzer bir köprü daha var
""",
    "id": """
Lebih dari empat puluh orang datang;Membaca butuh dua jam;Berita duka datang dari desa
Sumber air itu kering
Topik ini ramai dibahas warga;Jembatan lain tetap dibuka
""",
    "vi": """
Hơn bốn mươi người đã đến;Đọc sách mất hai giờ;Nguồn nước đã cạn;Theo ông chủ tịch xã
Tin buồn từ làng
""",
    "sw": "Zaidi ya watu arobaini walifika;Kusoma huchukua saa mbili;Daraja lingine limefungwa",
    "ru": """
Более сорока человек пришли на берег;Читать любят все в деревне;Главное случилось ночью
Другие мосты закрыты на месяц;По теме моста спорят годами;Самое трудное впереди
Темы беседы не раскрыты
Все дороги ведут к реке;Подробности аварии выясняет комиссия
""",
    "uk": """
Понад сорок людей прийшли;Читати люблять усі в селі;Інші мости закриті на місяць
Тема мосту болюча
""",
    "bg": """
Повече от четиридесет души дойдоха;Още два моста са затворени.;Четенето отнема два часа
За моста спорят
""",
    "sr": "Више од четрдесет људи је дошло;Читање траје два сата;Остала два моста су затворена",
    "el": """
Περισσότεροι από σαράντα άνθρωποι ήρθαν;Άλλες δύο γέφυρες έκλεισαν;Διαβάζει δύο ώρες τη μέρα
Σχετικά με τη γέφυρα, ο δήμαρχος σιωπά
""",
    "ar": """
أكثر من أربعين شخصا حضروا;قال رئيس البلدية إن الجسر مغلق;القراءة عادة قديمة في القرية
صدر القرار أمس
""",
    "fa": """
بیش از چهل نفر آمدند;خواندن دو ساعت طول می‌کشد;پل دیگری بسته است;شهردار گفت که راه باز است
""",
    "ur": "چالیس سے زیادہ لوگ آئے;میئر نے کہا کہ پل بند ہے;گاؤں میں پانی نہیں ہے",
    "hi": """
चालीस से अधिक लोग आए;पढ़ना एक पुरानी आदत है;महापौर ने कहा कि पुल बंद है;नदी का पानी बढ़ रहा है
""",
    "bn": "চল্লিশ জনের বেশি মানুষ এসেছেন;মেয়র বলেছেন সেতু বন্ধ;নদীর পানি বাড়ছে",
    "ta": "நாற்பது பேர் வந்தனர்;பாலம் மூடப்பட்டது என்றார் மேயர்;ஆற்றில் நீர் உயர்கிறது",
    "he": "יותר מארבעים איש הגיעו;ראש העיר אמר שהגשר סגור;הקריאה אורכת שעתיים;מי הנהר עולים",
    "ka": "ორმოცზე მეტი ადამიანი მოვიდა;მერმა თქვა, რომ ხიდი დაკეტილია;მდინარე ადიდდა",
    "ja": """
四十人以上が集まった;村長は橋が閉鎖されたと述べた;関係者によると工事は続く;写真家の夢
残り二日で決まる
""",
    "ko": """
마흔 명 넘게 모였다;시장은 다리가 닫혔다고 말했다;관계자에 따르면 공사는 계속된다
추위가 이어진다
""",
    "zh": """
四十多人来到河边;市长说桥已关闭;相关部门正在调查原因;最新研究显示水位上升;更多人选择步行
""",
    "th": "ชาวบ้านกว่าสี่สิบคนมาที่แม่น้ำ;นายกเทศมนตรีกล่าวว่าสะพานปิดแล้ว;น้ำในแม่น้ำสูงขึ้น",
}


def _split(text: str) -> list[str]:
    return [part for part in text.strip().replace("\n", ";").split(";") if part]


def _pairs(*tables: dict[str, str]) -> list[tuple[str, str]]:
    return [
        (lang, text) for table in tables for lang, said in table.items() for text in _split(said)
    ]


def _folded(text: str) -> str:
    return fold(unicodedata.normalize("NFC", text))


def _says(text: str) -> set[str]:
    """The cues of a line, asked for as they are of the lines of a dump."""
    folded = _folded(text)
    said = set()
    if folded.strip(" .:…›»>|*[]()") in cues.FURNITURE or cues.FURNITURE_BEGINS.match(folded):
        said.add("furniture")
    if cues.TAIL.match(folded):
        said.add("tail")
    hinted = not cues.CAPTION_WORDS.isdisjoint(re.findall(r"[^\W\d_]{2,}", folded))
    if (hinted or cues.CAPTION_SIGNS.search(folded)) and cues.CAPTION.search(folded):
        said.add("caption")
    if cues.AGO.search(folded):
        said.add("ago")
    if cues.RIGHTS.match(folded):
        said.add("rights")
    return said


def test_the_tables_are_wide_enough() -> None:
    labels = _pairs(FURNITURE, TAIL, CAPTION)
    assert len(labels) >= 400
    assert len({lang for lang, _ in labels}) >= 35
    assert len(_pairs(PROSE)) >= 200
    assert len(PROSE) >= 25


@pytest.mark.parametrize("lang", FURNITURE)
def test_furniture_is_known(lang: str) -> None:
    assert [t for t in _split(FURNITURE[lang]) if "furniture" not in _says(t)] == []


@pytest.mark.parametrize("lang", TAIL)
def test_what_follows_an_article_is_known(lang: str) -> None:
    assert [t for t in _split(TAIL[lang]) if "tail" not in _says(t)] == []


def test_a_word_leads_to_each_phrase_of_captions() -> None:
    table = (Path(cues.__file__).parent / "words" / "pictures.txt").read_text(encoding="utf-8")
    phrases = table.partition("[alone]")[2].partition("[hint]")[0].replace("[phrase]", "")
    listed = [phrase for phrase in re.split("[;\n]", phrases) if phrase]
    assert len(listed) > 150
    assert [phrase for phrase in listed if "caption" not in _says(phrase)] == []


@pytest.mark.parametrize("lang", CAPTION)
def test_captions_are_known(lang: str) -> None:
    assert [t for t in _split(CAPTION[lang]) if "caption" not in _says(t)] == []


@pytest.mark.parametrize(
    ("cue", "labels"),
    [
        (cues.PUBLISHED, PUBLISHED),
        (cues.UPDATED, UPDATED),
        (cues.AGO, AGO),
        (cues.RIGHTS, RIGHTS),
        (cues.RENDERED, RENDERED),
        (cues.SOURCE_LABEL, SOURCES),
    ],
    ids=["published", "updated", "ago", "rights", "rendered", "sources"],
)
def test_labels_are_known(cue: re.Pattern[str], labels: str) -> None:
    assert [t for t in _split(labels) if not cue.search(_folded(t))] == []


@pytest.mark.parametrize("lang", PROSE)
def test_sentences_are_no_cues(lang: str) -> None:
    assert [(t, said) for t in _split(PROSE[lang]) if (said := _says(t))] == []


def test_agencies_in_datelines_are_no_captions() -> None:
    assert "caption" not in _says("RIVERTON (AP) — The bridge is closed, the mayor said.")


@pytest.mark.parametrize("name", ["RIGHTS", "PUBLISHED", "UPDATED", "RENDERED", "SOURCE_LABEL"])
def test_patterns_are_written_folded(name: str) -> None:
    """A letter that folding changes would never be found."""
    letters = re.sub(r"\\.", "", getattr(cues, name).pattern)
    assert fold(unicodedata.normalize("NFC", letters)) == letters


def test_a_line_costs_microseconds() -> None:
    texts = [fold(text) for _, text in _pairs(PROSE, TAIL)] * 20
    began = time.process_time()
    for text in texts:
        cues.FURNITURE_BEGINS.match(text)
        cues.TAIL.match(text)
    assert (time.process_time() - began) / len(texts) < 50e-6
