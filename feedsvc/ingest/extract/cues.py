"""Words by which the parts of a news page around its article are known, in many languages.

Common words of every page, none of one site. All are compared folded (`months.fold`).
"""

from __future__ import annotations

import re

from feedsvc.ingest.extract.months import fold


def _set(words: str) -> frozenset[str]:
    return frozenset(fold(w.strip()) for w in words.replace("\n", ";").split(";") if w.strip())


# Whole lines that are buttons, menus and labels.
FURNITURE = _set("""
close;open;menu;main menu;search;submit search;submit;log in;login;log out;sign in;sign up
sign out;register;subscribe;subscribe now;unsubscribe;newsletter;newsletters;share;share this
share this article;share article;share this story;share on;share via;follow;follow us;following
followed;like;likes;save;saved;save article;bookmark;print;email;e-mail;copy link;copy;copied
link copied;copy url;facebook;twitter;x;linkedin;whatsapp;telegram;pinterest;reddit;tumblr
instagram;youtube;tiktok;messenger;bluesky;threads;flipboard;mail;google+;sms;rss;advertisement
advertisements;advert;ad;ads;sponsored;sponsored content;promoted;skip ad;skip to content
skip to main content;skip navigation;home;homepage;back;back to top;top;next;previous;prev;more
show more;show less;load more;view all;see all;see more;read aloud;listen;listen to article
listen to this article;play;pause;replay;watch;watch now;video;videos;photos;photo;image;images
gallery;slideshow;live;breaking;breaking news;latest;latest news;trending;popular;news;sport
sports;opinion;business;politics;world;culture;entertainment;lifestyle;travel;technology;tech
science;health;weather;comment;comments;no comments;add comment;leave a comment;post a comment
view comments;join the conversation;text size;font size;small;medium;large;a;aa;aaa;a a a;a+;a-
+;-;ok;yes;no;cancel;accept;accept all;reject all;cookie settings;privacy settings;settings
my account;account;profile;contact;contact us;about;about us;help;faq;terms;privacy
privacy policy;terms of use;terms of service;careers;jobs;gift article;gift this article;summary
key points;highlights;contents;table of contents;in this article;on this page;jump to
image credits;credits;credit;caption;enlarge;expand;zoom;full screen;fullscreen
toggle navigation;toggle caption;hide caption;translate;language;suche;suchen;anmelden;abmelden
registrieren;abonnieren;abo;abonnement;teilen;artikel teilen;drucken;artikel drucken;merken
artikel merken;merkliste;vorlesen;artikel anhoren;anhoren;kommentare;kommentieren;zuruck;weiter
mehr;anzeige;anzeigen;werbung;startseite;schlagzeilen;alle;mehr anzeigen;alle anzeigen
newsletter abonnieren;folgen;kopieren;link kopieren;schliessen;schließen;speichern;gespeichert
inhalt;ubersicht;impressum;datenschutz;nachrichten;politik;wirtschaft;kultur;panorama;wissen
gesundheit;reise;auto;bilder;podcast;podcasts;seite drucken;per mail;accueil;partager
partager l'article;imprimer;imprimer cet article;commenter;commentaires;reagir;recherche
rechercher;se connecter;connexion;s'abonner;abonnez-vous;fermer;suivant;precedent;publicite
lire plus tard;sauvegarder;ecouter;envoyer par mail;copier le lien;a la une;actualites;monde
economie;societe;inicio;compartir;imprimir;buscar;iniciar sesion;suscribete;suscribirse;cerrar
comentarios;comentar;publicidad;guardar;siguiente;anterior;ultimas noticias;enviar;copiar enlace
portada;deportes;economia;sociedad;mundo;fotos;compartilhar;compartilhe;entrar;assine;assinar
fechar;publicidade;ouvir;salvar;ultimas;pesquisar;condividi;stampa;cerca;accedi;abbonati;chiudi
commenti;pubblicita;salva;ascolta;successivo;precedente;cronaca;delen;deel;zoeken;inloggen
abonneren;sluiten;reacties;advertentie;lees voor;bewaar;del;sok;logga in;prenumerera;stang
kommentarer;annons;dela;dela artikeln;lyssna;spara;meny;logg inn;abonner;lukk;annonse;hor;jaa
haku;kirjaudu;tilaa;mainos;kommentit;sdilet;hledat;prihlasit;predplatne;zavrit;diskuse;reklama
ulozit;poslechnout;udostepnij;szukaj;zaloguj;zamknij;komentarze;zapisz;drukuj;paylas;ara;giris
abone ol;kapat;yorumlar;reklam;yazdir;kaydet;dinle;anasayfa;bagikan;cari;masuk;daftar;tutup
komentar;iklan;beranda;поделиться;поиск;войти;вход;подписаться;подписка;закрыть;комментарии
реклама;главная;новости;меню;слушать;печать;поширити;пошук;увійти;підписатися;закрити;коментарі
головна;новини;شارك;مشاركة;بحث;تسجيل الدخول;اشترك;اشتراك;إغلاق;تعليقات;التعليقات;إعلان;الرئيسية
القائمة;طباعة;أخبار;المزيد;حفظ;اشتراک گذاری;جستجو;ورود;عضویت;نظرات;تبلیغات;خانه;شیئر;تلاش;تبصرے
صفحہ اول;शेयर करें;शेयर;खोजें;लॉगिन;होम;विज्ञापन;टिप्पणी;वीडियो;मेन्यू;कॉपी लिंक;メニュー;検索;ログイン
会員登録;閉じる;シェア;共有;印刷;コメント;広告;トップ;ホーム;ツイート;ブックマーク;保存;反応;社会;政治;経済;国際;スポーツ;菜单;搜索;搜尋;登录;登入;注册;註冊;关闭;關閉
分享;打印;列印;评论;評論;广告;廣告;首页;首頁;收藏;微博;微信
메뉴;검색;로그인;회원가입;닫기;공유;공유하기;인쇄;댓글;광고;홈;구독;구독하기;기사 공유
""")

