"""Words by which bylines and the names in them are known, in many languages.

Common words of every newspaper, no names of persons. All are in lower case.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.casefold().split())


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(phrase for p in text.replace("\n", ";").split(";") if (phrase := p.strip()))


# Each agency, and how else it signs; compared without case, kept as printed.
AGENCIES: dict[str, tuple[str, ...]] = {
    "AFP": ("agence france-presse", "agence france presse", "afp.com", "أ ف ب", "ا ف ب", "أ.ف.ب"),
    "AP": ("associated press", "the associated press", "the ap", "ap news"),
    "Reuters": ("thomson reuters", "reuters staff", "agencia reuters"),
    "dpa": ("deutsche presse-agentur", "dpa-afx", "dpa/lno", "dpa-infocom", "dpa-tmn"),
    "Press Association": ("pa", "pa media", "the press association", "pa news agency"),
    "Xinhua": ("xinhua news agency",),
    "TASS": ("itar-tass",),
    "EFE": ("agencia efe", "agencias efe", "efe-epa"),
    "ANSA": ("agenzia ansa", "redazione ansa"),
    "Europa Press": ("ep",),
    "UPI": ("united press international",),
    "Bloomberg": ("bloomberg news",),
    "Kyodo": ("kyodo news",),
    "Jiji": ("jiji press",),
    "Yonhap": ("yonhap news agency", "yonhap news"),
    "PTI": ("press trust of india",),
    "ANI": ("asian news international",),
    "IANS": ("indo-asian news service",),
    "UNI": (),
    "APP": ("associated press of pakistan",),
    "UNB": ("united news of bangladesh",),
    "Anadolu": ("anadolu agency", "anadolu ajansı", "aa"),
    "DHA": ("demirören haber ajansı",),
    "İHA": ("iha", "ihlas haber ajansı"),
    "ANKA": (),
    "APA": (),
    "SDA": ("keystone-sda", "sda-keystone", "ats", "keystone-ats", "awp"),
    "KNA": (),
    "epd": (),
    "SID": (),
    "ANP": (),
    "Belga": (),
    "NTB": (),
    "TT": ("tt nyhetsbyrån",),
    "Ritzau": (),
    "STT": ("stt-lehtikuva",),
    "BNS": (),
    "LETA": (),
    "ELTA": (),
    "PAP": (),
    "ČTK": ("ctk",),
    "TASR": (),
    "SITA": (),
    "STA": (),
    "HINA": (),
    "Tanjug": (),
    "Beta": (),
    "FENA": (),
    "MTI": (),
    "BTA": (),
    "Agerpres": (),
    "Mediafax": (),
    "Lusa": ("agência lusa",),
    "Agência Brasil": (),
    "Estadão Conteúdo": (),
    "Notimex": (),
    "Télam": (),
    "Colpisa": (),
    "ACN": (),
    "Adnkronos": (),
    "AGI": (),
    "Askanews": (),
    "LaPresse": (),
    "Interfax": (),
    "RIA Novosti": (),
    "Ukrinform": (),
    "UNIAN": (),
    "ТАСС": (),
    "Интерфакс": (),
    "РИА Новости": (),
    "Укрінформ": (),
    "УНІАН": (),
    "БТА": (),
    "Танјуг": (),
    "Бета": (),
    "ΑΠΕ-ΜΠΕ": ("απε", "αμπε"),
    "Antara": (),
    "Bernama": (),
    "TTXVN": (),
    "The Canadian Press": ("canadian press",),
    "La Presse canadienne": (),
    "AAP": ("australian associated press",),
    "Newsroom Afrika": (),
    "IRNA": (),
    "ISNA": (),
    "SANA": (),
    "WAM": (),
    "SPA": (),
    "MENA": (),
    "فرانس برس": ("وكالة فرانس برس",),
    "رويترز": (),
    "الأناضول": ("وكالة الأناضول",),
    "أسوشيتد برس": (),
    "ایسنا": (),
    "ایرنا": (),
    "فارس": ("خبرگزاری فارس",),
    "اے ایف پی": (),
    "روئٹرز": (),
    "اے پی پی": (),
    "एएफपी": (),
    "पीटीआई": (),
    "एएनआई": (),
    "भाषा": (),
    "রয়টার্স": (),
    "এএফপি": (),
    "বাসস": (),
    "ஏஎஃப்பி": (),
    "新华社": (),
    "新華社": (),
    "法新社": (),
    "路透社": (),
    "美联社": (),
    "中新社": (),
    "中央社": (),
    "共同通信": ("共同通信社", "共同"),
    "時事通信": ("時事通信社", "時事"),
    "ロイター": (),
    "연합뉴스": (),
}
# Agencies whose names are words, or are short for much else: only so written, or with a lead.
WORDLIKE_AGENCIES = _words(
    """
app spa sid apa sana wam mena agi ani uni pap tt stt ats pa ap aap sda dha aa ep anka sta sita
beta бета fena hina acn bta bns leta elta mti فارس भाषा lusa belga 共同 時事 awp unb the
"""
)
# These stand alone on menus far more than as a signature.
NEEDS_A_LEAD = _words("spa beta бета ep aa sita فارس भाषा 共同 時事 uni sta mena")

# Words of which one makes the whole a body that signs, not a person.
ORGANIZATION_WORDS = _words(
    """
news newsroom agency agencies press desk bureau team editorial board media network times post
herald tribune gazette guardian magazine online tv radio wire redaktion agentur nachrichten
redacción agencia agencias redazione rédaction redactie redakcja redakce redaksi redação toimitus
haber merkezi institute university committee foundation association council union society
federation ministry company inc ltd gmbh redaktionen redaktionsteam redakcija redakcia
szerkesztőség redacció redacția agência agenzia agence agentura agencja persbureau nyhetsbyrå
nyhetsbyrån nyhedsbureau toimituskunta zeitung verlag rádio radyo jornal équipe equipe
equipo daily chronicle telegraph courier courrier
diario diário gazeta journal газета
"""
)
# The same where words have endings, or no spaces between them.
ORGANIZATION_SIGN = (
    "редакция|редакція|редакцията|редакција|агентство|агенция|агенција|σύνταξης|πρακτορείο|"
    "وكالات|وكالة|تحریریہ|خبرگزاری|ڈیسک|डेस्क|ডেস্ক|மையம்|編集部|编辑部|編輯部|取材班|报道组|"
    "新聞社|新闻社|通信社|通讯社|日報|日报|뉴스|기자단|편집부|กองบรรณาธิการ|חדשות"
)
# Bodies that everybody has: a byline of these names nobody.
NOBODY = frozenset(
    phrase.casefold()
    for phrase in _phrases(
        """
