package querytest

// Words of the texts. Many differ by little: by case, by diacritics, by an
// ending, by a neighbour that touches.
var words = []string{
	"apple", "Apple", "APPLE", "apples", "pie", "Pie", "a", "b", "hot",
	"nino", "niño", "Niño", "strasse", "Straße", "мой", "мои", "ёлка", "елка", "Łódź", "lodz", "istanbul", "İstanbul",
	"wendy's", "coca-cola", "Coca Cola", "U.S.", "J.", "3.5", "C++", "C#", "AT&T", "R&D", "iphone15", "BT", "bt",
	"手机", "手机壳", "手", "机", "壳", "我的手机坏了", "手 机", "5G手机", "iPhone手机壳", "食べ物", "ライン", "オンライン", "ラインナップ", "ｱｯﾌﾟﾙ",
	"กา", "ก้า", "กาแฟ", "น้ำ", "ລາວ", "ភាសា", "မြန်မာ",
	"삼성", "삼성은", "삼성전자", "LG전자는", "갤럭시S24", "주가", "주가가", "ㅋㅋ",
	"محمد", "مُحَمَّد", "שלום", "שָׁלוֹם", "कमल", "कमिल", "कुल", "தமிழ்", "བོད་ཡིག",
	"👍", "👍🏽", "👍🏿", "❤", "❤️", "🔥🔥", "👨‍👩‍👧", "👨", "🇫🇮", "🇫🇮🇸🇪", "1️⃣", "*️⃣", "love❤️", "so😀",
	"#apple", "#Apple", "#apples", "#apple_pie", "#niño", "#手机", "#삼성", "#42", "x#apple", "#手机#",
	"@ann", "@Ann", "@ann@example.social", "@joe.smith", "@joe", "a@joe", "@apple.com",
	"$TSLA", "$tsla", "$BRK.B", "$BRK", "$100", "$TSLAX",
	"€5.99", ":-)", "5\"", "…", "and", "or", "near", "TO",
}

// gaps stand between words of a text.
var gaps = []string{
	" ", " ", " ", " ", " ", " ", "", "-", ", ", ". ", ". ", ".", "! ", "? ", "?! ", "\n", "。", " (", ") ", " “", "” ", "_", "/", "... ",
	"\u200b", "\u00ad", " \u0301", "™ ", "・", "　", "'", "& ", "\ufffd",
}

// asked are the words of queries: single ones and spellings with wildcards.
var asked = append([]string{
	"appl*", "app*", "ap*", "a?ple", "appl?", "appl??", "p?e", "p?*e", "ni?o", "niñ*", "str*se", "ap*l*", "iph*1?",
	"手?壳", "手?", "手机*", "食?物", "กา?", "삼?전자", "삼성*", "삼*은", "क?ल", "कम*", "ab?*", "coca-co*",
	"#appl*", "#ap?le", "@ann*", "@joe*", "@j?e", "#手?", "$ts*", "wendy?s", "pie?",
}, words...)

var (
	networks  = []string{"test", "bluesky", "mastodon"}
	ids       = []string{"1", "2", "Ab1", "at://did:plc:abc/3k", "a b"}
	addresses = []string{"https://www.example.com/news/1", "http://EXAMPLE.com/news", "https://example.com/newsletter", "https://news.example.com/a?b=1",
		"https://shop.example.co.uk/", "https://example.com", "example.com/news?x=1&y=2", "https://例え.example/手"}
	asks      = []string{"example.com", "example.com/news", "https://www.example.com/", "news.example.com/a", "example.com/news?x=1", "例え.example"}
	hosts     = []string{"example.com", "news.example.com", "co.uk", "uk", "com", "example.co.uk", "shop.example.co.uk", "例え.example"}
	handles   = []string{"acme", "@Acme", "acme_help", "ann", "joe.smith"}
	names     = []string{"Acme  Support", "ACMÉ support", "小米手机", "Ann", "Łódź Transit", "☕ Kahvila"}
	asksNames = []string{"acme", "acme*", `"acme support"`, `"acmé support"`, "@ann", "小米*", "lodz*", `"*️⃣"`, "an?", `"☕ kahvila"`}
	tags      = []string{"VIP", "vip", "press release", "Łódź"}
	cities    = []string{"Málaga", "malaga", "Milano", "Oulu"}
	languages = []string{"en", "fi", "pt", "pt-BR", "pt_br", "zh-Hant"}
	countries = []string{"fi", "FI", "gb"}
	days      = []string{"2024-02-28T23:59:59.999999999Z", "2024-02-29T00:00:00Z", "2024-02-29T12:30:00Z", "2024-03-01T00:00:00Z", "2024-03-01T18:30:00Z"}
	dates     = []string{"2024-02-28", "2024-02-29", "2024-03-01", "2024-02-29T12:30:00Z", "2024-03-01T02:00:00+02:00"}
)