# What begins (or is) a line of furniture that says more.
_FURNITURE_BEGINS = (
    "share on |share this|share via|share with|follow us|follow @|sign up|subscribe to|"
    "subscribe now|"
    "log in to|click here|click to|tap to|download (?:the|our)|get (?:the|our) |watch:|watch live|"
    "listen:|listen to|skip to|jump to|go to |advertisement|sponsored|powered by|image credits?:|"
    "reading time|read time|estimated read|lesedauer|lesezeit|temps de lecture|tiempo de lectura|"
    "tempo di lettura|tempo de leitura|leestijd|doba cteni|czas czytania|время чтения|"
    "\\d{1,3} ?(?:min|mins|minutes?|minuten?|minuti|minutos?)\\b|"
    "\\d{1,6} ?(?:comments?|shares?|views?|likes?|kommentare?|commentaires?|comentarios|commenti|"
    "reacties|kommentarer|kommentaaria|комментари|views|aufrufe)\\b|"
    "artikel (?:teilen|merken|drucken|anhoren)|jetzt (?:abonnieren|anmelden|lesen)|newsletter|"
    "abonnez-vous|recevez|inscrivez-vous|suscribete|registrate|iscriviti|abbonati|assine|"
    "folgen sie|folge uns|suivez|siguenos|seguici|siga |cookies?\\b|we use cookies|"
    "enable javascript|please enable|your browser|this site|wir verwenden|nous utilisons|"
    "aktuelle zeit|current time|loaded:|stream type|remaining time|your video will|"
    "date loaded|page loaded|local time|today is|last login|"
    "this article is more than|this content is|dieser artikel|cet article est reserve|"
    "show caption|hide caption|open image|view image|image \\d|\\d+ of \\d+|\\d+ ?/ ?\\d+$|"
    "字号|字號|字体大小|文字サイズ|글자 ?크기|"
    "skip |\\(button\\)|iframe:|\\[(?: |_|image|img|button)"
)
FURNITURE_BEGINS = re.compile(rf"(?:{_FURNITURE_BEGINS})")