staff;staff writer;staff writers;staff reporter;staff reporters;staff report;staff reports
our correspondent;our correspondents;our staff reporter;our special correspondent;a correspondent
correspondent;correspondents;reporter;reporters;editor;editors;the editor;the editors;admin
administrator;author;authors;anonymous;guest;unknown;contributor;contributors;guest author
guest contributor;guest writer;special correspondent;special to the paper;our reporter;news
press release;sponsored;partner content;none;n/a;webmaster;user;redaktion;die redaktion
der redaktion
unserer redaktion;unserem korrespondenten;unseren agenturen;mit agenturen;agences;redacción
la redacción;redazione;la redazione;rédaction
la rédaction;redactie;de redactie;onze redactie;redakcja;redakce;redakcia;redakcija;uredništvo
redaktionen;redaksjonen;toimitus;toimetus;redaksi;tim redaksi;redação;da redação;redacció;redacția
szerkesztőség;newsroom;editorial;agencies;news agencies;agencias;agências;agentur;agenturen;wire
wire services;web desk;news desk;online desk;monitoring desk;haber merkezi;more;follow;share;us;me
mwandishi wetu;wetu;mwandishi;waandishi wetu;ban biên tập;phóng viên;pv;редакция;редакція;редакцията
редакција;собкор;наш корреспондент;корреспондент;админ;администратор;σύνταξη;συντακτική ομάδα
newsroom;التحرير;هيئة التحرير;وكالات;متابعات;مراسلنا;خاص;تحریریه;گروه اخبار;ویب ڈیسک;نیوز ڈیسک
نمائندہ خصوصی;डेस्क;न्यूज़ डेस्क;न्यूज डेस्क;ब्यूरो;संवाददाता;हमारे संवाददाता;प्रतिनिधी
निजी संवाददाता
নিজস্ব প্রতিবেদক;নিজস্ব সংবাদদাতা;স্টাফ রিপোর্টার;অনলাইন ডেস্ক;ডেস্ক রিপোর্ট;மாலை மலர்;编辑部;編集部
本报记者;本報記者;記者;记者;编辑;編輯;综合;綜合;网络;整理;기자;편집부;กองบรรณาธิการ;ผู้สื่อข่าว
מערכת;מערכת האתר
"""
    )
)
DESKS = (
    "desk|newsroom|redaktion|redacción|rédaction|redazione|agencies|redactie|redakcja|redakce|"
    "redação|redaksi|ডেস্ক|डेस्क|ڈیسک"
)

# What opens a byline. These are no ordinary words, or stand before names far more than elsewhere.
STRONG_LEADS = _phrases(
    """
by;written by;reported by;words by;words and pictures by;story by;text by;report by;reporting by
analysis by;opinion by;article by;essay by;column by;commentary by;review by
interview by;interviewed by;compiled by;a guest post by;guest post by;posted by;published by
submitted by;created by;exclusive by;author;authors;author's name;about the author;article author
von;geschrieben von;verfasst von;veröffentlicht von;gespeichert von;eingestellt von;erstellt von
text von;autor;autoren;autorin;autorinnen;autor/in;autor*in;autor:in;protokoll von
von unserem korrespondenten;von unserer korrespondentin;von unserem redakteur
von unserer redakteurin;von unserem mitarbeiter;von unserer mitarbeiterin
par;écrit par;rédigé par;publié par;posté par;proposé par;propos recueillis par
entretien réalisé par;interview réalisée par;texte de;auteur;auteure;autrice;auteurs
de notre correspondant;de notre correspondante;de notre envoyé spécial;de notre envoyée spéciale
par notre correspondant;par notre correspondante
por;escrito por;redactado por;publicado por;elaborado por;un artículo de;texto de;entrevista de
autor/a;autora;autores;autor(a);reportagem de;reportagem por;artigo de;matéria de;texto por
a cura di;scritto da;articolo di;un articolo di;intervista di;commento di;redatto da;pubblicato da
dal nostro inviato;dal nostro corrispondente;autore;autori;autrice
door;geschreven door;tekst door;gepubliceerd door;een column van;column van;auteur(s)
escrit per;redactat per;per:;scris de;publicat de;postat de;articol de;articol scris de;autoare
skrivet av;skriven av;text av;publicerad av;skrevet av;skrevet av:;publisert av;tekst av
skrevet af;tekst af;udgivet af;kirjoittanut;kirjoittaja;kirjoittajat;teksti ja kuvat
jutun kirjoittaja
kirjutas;kirjutanud;autorid;autors;autore;sagatavoja;autorius;autorė;autoriai;parengė;parašė
autorka;autorzy;napisał;napisała;napisali;opracował;opracowała;oprac.;przygotował;przygotowała
tekst i zdjęcia;rozmawiał;rozmawiała;przez;opublikowane przez;autoři;napsal;napsala;připravil
připravila;napísal;napísala;pripravil;pripravila;avtor;avtorica;avtorji;autorica;piše;pišu
napisao;napisala;razgovarao;razgovarala;írta;szerző;szerzők;készítette;szerkesztette
yazan;yazar;yazarı;hazırlayan;derleyen;müəllif;yazdı;hazırladı
oleh;ditulis oleh;penulis;pewarta;dilaporkan oleh;reporter:;wartawan;jurnalis;laporan:
tác giả;bởi;viết bởi;người viết;thực hiện;bài và ảnh;na mwandishi;na waandishi;imeandikwa na
imeandaliwa na;mwandishi;автор;авторы;автор текста;автор статьи;автор материала;подготовил
подготовила;подготовили;материал подготовил;материал подготовила;текст подготовил;написал
написала;беседовал;беседовала;опубликовано пользователем;авторка;автори;авторка тексту;підготував
підготувала;написав;розмовляв;розмовляла;записав;записала;авторът;публикувано от;подготви;аутор
ауторка;аутори;пише;написао;написала;γράφει ο;γράφει η;γράφει;γράφουν;γράφουν οι;συντάκτης
συντάκτρια;συντάκτης άρθρου;αρθρογράφος;από τον;από την;επιμέλεια;ρεπορτάζ;του δημοσιογράφου
بقلم;كتبها;كتبه;إعداد;اعداد;بواسطة;الكاتب;كاتب المقال;أجرى الحوار;أجرت الحوار;كاتب
نویسنده;نوشته;نوشتهٔ;نوشته ی;به قلم;گزارش از;تحریر;مصنف;از قلم;کالم نگار;کتبه;द्वारा;लेखक;लेखिका
लेखन;लिखित;रिपोर्टर;प्रस्तुति;लेखक के बारे में;লেখক;লিখেছেন;প্রতিবেদক;লেখা;எழுதியவர்;ஆசிரியர்
ஆக்கம்;எழுத்து
מאת;כתב;כתבה;כתבת;נכתב על ידי;פורסם על ידי;על ידי;հեղինակ;հեղինակ՝;ավտոր;ავტორი;ავტორები
โดย;เรื่องโดย;เขียนโดย;ผู้เขียน;ผู้แต่ง
"""
)
# These are the beginning of ordinary lines too: only a line of names may follow, unless a colon
# stands between.
WEAK_LEADS = _phrases(
    """
