package language_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"hearth"
	"hearth/analysis"
	"hearth/analysis/analysistest"
	"hearth/analysis/language"
	"hearth/text"
)

func BenchmarkLanguage(b *testing.B) { analysistest.Benchmark(b, language.Analyzer()) }

func TestAnalyzer(t *testing.T) {
	analysistest.Run(t, analysistest.Suite{
		Analyzer: language.Analyzer(),
		Answer:   func(p *hearth.Post) string { return p.Lang },
		Given:    func(p *hearth.Post) { p.Lang = "gsw" },
		Floor:    0.9,
		Exact: []analysistest.Case{
			{Text: "", Want: ""},
			{Text: "ok!", Want: ""},
			{Text: "abc", Want: ""},
			{Text: "好的", Want: ""},
			{Text: "12345 67890 2024-05-31", Want: ""},
			{Text: "😂😂😂😂😂 🔥🔥", Want: ""},
			{Text: "https://shop.example/this/is/the/english/path @the_best_of_us $TSLA", Want: ""},
			{Text: "ann@mail.example www.the-shop.example", Want: ""},
			{Text: "Das hier ist ein Satz https://shop.example/this/is/english/and/long/and/more/of/it", Want: "de"},
			{Text: "@the_english_channel_of_good_news Kiitos paljon avusta, nyt kaikki toimii", Want: "fi"},
			{Text: "ありがとうございます", Want: "ja"},
			{Text: "東京の天気はとてもいいです", Want: "ja"},
			{Text: "iPhone手机壳坏了,怎么办", Want: "zh"},
			{Text: "정말 감사합니다", Want: "ko"},
			{Text: "ขอบคุณมากค่ะ", Want: "th"},
			{Text: "Ευχαριστώ πολύ", Want: "el"},
			{Text: "תודה רבה לכם", Want: "he"},
			{Text: "მადლობა დიდი", Want: "ka"},
			{Text: "https://t.co/x今天的天气真的非常好", Want: "zh"},
		},
		Cases: []analysistest.Case{
			{Text: "The new phone is really nice, thank you", Want: "en"},
			{Text: "where is my order?", Want: "en"},
			{Text: "this is great", Want: "en"},
			{Text: "Wo ist denn meine Bestellung geblieben?", Want: "de"},
			{Text: "das war echt schlecht", Want: "de"},
			{Text: "Missä minun tilaukseni on?", Want: "fi"},
			{Text: "hyvää huomenta kaikille", Want: "fi"},
			{Text: "Où est ma commande ?", Want: "fr"},
			{Text: "merci beaucoup pour tout", Want: "fr"},
			{Text: "¿Dónde está mi pedido?", Want: "es"},
			{Text: "muchas gracias por la ayuda", Want: "es"},
			{Text: "Onde está a minha encomenda?", Want: "pt"},
			{Text: "não gostei do atendimento", Want: "pt"},
			{Text: "Dov'è il mio ordine?", Want: "it"},
			{Text: "questo telefono è bellissimo", Want: "it"},
			{Text: "Waar blijft mijn bestelling?", Want: "nl"},
			{Text: "Var är min beställning?", Want: "sv"},
			{Text: "Siparişim nerede kaldı acaba?", Want: "tr"},
			{Text: "Pesanan saya di mana ya?", Want: "id"},
			{Text: "Đơn hàng của tôi ở đâu?", Want: "vi"},
			{Text: "Gdzie jest moje zamówienie?", Want: "pl"},
			{Text: "Где мой заказ?", Want: "ru"},
			{Text: "Де моє замовлення? Чекаю вже тиждень", Want: "uk"},
			{Text: "Къде е моята поръчка?", Want: "bg"},
			{Text: "أين طلبي من فضلكم؟", Want: "ar"},
			{Text: "سفارش من کجاست؟ خیلی دیر شده", Want: "fa"},
			{Text: "मेरा ऑर्डर कहाँ है?", Want: "hi"},
			{Text: "माझी ऑर्डर कुठे आहे?", Want: "mr"},
			{Text: "我的订单在哪里？", Want: "zh"},
			{Text: "我的訂單在哪裡？", Want: "zh"},
			{Text: "Hvor er min bestilling? Jeg har ventet i en uge", Want: "da"},
			{Text: "Kde je moje objednávka?", Want: "cs"},
			{Text: "Hol van a rendelésem?", Want: "hu"},
			{Text: "Unde este comanda mea?", Want: "ro"},
		},
	})
}

// TestWhatWasReadBeforeChangesNoAnswer reads more words than are remembered, again
// and again, and compares with an analyzer that reads each post as its first.
func TestWhatWasReadBeforeChangesNoAnswer(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 1))
	var words []string
	for _, post := range analysistest.Posts(false) {
		words = append(words, strings.Fields(post.Text)...)
	}
	for range 20_000 {
		words = append(words, fmt.Sprintf("%s%c%c", words[random.IntN(len(words))], 'a'+random.IntN(26), 'a'+random.IntN(26)))
	}
	var doc text.Doc
	detect := func(a analysis.Analyzer, s string) string {
		post := &hearth.Post{Text: s}
		analysistest.Read(&doc, post)
		a.Run([]analysis.Item{{Post: post, Doc: &doc}})
		return post.Lang
	}
	busy := language.Analyzer()
	for i := range 20_000 {
		var b strings.Builder
		for range 1 + random.IntN(12) {
			b.WriteString(words[random.IntN(len(words))] + " ")
		}
		got := detect(busy, b.String())
		if i%200 != 0 {
			continue
		}
		if want := detect(language.Analyzer(), b.String()); got != want {
			t.Fatalf("%q is %q, and %q if it is read first", b.String(), got, want)
		}
	}
}