# Lines after which a page speaks of something else.
TAIL = re.compile(
    r"^[^\w]{0,4}(?:"
    r"related(?: (?:articles?|stor(?:y|ies)|posts?|coverage|content|links?|news|topics?|"
    r"video))?$|related:|"
    r"more (?:on|from|in|stories|news|to read|about|like this)\b|most (?:read|popular|viewed|"
    r"recent|shared)|"
    r"read (?:more|next|also|full)\b|also read|see also|you (?:may|might) (?:also )?like|"
    r"recommended|"
    r"trending|popular (?:now|stories|posts)|latest (?:news|stories|articles|posts|headlines)|"
    r"up next|don.t miss|editor.s picks?|top stories|what to read|what.s trending|"
    r"topics?(?::|$)|tags?(?::|$)|filed under|categories|keywords|in this story|"
    r"comments?$|\d+ comments?|leave a (?:reply|comment)|post (?:a )?comment|"
    r"join the (?:conversation|"
    r"discussion)|your comment|please read our comment|view comments|"
    r"about the author|follow (?:us|.{2,40} on )|sign up (?:for|to)|subscribe|get (?:the|our) |"
    r"©|\(c\)|copyright\b|all rights reserved|reporting by|"
    r"additional reporting|originally published|this (?:article|story) (?:was|"
    r"originally|first)|first published|advertise|terms (?:of|and|&)|privacy|contact us|"
    r"mehr (?:zum thema|zu |aus|von|nachrichten)|weitere (?:artikel|themen|nachrichten|meldungen)|"
    r"lesen sie auch|auch interessant|das konnte sie|meistgelesen|meist gelesen|zum thema|"
    r"themen(?::|$)|"
    r"schlagworte|kommentare|quellen?:|verwendete quellen|empfehlung|lesetipps|"
    r"a lire aussi|lire aussi|sur le meme sujet|a decouvrir|les plus lus|plus d.articles|"
    r"articles lies|"
    r"dossiers?$|reagir|commenter|voir aussi|recevoir la|"
    r"lea tambien|mas (?:en|sobre|noticias|informacion)|noticias relacionadas|te puede interesar|"
    r"relacionad|lo mas (?:leido|visto)|archivado en|temas(?::|$)|etiquetas|normas de|"
    r"leia (?:mais|tambem)|veja (?:mais|tambem)|mais lidas|topicos|"
    r"leggi anche|potrebbe interessarti|articoli correlati|i piu letti|altri articoli|"
    r"lees (?:ook|meer)|meer over|meest gelezen|las (?:mer|ocksa)|mer om|mest last|"
    r"les (?:ogsa|mer)|"
    r"lue (?:myos|lisaa)|luetuimmat|mest laeste|"
    r"souvisejici|ctete take|mohlo by vas|nejctenejsi|temata|stitky|czytaj (?:tez|takze|wiecej)|"
    r"zobacz (?:tez|takze)|najczesciej|ilgili haber|cok okunan|etiketler|benzer|"
    r"baca juga|artikel terkait|berita terkait|terpopuler|"
    r"читайте также|читать также|материалы по теме|по теме|самое читаемое|теги|комментарии|"
    r"читайте також|матеріали за темою|теги|"
    r"اقرا ايضا|مواضيع ذات صلة|اخبار ذات صلة|الاكثر (?:قراءة|تصفحا)|المزيد|كلمات (?:دلالية|"
    r"مفتاحية)|"
    r"مطالب مرتبط|بیشتر بخوانید|پربازدید|برچسب|مزید پڑھیں|متعلقہ|"
    r"यह भी पढ़ें|ये भी पढ़ें|और पढ़ें|संबंधित|"
    r"関連(?:記事|ニュース|リンク|タグ)|あわせて読みたい|アクセスランキング|ランキング|ジャンル|キーワード|タグ|"
    r"相关(?:新闻|阅读|文章)|相關|延伸閱讀|热门|熱門|责任编辑|责编|推荐|推薦|标签|標籤|"
    r"관련(?:기사|뉴스)|많이 본|추천|저작권"
    r")"
)