di;na;haber;text;texte;texto;testo;tekst;teksti;teksts;tekstas;szöveg;besedilo;journalist
journaliste;journalistin;reporter;af;av;ein gastbeitrag;od;de;per;van;from;przez;autor text
od:;redaktør;redaktor;redactor;reportage;interview;protokoll;muhabir;röportaj;yazı;bài;theo
từ;от;від;από;του;της;των;κείμενο;текст;репортаж;интервью;інтерв'ю;записал;كتب;كتبت;تحرير
حوار;تقرير;المصدر;مراسل;گزارش;از;خبرنگار;رپورٹ;رپورٹر;انٹرویو;रिपोर्ट;संवाददाता;वार्ताहर;ब्यूरो
প্রতিবেদন
কলাম;கட்டுரை;เรื่อง;ผู้สื่อข่าว;ტექსტი;տեքստ;toimittaja;toimetaja;yazdi;yazısı;laporan;prepared by
produced by
"""
)
# "Ein Kommentar von": a kind of article, and a preposition.
GERMAN_KINDS = (
    "gastbeitrag|gastkommentar|kommentar|analyse|beitrag|bericht|interview|kolumne|essay|"
    "reportage|glosse|leitartikel|rezension|kritik|porträt|artikel|meinungsbeitrag|gespräch|"
    "recherche|protokoll"
)
# Signs with which a lead of the scripts without spaces begins, and those leads.
HAN_LEADS = (
    "(?:本報|本报|本社|本刊|新华社|新華社|中新社|特约|特約|实习|實習)?"
    "(?:記者|记者|通讯员|作者|著者|撰文|撰稿|撰寫|執筆|执笔|筆者|采写|採訪|報導|ライター|编译|編譯|"
    "글쓴이|작성자|저자|필자)"
)
HAN_LEADS_WITH_A_SIGN = (
    "文・写真|文字|文|图文|圖文|取材・文|取材・執筆|取材|聞き手|構成|著|"
    "글・사진|글·사진|글|기자|취재"
)
# Behind a name, and no part of it.
ROLES_BEHIND = "기자|특파원|논설위원|선임기자|객원기자|記者|记者|報道員|通讯员|特派員|编译|द्वारा"

# Words between names, in lower case; some of them in capitals too.
AND_WORDS = _words(
    """
and und et with mit avec con com amb cu og och ja oraz y e i en és ir un ve və dan và și şi и та и
және a și και και і й va sareng اور एवं और तथा व आणि ও এবং மற்றும் และ და և եւ
"""
)
AND_WORDS_IN_CAPITALS = ("AND", "UND", "ET", "WITH", "MIT", "AVEC", "OG", "OCH", "И", "ΚΑΙ", "ÉS")
# Who stands behind these helped: an agency there is no author.
WITH_WORDS = _words("with mit avec con com amb cu med met z s с")

# Where the names of a byline end, however written.
END_WORDS = _words(
    """
published updated posted editing edited editor's last translated photo photos photograph
photographs photographer photography video reporting writing illustration illustrations graphics
additional follow followed following share comment comments email print listen save subscribe
read view bio about contact see is was has writes reports covers
veröffentlicht aktualisiert stand erstellt zuletzt fotos foto bilder bild folgen
publié publiée mis modifié lire partager photographies
publicado publicada actualizado actualizada seguir compartir fotografía fotografías atualizado
pubblicato pubblicata aggiornato segui condividi
gepubliceerd bijgewerkt geplaatst beeld publicerad uppdaterad publisert oppdatert publiceret
opdateret julkaistu päivitetty kuvat kuva avaldatud publicēts paskelbta atnaujinta
opublikowano aktualizacja zdjęcia publikováno aktualizováno publikované aktualizované objavljeno
objavljeno: ažurirano közzétéve frissítve fotó fotók publicat actualizat
yayınlanma yayın güncelleme giriş güncellenme fotoğraf diterbitkan dipublikasikan diperbarui
đăng cập ảnh опубликовано обновлено фото иллюстрация опубліковано оновлено публикувано обновена
снимки објављено ажурирано δημοσίευση ενημέρωση φωτογραφία φωτογραφίες δημοσιεύθηκε
تاريخ نشر تحديث تصوير الصورة تاریخ انتشار عکس عکاس اپ شائع تصاویر प्रकाशित अपडेट पब्लिश
प्रकाशन प्रकाशित: আপডেট প্রকাশ প্রকাশিত বেলা வெளியிடப்பட்டது עודכן פורסם צילום צילומים אוםדכן
เผยแพร่ อัปเดต ภาพ ลงวันที่ 発行 更新 公開 撮影 写真 更新日 发布 發布 发表 發表 攝影 摄影 입력
수정 사진 등록
"""
)
# The same, where they stand in small letters only: "For" and "On" may be names.
SMALL_END_WORDS = _words(
    """
on at for via as who that his her their il le am um vom när kl klo o dne dnia
published updated
"""
)

# What somebody is, not who.
TITLE_WORDS = _words(
    """
editor editors correspondent correspondents reporter reporters writer writers staff chief senior
junior director columnist columnists producer fellow professor analyst journalist contributor
manager head associate assistant deputy president ceo cto cfo founder co-founder photographer
intern author ma md phd ph.d rn bsc msc esq vice-president executive managing contributing
freelance special principal lecturer researcher critic commentator blogger anchor host presenter
chair chairman secretary minister specialist expert consultant coordinator strategist copywriter
photojournalist videographer trainee content lead officer co-editor editor-in-chief
redakteur redakteurin redaktor redaktorin korrespondent korrespondentin reporterin leiter leiterin
volontär volontärin chefredakteur chefredakteurin autor autorin ressortleiter ressortleiterin
freier freie mitarbeiter mitarbeiterin stellvertretender stellvertretende kolumnist kolumnistin
chefreporter chefreporterin politikredakteur wirtschaftsredakteur nachrichtenredakteur
gastautor gastautorin journalistin textchef textchefin
journaliste rédacteur rédactrice correspondant correspondante envoyé envoyée spécial spéciale chef
service pigiste chroniqueur chroniqueuse éditorialiste auteur reporter
periodista redactor redactora corresponsal enviado enviada especial jefe jefa columnista director
directora subdirector
inviato inviata corrispondente giornalista caporedattore direttore collaboratore collaboratrice
repórter colunista jornalista correspondente editor-chefe editora enviado
redacteur redactrice verslaggever verslaggeefster hoofdredacteur correspondente medewerker
journalistka toimittaja toimitussihteeri erikoistoimittaja ajakirjanik toimetaja žurnālists
žurnalistas redaktør journalist politisk kommentator korrespondenten ledarskribent krönikör
dziennikarz dziennikarka redaktorka redaktorica reporterka publicysta novinar novinarka novinář
novinářka redaktorem šéfredaktor újságíró szerkesztő főszerkesztő munkatárs jurnalist jurnalistă
corespondent muhabir muhabiri editör köşe yazarı müxbir wartawan jurnalis redaktur mwandishi
политический собкор обозревателя novinarstvo
politics political business sport sports science technology health economic economics world
culture education environment news foreign national international diplomatic defence defense
investigations investigative multimedia digital features opinion local city crime legal
"""
)
TITLE_SIGN = (
    "корреспондент|журналист|редактор|обозреватель|кореспондент|журналіст|колумнист|новинар|"
    "ведущий|заместитель|оглядач|δημοσιογράφος|ανταποκριτής|συντάκτη|ρεπόρτερ|"
    "مراسل|محرر|صحفي|صحافي|رئيس|كاتب|باحث|نامہ نگار|صحافی|تجزیہ|خبرنگار|روزنامه|"
    "संवाददाता|पत्रकार|संपादक|प्रतिनिधी|প্রতিনিধি|প্রতিবেদক|সাংবাদিক|সম্পাদক|செய்தியாளர்|நிருபர்|"
    "כתב|עיתונאי|עורך|פרשן|특파원|논설위원|编辑|編輯|編集|ผู้สื่อข่าว|บรรณาธิการ|ჟურნალისტი|լրագրող"
)

# In small letters these stand inside a name.
PARTICLES = _words(
    """
de da do dos das del dello della delle dei degli di der den des du van von vom zu la le
las los el al bin ibn ben bint binti ter ten te af d’ d' o’ mac mc st abu um ul ur ud san santa
e’ het 't ’t op in't av ap ferch bat bar oğlu qızı ould
"""
)
# Before these a name is never over.
PLACE_WORDS = _words(
    "in at near from à aux au en aus bei nahe desde em da dal van uit i w ve z ze v u из в у з във "
    "bij från fra de iz kutoka din στην στο από στη"
)
# Two words that are a place, and look like a person.
PLACES = frozenset(
    _phrases(
        """
new york;los angeles;san francisco;san diego;las vegas;são paulo;sao paulo;rio de janeiro
buenos aires;hong kong;tel aviv;addis ababa;addis abeba;kuala lumpur;mexico city;new delhi
neu delhi;abu dhabi;cape town;st petersburg;st. petersburg;sankt petersburg;dar es salaam;den haag
the hague;la paz;santo domingo;porto alegre;belo horizonte;nova york;nueva york;saudi arabia
south africa;north korea;south korea;united states;united kingdom;sri lanka;costa rica
burkina faso;sierra leone;el salvador;new zealand;hong-kong;phnom penh;ho chi minh;hà nội;đà nẵng
silicon valley;wall street;downing street;white house;baden baden;frankfurt am main;nizhny novgorod
ciudad de méxico;santiago de chile;costa del sol;la habana;la haye;le caire;novi sad;banja luka
карловы вары;нью йорк;нижний новгород;тель авив;λος άντζελες;νέα υόρκη;hauts de seine
"""
    )
)
# With one of these in front it is a place or a thing: "San Marino", "New Delhi", "East End".
NEVER_FIRST = _words(
    """
new von par por oleh der die das les il fc sc ac sv tsv vfl vfb as us uk eu un ai tv pc san
são sao los las port puerto porto fort north south east west northern southern eastern
western nord sud süd ost est ouest norte sur sul oeste northeast great greater grand lake mount
river isle the our my your a an upper lower central middle inner outer top best daily
weekly sunday monday tuesday wednesday thursday friday saturday every all no dear why how what
when who first second third most more next last neue neuer neues neuen alte nueva nuevo nova novo
nouveau nouvelle nuovo nuova nieuwe ny nya nowy nová nový új yeni baru mới новый новая нова нове
нов νέα νέο general royal national international federal united super mega ultra
"""
)
# Function words, and what menus, buttons, sections and headings are made of.
_PAGE_WORDS = _words(
    """