# Who claims the rights in a page, and in what words; the name stands before or behind them.
RIGHTS = re.compile(
    r"all rights? reserved|alle rechte(?: vorbehalten)?|tous droits(?: reserves)?|"
    r"(?:todos )?los derechos(?: reservados)?|todos os direitos(?: reservados)?|"
    r"(?:tutti i )?diritti riservati|riproduzione riservata|alle rechten(?: voorbehouden)?|"
    r"alla rattigheter|med ensamratt|kaikki oikeudet|wszelkie prawa(?: zastrzezone)?|"
    r"vsechna prava(?: vyhrazena)?|tum haklari(?: saklidir)?|hak cipta(?: dilindungi)?|"
    r"все права(?: защищены)?|усi права|усі права(?: захищені)?|"
    r"(?:جميع|كافة|كل|تمام)? ?(?:ال)?حقوق(?: النشر)? محفوظة?(?: ل)?|"
    r"جملہ حقوق(?: بحق .{2,30})? محفوظ(?: ہ[یي]ں)?|(?:تمامي|كليه) حقوق(?: .{2,60} محفوظ است)?|"
    r"सर्वाधिकार सुरक्षित|版权所有|版權所有|著作權所有|無断(?:転載|複製)\S*|禁止転載|"
    r"未经\S*|未經\S*|不得转载|무단 ?전재\S*(?: .{2,12}금지)?|저작권자?"
)
COPYRIGHT = re.compile(r"©|\(c\)|ⓒ|copyright")
# Lines that say where a text was taken from.
SOURCE_LABEL = re.compile(
    r"(?:文章|信息|新闻)?(?:来源|來源|出处|稿源)(?: ?[:：|]|$)|출처 ?[:：]|"
    r"(?:quelle|source|fuente|fonte|bron|kilde|kalla|zrodło|zdroj|kaynak|источник|джерело|المصدر|"
    r"منبع) ?: ?\S"
)

CAPTION = re.compile(
    r"(?:\((?:photos?|foto|bild|image|picture|file|ap|afp|reuters|getty|quelle|archiv|"
    r"symbolbild|c\))\b|"
    r"\b(?:photos?|foto|fotos|bild|bilder|image|images|picture|pictures|photograph|symbolbild|"
    r"photo credit|image credit|fuente|fonte|quelle|kuva|zdroj|fot\.|fotograf|"
    r"photo by)s? ?[:/|] ?\S|"
    r"\bgetty images?\b|\bshutterstock\b|\bistock\b|\bimago\b|\bunsplash\b|\balamy\b|"
    r"\bpicture alliance\b|"
    r"\bphoto(?:graph)? (?:by|courtesy)\b|\bap photo|\bvia (?:getty|reuters|ap|afp|getty images)\b|"
    r"\bfile photo\b|\bhandout\b|\bcourtesy of\b|\bphotos? d.archives?\b|"
    r"[/|] ?(?:afp|ap|reuters|epa|dpa|getty|imago|efe|ansa|tass|xinhua|apa|picture alliance|"
    r"scanpix|ntb)"
    r"[\w .,/-]{0,24}\)?$|"
    r"(?:afp|reuters|epa|dpa|getty|imago|efe|ansa|apa|keystone)/[a-z]|reuters/|"
    r"^(?:file|pictured|above|left|right|pictured above)\b ?[-–—:]|"
    r"\.(?:jpe?g|png|gif|webp)$|"
    r"фото ?:|صورة|تصویر:|عکس|（.{0,20}(?:提供|撮影|写真).{0,10}）|"
    r"=.{0,20}撮影|图片来源|图源|사진 ?[=:/]|[(（]사진)"
)

# One of these is in every line that CAPTION finds: looking for words is faster than searching.
CAPTION_WORDS = _set(
    "photo;photos;foto;fotos;bild;bilder;image;images;picture;pictures;pictured;photograph;symbolbild;"
    "file;ap;afp;reuters;epa;dpa;getty;imago;efe;ansa;tass;xinhua;apa;scanpix;ntb;keystone;alliance;"
    "archiv;archives;quelle;fuente;fonte;kuva;zdroj;fot;fotograf;shutterstock;istock;unsplash;alamy;handout;"
    "courtesy;above;left;right;jpg;jpeg;png;gif;webp;c;фото;صورة;تصوير;تصویر;عکس;عكس"
)
CAPTION_SIGNS = re.compile("提供|撮影|写真|图片|图源|사진")