the this that these those is are was were be been has have had could of to for as it
its his our their your my we you they not but or if when how why what who which where than then
more most all new now after before about over into out up down under between through against
without within during because while every each some any other another such only just still here
there today tomorrow yesterday tonight from by

read share follow subscribe sign log login logout register click menu search home homepage video
videos photo photos image images gallery galleries picture pictures credit credits copyright
related comments comment email print facebook twitter whatsapp instagram youtube linkedin telegram
tiktok pinterest reddit newsletter newsletters podcast podcasts blog blogs live stream watch listen
play playlist episode episodes season show shows series movie movies film films trailer music album
song songs book books game games gaming app apps download downloads upload install update updates
news breaking latest trending popular headlines headline story stories article articles report
reports guide guides tips advice review reviews rating ratings ranking rankings list lists
analysis feature features opinion opinions editorial editorials column columns letters letter
interview interviews exclusive politics political policy policies privacy cookie cookies terms
conditions service services support help faq contact contacts about careers jobs career job
advertise advertising advertisement advertisements sponsored sponsor promoted partner partners
partnership shop store shopping deals deal offer offers coupon coupons price prices pricing buy
sale sales order orders cart account accounts settings profile password username subscription
subscriptions membership member members premium plus pro free trial support donate donation gift
gifts edition editions issue issues archive archives section sections topic topics category
categories tag tags page pages site sitemap map maps link links tool tools calculator data
statistics report dashboard feed feeds rss notifications alerts alert forum forums community
network networks channel channels radio tv television program programme programmes programs
schedule calendar events event tickets ticket festival concert conference summit award awards
prize prizes championship championships league cup tournament match matches fixtures results
scores score standings table tables transfer transfers football soccer basketball baseball tennis
golf cricket rugby hockey racing olympics olympic sport sports athletics fantasy betting
business businesses finance financial economy economic economics market markets stock stocks
investing investment investments investor investors bank banking money tax taxes budget insurance
mortgage mortgages loans loan credit debt property estate housing energy oil gas climate
environment environmental weather forecast science sciences scientific technology technologies tech
digital cyber security software hardware computer computers internet web website online mobile
phone phones laptop laptops tablet tablets devices electric car cars vehicle vehicles auto
automotive health healthcare medical medicine hospital hospitals wellness fitness diet nutrition
food foods recipes recipe restaurant restaurants drinks wine travel hotel hotels flights holidays
holiday vacation tourism destinations lifestyle fashion beauty style design culture cultural arts
art theatre theater museum museums entertainment celebrity celebrities education school schools
university universities college colleges student students training courses course learning
research study studies science history military defense defence war wars army navy police crime
crimes court courts law laws legal justice government governments parliament senate congress
council minister ministry department office offices agency agencies committee commission
administration election elections vote votes voting campaign party parties democracy rights right
act bill reform immigration border security intelligence society social public private national
international global world worldwide local regional foreign domestic federal industry industries
company companies corporate management leadership marketing brand brands product products
production manufacturing trade trading retail logistics transport transportation railway airport
airlines airline station street road avenue bridge park parks garden gardens center centre house
building buildings street square hall tower island islands beach valley coast county city cities
town towns village state states country countries region regions republic kingdom union nations
europe europa european africa african asia asian america american americas australia australian
britain british england english scotland scottish ireland irish wales canada canadian germany
german france french italy italian spain spanish china chinese japan japanese india indian russia
russian ukraine ukrainian turkey turkish brazil mexico mexican korea israel palestine iran iraq
syria egypt
people person men women woman kids children child baby family families parents pets pet animals
animal dogs cats nature water fire air earth space moon sun planet life living death love sex
time times day days week weeks weekend weekends month months year years hour hours minute minutes
morning evening night christmas easter halloween thanksgiving anniversary birthday wedding
crossword crosswords puzzle puzzles sudoku quiz quizzes horoscope horoscopes lottery numbers number
questions question answers answer facts fact check things reasons ways ideas secrets mistakes
choice choices demand design default accident contrast comparison definition popularity invitation
appointment alphabetical date size text font type version option options preferences accessibility
statement disclaimer terms navigation footer header sidebar skip close open next previous back
forward top bottom left right full screen caption captions subtitles closed expand collapse view
show hide load submit send cancel accept reject agree save edit delete add remove create manage
get use using try start stop go come make find discover explore learn join meet visit see look
click tap turn best good better great big small high low long short old early late real true
fresh hot cold cheap easy quick fast simple smart super ultimate essential complete official
special current recent upcoming past future modern original classic limited available
expert experts preview previews recap highlights trends trend picks pick editor's
photographer photography podcast says said str vol nr vs ep inc ltd zum zur
hours minutes ago mins min sec read

der die das den dem ein eine einen einem einer ist sind war wird werden wurde und oder mit für auf
im am als auch nicht wie wer wo wann warum bei nach vor aus über unter zwischen gegen ohne um durch
sich sein seine ihr ihre unser unsere alle alles mehr weniger sehr jetzt heute gestern morgen immer
noch nur schon hier dort wenn dass weil wegen haus hand anfang beginn grund
nachrichten politik wirtschaft kultur gesellschaft gesundheit wissen wissenschaft technik digital
reise reisen leben essen familie bildung schule hochschule beruf karriere geld börse finanzen
steuern versicherung wohnen immobilien auto motor mobilität verkehr umwelt klima energie natur
tiere wetter unterhaltung musik kino fernsehen bücher spiele rätsel lokales region regionen
deutschland österreich schweiz europa ausland inland welt panorama meinung kommentar kommentare
leserbriefe ratgeber tipps test tests vergleich angebote angebot gutscheine gutschein anzeige
anzeigen werbung abo abonnement abonnieren anmelden registrieren abmelden konto mein meine
startseite impressum datenschutz datenschutzerklärung nutzungsbedingungen agb kontakt hilfe
service suche suchen themen thema artikel beitrag beiträge bilder bild fotos foto karte karten
archiv ausgabe ausgaben veranstaltungen termine kalender stellenmarkt jobs kundenservice
mediadaten newsletter folgen teilen drucken weiter zurück lesen hören sehen schließen öffnen
senden speichern empfehlung empfehlungen übersicht inhalt spiel spiele tabelle ergebnisse
bundesliga fußball verein vereine mannschaft regierung bundestag bundesregierung landtag
ministerium polizei gericht krieg wahl wahlen partei parteien stadt städte gemeinde landkreis
straße platz weg jahr jahre jahren tag tage tagen woche wochen monat monate stunde stunden uhr
minuten menschen kinder frauen männer arbeit unternehmen verband mitglieder team

les des une est sont dans pour avec sur pas plus que qui ce cet cette ces aux ou où son sa ses leur
leurs notre nos votre vos mon ma mes tout tous toute toutes très ici là sous entre sans chez vers
depuis comment pourquoi quand quel quelle quels quelles ailleurs exemple contre conséquent
accueil actualité actualités politique politiques économie économique société monde culture
sciences santé environnement planète sport sports football météo vidéo vidéos photos images
musique cinéma télévision livres livre jeux jeu recettes cuisine voyage voyages mode beauté maison
jardin auto emploi immobilier bourse argent impôts consommation éducation école écoles université
étudiants recherche rechercher connexion inscription abonnement abonnements abonnés abonné compte
profil paramètres contact aide conditions mentions légales confidentialité données plan services
annonces publicité boutique partenaires archives journal édition éditions rubriques dossier
dossiers article articles auteur auteurs commentaires commentaire partager imprimer lire écouter
voir suivre fermer ouvrir suivant précédent retour envoyer enregistrer derniers dernières dernière
dernier meilleurs meilleur gouvernement élection élections président présidentielle ministre
assemblée parti justice police guerre ville villes région régions département mairie rue avenue
place france français française europe europe européenne union états année années jour jours
semaine mois heure heures minutes enfants femmes hommes travail entreprise entreprises

las los una unos unas es son para como más su sus pero esta este estos estas ese esa hay fue ser
está están cuando donde quién qué cómo cuándo dónde porque sobre entre hasta desde sin según
también ya muy favor ejemplo supuesto fin ahora tanto eso ello ciento cierto
inicio portada noticias noticia última últimas política políticas economía sociedad cultura
deportes deporte fútbol internacional nacional mundo ciencia tecnología salud medio ambiente
clima tiempo opinión opiniones editorial editoriales tribuna cartas vídeo vídeos fotos fotografía
imágenes música cine televisión libros juegos recetas cocina viajes moda belleza hogar motor
coches empleo vivienda bolsa dinero impuestos educación escuela universidad universidades becas
estudiantes buscar suscripción suscripciones suscríbete suscriptores regístrate registro cuenta
perfil contacto ayuda aviso legal privacidad condiciones publicidad tienda promociones servicios
hemeroteca edición ediciones impresa secciones temas tema artículo artículos autores comentarios
compartir imprimir leer escuchar ver seguir cerrar abrir siguiente anterior volver enviar guardar
gobierno elecciones elección presidente ministro congreso senado partido partidos justicia policía
guerra ciudad ciudades comunidad comunidades provincia provincias calle plaza avenida estado
estados unidos año años día días semana mes meses hora horas minutos personas niños mujeres
hombres trabajo empresa empresas mercado mercados calendario programación resultado resultados
clasificación liga copa equipo equipos festival entradas

não uma um para com mais como seu sua seus suas mas esta este isso quando onde porque sobre até sem
também já muito início notícias notícia últimas política economia sociedade esportes esporte
futebol mundo ciência tecnologia saúde meio ambiente clima opinião vídeo vídeos imagens música
cinema televisão livros jogos receitas viagem viagens moda beleza casa carros emprego empregos
imóveis dinheiro impostos educação escola universidade estudantes assinatura assine assinante conta
perfil contato ajuda privacidade termos condições publicidade loja promoções serviços edição
impressa seções temas artigos autores comentários compartilhar imprimir leia ler ouvir ver seguir
fechar abrir próximo voltar enviar salvar governo eleições eleição presidente ministro partido
justiça polícia guerra cidade cidades estado estados rua praça avenida ano anos dia dias semana
mês meses hora horas pessoas crianças mulheres homens trabalho mercado exemplo favor banco dados
colunas folha painel leitor prêmio projeto tópicos eventos enquanto

gli dei che non una per con più come suo sua suoi sono questo questa questi queste quando dove
perché sopra senza anche già molto nuovo nuova nuovi ultime ultima ultimi home notizie notizia
cronaca politica economia società cultura sport calcio esteri mondo scienza scienze tecnologia
tecnologie salute ambiente meteo opinioni editoriale video foto immagini musica cinema televisione
libri giochi ricette cucina viaggi moda bellezza casa motori lavoro borsa soldi tasse scuola
università studenti cerca abbonati abbonamento abbonamenti accedi registrati contatti aiuto
privacy condizioni pubblicità negozio servizi edizione edizioni sezioni temi articolo articoli
autori commenti condividi stampa leggi ascolta guarda segui chiudi apri successivo precedente
invia salva governo elezioni ministro parlamento partito partiti giustizia polizia guerra città
regione regioni provincia comune comuni stato stati anno anni giorno giorni settimana mese mesi
ora ore persone bambini donne uomini azienda aziende mercato classifica diretta risultati annunci
domenica seguito

het een zijn voor niet met op naar uit bij ook maar wel geen meer deze dit dat wat wie waar waarom
hoe nieuws economie cultuur samenleving gezondheid wetenschap techniek reizen muziek boeken
recepten wonen onderwijs school geld werk auto weer opinie reacties abonneren inloggen aanmelden
zoeken contact hulp voorwaarden privacybeleid adverteren winkel artikelen artikel lees bekijk
delen printen sluiten volgende vorige regering verkiezingen politie oorlog stad land jaar jaren
dag dagen week weken maand uur mensen kinderen vrouwen mannen elkaar middel

och att det som är inte för med till från om men när där varför hur alla mer nyheter politik
ekonomi kultur samhälle hälsa vetenskap teknik resor musik böcker recept bostad utbildning skola
pengar jobb väder åsikter ledare debatt kommentarer prenumerera logga sök kontakt hjälp villkor
annonsera artiklar artikel läs dela skriv stäng nästa föregående regering val polis krig stad land
år dag dagar vecka månad timmar människor barn kvinnor män världen sverige inrikes utrikes