PUBLISHED = re.compile(
    r"(?:publish|posted|first published|publi[ce]|publie|publicad|pubblicat|erstellt|"
    r"veroffentlicht|"
    r"gepubliceerd|publicer|publiser|julkaistu|opublikowan|vydano|publikovan|yayin|giris|"
    r"diterbitkan|опубликован|опубліковано|نشر|منتشر|تاریخ انتشار|"
    r"公開|配信|发布|發布|입력|게시|geschrieben am)"
)
UPDATED = re.compile(
    r"(?:updat|modif|edited|revised|corrected|aktualisier|stand:|mis a jour|actualizad|atualizad|"
    r"aggiornat|bijgewerkt|uppdater|oppdater|opdater|paivitetty|zaktualiz|aktualizov|guncelle|"
    r"diperbarui|обновл|изменен|оновлен|تحديث|به ?روز|अपडेट|更新|수정)"
)
RENDERED = re.compile(
    r"(?:date loaded|page loaded|today is|last login|accessed|retrieved|gedruckt)"
)

AGO = re.compile(
    r"(?:\b\d{1,3} ?(?:h|hr|hrs|hours?|m|min|mins|minutes?|days?|d|weeks?|months?|years?|stunden?|"
    r"tagen?|minuten|heures?|jours?|horas?|dias?|ore|giorni|час\w*|дн\w*|timer|timmar|"
    r"hodin\w*) ?ago\b|"
    r"\bvor \d{1,3} (?:stunden?|tagen?|minuten|wochen)|\bil y a \d{1,3} |\bhace \d{1,3} |"
    r"\bha \d{1,3} |"
    r"\d{1,3} (?:ore|giorni) fa\b|\d{1,3} ?"
    r"(?:時間前|分前|日前|小时前|分钟前|天前|시간 전|분 전|일 전)|منذ \d|\d{1,3}h$)"
)

URL = re.compile(r"(?:https?://|www\.)\S")
BULLET = re.compile(r"^\s*(?:[*•·●▪◦‣■□–—-]|\+|o(?= [A-Z])|\(?\d{1,2}[.)])\s+(?=\S)")
DATELINE = re.compile(
    r"^(?:[^\W\d_][\w'’.-]*[ ,/]{1,2}){0,6}[^\W\d_][\w.'’-]*,? ?(?:\d{1,2}\.? [^\W\d_]{3,10}\.? ?)?"
    r"(?:\((?:[A-Z][\w./ -]{1,24})\))? ?(?:--|[–—:-]) \S|"
    r"^【[^】]{2,24}】|^（?[^（）]{2,16}[社網网]）|"
    r"^\([^)]{2,30}\) ?(?:--|[–—-])"
)
DATELINE_SIGN = re.compile(r"[–—:,(（）【-]")
PLACE_IN_CAPITALS = re.compile(r"^[A-ZÀ-ÞА-ЯІЇЄ][A-ZÀ-ÞА-ЯІЇЄ .'’-]{2,30}[,:(–—-]")

SENTENCE_END = re.compile(r"[.!。！।۔?？؟][\"'”’»)\]」』）]{0,3}$")
QUOTE_END = ('"', "”", "»", "」", "』", "’", "“")
# Every way begins with the stop itself, which a search finds far faster than a letter before it.
SENTENCE_INSIDE = re.compile(
    r"[.!?。！？।۔؟](?:(?<=[a-zà-ÿа-я0-9\"”’»)][.!?])[\"”»)]? {1,2}[\"“«„(¿¡]?[A-ZÀ-ÞА-ЯІЇЄ]|"
    r"(?<=[。！？])[^」』）]|(?<=[।۔؟]) )"
)
QUOTE_START = ("“", '"', "«", "„", "「", "『", "»", "‘")