og at ikke til fra om hvor hvorfor alle mere mer nyheder nyheter økonomi samfund samfunn sundhed
helse videnskab vitenskap teknologi rejser reise musikk bøger bøker oppskrifter bolig uddannelse
utdanning skole penge penger vejr vær meninger debat debatt kommentar abonner søg søk kontakt
hjælp hjelp vilkår annoncer annonser læs les del næste neste forrige regjering valg politi krig by
land dage dager uge uke måned timer mennesker børn barn kvinder kvinner mænd menn danmark norge
verden siste sidste nytt

ja on ei se että kun mutta tai myös uutiset uutinen politiikka talous kulttuuri urheilu terveys
tiede tekniikka matkailu musiikki kirjat ruoka asuminen koulutus koulu raha työ sää mielipide
kommentit tilaa kirjaudu haku yhteystiedot apua ehdot mainos artikkelit lue jaa sulje seuraava
hallitus vaalit poliisi sota kaupunki maa vuosi päivä viikko kuukausi ihmiset lapset suomi
uudised poliitika majandus kultuur tervis teadus ilm arvamus otsi kontakt loe jaga eesti aasta
ziņas politika ekonomika kultūra veselība laikapstākļi latvija jaunumi naujienos ekonomika kultūra
sveikata lietuva orai pasaulis pasaulē

nie się jest są dla jak już lub ale przy nad pod przez oraz więcej wszystkie wiadomości polityka
gospodarka kultura społeczeństwo zdrowie nauka technologia podróże muzyka książki przepisy
edukacja szkoła pieniądze praca pogoda opinie komentarze subskrypcja zaloguj szukaj kontakt pomoc
regulamin prywatności reklama sklep artykuły artykuł czytaj udostępnij zamknij następny poprzedni
rząd wybory policja wojna miasto kraj świat polska rok lat dni dzień tydzień miesiąc godzin
ludzie dzieci kobiety mężczyźni tym czym
je jsou není pro jak nebo ale při nad pod všechny více zprávy domácí zahraniční ekonomika kultura
společnost zdraví věda technika cestování hudba knihy recepty vzdělávání škola peníze práce počasí
názory komentáře předplatné přihlásit hledat kontakt podmínky inzerce reklama obchod články článek
čtěte sdílet zavřít další předchozí vláda volby policie válka město svět česko rok roky dny den
týden měsíc hodin lidé děti ženy muži správy domáce zahraničné spoločnosť zdravie veda počasie
názory prihlásiť hľadať články svet slovensko novice gospodarstvo kultura zdravje znanost vreme
vijesti vesti gospodarstvo društvo zdravlje znanost tehnologija glazba knjige škola novac posao
vrijeme mišljenja pretraga kontakt uvjeti oglasi članci čitaj vlada izbori policija rat grad svijet
svet hrvatska srbija godina godine dan tjedan mjesec
nem hogy egy vagy csak már még minden több hírek belföld külföld gazdaság kultúra egészség tudomány
technika utazás zene könyvek receptek oktatás iskola pénz állás időjárás vélemény hozzászólások
előfizetés belépés keresés kapcsolat adatvédelem hirdetés cikkek olvass megosztás kormány választás
rendőrség háború város ország világ magyarország év nap hét hónap óra emberek gyerekek
nu este sunt pentru din mai și știri politică economie societate cultură sănătate știință
tehnologie vremea opinii comentarii abonare autentificare căutare termeni publicitate articole
citește distribuie guvern alegeri poliție război oraș țară lume românia an ani zile săptămână luna
ve ile için bir bu daha çok değil gibi kadar ama haberler haberi gündem siyaset ekonomi dünya
kültür sanat spor sağlık bilim teknoloji eğitim okul para iş hava durumu görüş yorumlar abone giriş
ara iletişim gizlilik reklam yazılar oku paylaş kapat sonraki önceki hükümet seçim polis savaş
şehir ülke türkiye yıl gün hafta ay saat insanlar çocuklar kadın erkek kaç tl xəbərlər siyasət
iqtisadiyyat dünya idman mədəniyyət
dan yang di ke dari untuk dengan tidak ini itu pada adalah akan juga berita terbaru terkini
terpopuler politik ekonomi budaya olahraga kesehatan teknologi pendidikan sekolah cuaca opini
komentar langganan masuk daftar cari kontak bantuan syarat kebijakan privasi iklan artikel baca
bagikan tutup selanjutnya pemerintah pemilu polisi perang kota negara dunia indonesia malaysia
tahun hari minggu bulan jam orang anak nasional internasional hiburan gaya hidup sukan
và của là có không cho với các những này đã được trong khi để tin tức chính trị kinh tế văn hóa
thể thao sức khỏe khoa học công nghệ giáo dục thời tiết ý kiến bình luận đăng nhập tìm kiếm liên hệ
quảng cáo chia sẻ thế giới việt xem thêm
ya wa kwa ni katika habari siasa uchumi michezo afya elimu burudani kitaifa kimataifa makala
maoni biashara

и в на с по не что это как для от из за о об до при или но его её их мы вы они все еще ещё уже
только после новости политика экономика общество культура спорт здоровье наука технологии
путешествия музыка кино книги рецепты образование школа деньги работа погода мнения мнение
комментарии подписка войти поиск контакты помощь правила реклама магазин статьи статья читать
читайте поделиться закрыть далее назад правительство выборы полиция война город страна мир россии
россия украина украины год года лет день дня дней неделя месяц час часов люди дети женщины фото
видео главная главное последние все раздел разделы репортажи область район улица проспект
і у з та що це як для від до при або але його її їх ми ви новини політика економіка суспільство
здоров'я технології освіта гроші робота погода думки коментарі підписка увійти пошук контакти
допомога реклама статті читати поділитися закрити уряд вибори поліція війна місто країна світ
україна рік роки день тиждень місяць година головна останні
е са от за със при или но че това новини икономика общество здраве наука технологии времето
мнения коментари търсене реклама статии прочети сподели избори война град страна свят българия
година дни седмица вести привреда друштво здравље свет србија избори рат
ο η το οι τα τον την του της των και στο στη στην για με από που δεν είναι θα να ως ειδήσεις
πολιτική οικονομία κοινωνία πολιτισμός αθλητικά υγεία επιστήμη τεχνολογία καιρός γνώμες απόψεις
σχόλια σύνδεση αναζήτηση επικοινωνία όροι διαφήμιση άρθρα διαβάστε εκλογές πόλεμος πόλη χώρα κόσμος
ελλάδα έτος ημέρα

من في على إلى الى عن مع هذا هذه التي الذي ما لا أن إن ان كان كل بعد قبل بين حول أو ثم لم لن قد هو
هي نحن كيف لماذا متى أين عند ضد منذ حتى خلال غير أكثر أخبار الأخبار سياسة اقتصاد رياضة ثقافة صحة
علوم تكنولوجيا طقس آراء رأي مقالات تعليقات اشتراك تسجيل الدخول بحث اتصل شروط خصوصية إعلان اعلان
فيديو صور اقرأ شارك مشاركة المزيد الرئيسية العالم محليات عاجل حكومة انتخابات شرطة حرب مدينة دولة
سنة عام يوم أسبوع شهر ساعة دقيقة مجلس وزارة رئيس وزير جديد كرة قدم كأس دوري مباراة سوق أسعار سعر
با به در را که دست این آن است برای تا یا اما هم نیز شد می های ها سراسر خبر اخبار سیاسی سیاست اقتصاد
اقتصادی ورزش ورزشی فرهنگ فرهنگی جامعه اجتماعی سلامت علم فناوری آب هوا نظر نظرات ثبت نام ورود
جستجو تماس تبلیغات آگهی مطلب مطالب مقاله دولت انتخابات پلیس جنگ شهر کشور جهان ایران سال روز هفته
ماه ساعت قیمت بازار بانک بورس خودرو فوتبال لیگ جام فیلم عکس ویدئو سایت صفحه وب
کا کی کے کو نے سے میں پر اور ہے ہیں یہ وہ تھا تھی نہیں خبریں پاکستان بھارت دنیا کھیل صحت تعلیم
سیاست معیشت موسم رائے تبصرے ویڈیو تصاویر مزید پڑھیں

का की के को ने से में पर और है हैं यह वह था थी नहीं लिए एक इस उस भी तक क्या कैसे क्यों कब कौन
समाचार खबर खबरें ताज़ा ताजा देश विदेश दुनिया राजनीति अर्थव्यवस्था कारोबार व्यापार खेल क्रिकेट
मनोरंजन बॉलीवुड स्वास्थ्य शिक्षा विज्ञान तकनीक मौसम राय वीडियो फोटो तस्वीरें विज्ञापन खोजें सरकार
चुनाव पुलिस युद्ध शहर राज्य भारत साल दिन हफ्ते महीने घंटे लाइव बाजार धर्म राशिफल
आहे आणि च्या बातम्या महाराष्ट्र देश क्रीडा राजकारण आरोग्य शिक्षण
এর ও এবং থেকে করে করা হয়েছে না এই সেই খবর সংবাদ সর্বশেষ জাতীয় আন্তর্জাতিক রাজনীতি অর্থনীতি
বাণিজ্য খেলা খেলাধুলা বিনোদন স্বাস্থ্য শিক্ষা বিজ্ঞান প্রযুক্তি আবহাওয়া মতামত ভিডিও ছবি বিজ্ঞাপন
বাংলাদেশ ভারত সরকার নির্বাচন পুলিশ যুদ্ধ শহর দেশ দিন বছর মাস
மற்றும் செய்திகள் செய்தி தமிழகம் இந்தியா உலகம் விளையாட்டு அரசியல் சினிமா வணிகம் ஒரு இந்த
ข่าว การเมือง เศรษฐกิจ กีฬา บันเทิง ต่างประเทศ สังคม วันนี้ ทั้งหมด
של את על עם לא זה זו הוא היא הם אני אתה כי אם גם רק כל אין יש מה איך למה חדשות פוליטיקה כלכלה
ספורט תרבות בריאות מדע טכנולוגיה מזג אוויר דעות תגובות מינוי התחברות חיפוש צור קשר פרסום כתבות
קרא שתף ממשלה בחירות משטרה מלחמה עיר מדינה עולם ישראל שנה יום שבוע חודש שעה
"""
)
# Of those, what is a common name in another language, or in the same one.
_NAMES_TOO = _words(
    """
sun moon love day may will art rich page young price small black king grace hope dean hall park
wales london german french english hill rose long short early good best sale book lee li an den
ani ali ma ay da ya barn del song das val rat dan lear parks summer spring august june april rok
rita garden church castle banks field fields ford rivers ward van ten ter la le king casa castillo
guerra plaza mary marché ville place roi iglesias tiempo real costa chính trị kinh tế văn hóa thể
thao sức khỏe khoa học công nghệ giáo dục thời ý bình đăng liên hệ quảng chia thế giới việt xem
thêm và của là có không cho với các này đã trong khi tin tức luận kiến علم نام كل هم آب شهر ماه جام
خلال सरकार साल एक ara para savaş seçim gün vlada grand hari anak grad war weg wer haus ve sean top
mon son est sa les ora fin este solo vera mira sara nina viera mai min sec
price book west east gray cash rice case israel jordan chad paris sommer lang klein gross neu platz
stern hora bank story train deal marsh school reader hunt law laws street bridge die der war hier
yang chin england ireland france spain mas nos ser tai tan mun das kun meer
wi so lo on hay fue su go je ni bu ke om ou nu di sur sol sein lai van ja se kun min sin med
dem el do bo
"""
) - _words("the die der est les sur fin casa war school street law deal real on hier grad weg haus")
NOT_IN_A_NAME = _PAGE_WORDS - _NAMES_TOO - PARTICLES
# Alone they are surely a heading: "By Price".
NEVER_ALONE = (_PAGE_WORDS | NEVER_FIRST) - _words(
    "sara nina vera mira mary rita ali ani grace hope lee dean ben"
)
