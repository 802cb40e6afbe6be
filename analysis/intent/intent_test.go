package intent_test

import (
	"slices"
	"strings"
	"testing"

	"hearth"
	"hearth/analysis"
	"hearth/analysis/analysistest"
	"hearth/analysis/intent"
	"hearth/text"
)

func BenchmarkIntent(b *testing.B) { analysistest.Benchmark(b, intent.Analyzer()) }

func answer(p *hearth.Post) string {
	var names []string
	for _, i := range p.Intent {
		names = append(names, string(i))
	}
	return strings.Join(names, " ")
}

func TestAnalyzer(t *testing.T) {
	analysistest.Run(t, analysistest.Suite{
		Analyzer: intent.Analyzer(),
		Answer:   answer,
		Given:    func(p *hearth.Post) { p.Intent = []hearth.Intent{"other"} },
		Floor:    0.85,
		Exact: []analysistest.Case{
			{Lang: "en", Text: "", Want: ""},
			{Lang: "en", Text: "The ferry leaves at nine from pier four.", Want: ""},
			{Lang: "en", Text: "https://shop.example/why?is=this", Want: ""},
			{Lang: "en", Text: "Does anyone know when the shop opens?", Want: "question"},
			{Lang: "fi", Text: "Onko kauppa auki sunnuntaina?", Want: "question"},
			{Lang: "de", Text: "Wann öffnet der Laden am Hafen?", Want: "question"},
			{Lang: "zh", Text: "请问这个周末几点开门？", Want: "question"},
		},
		Cases: []analysistest.Case{
			{Lang: "en", Text: "Seriously???", Want: ""},
			{Lang: "en", Text: "What time do you close today?", Want: "question"},
			{Lang: "en", Text: "It would be great if you added a dark mode to the app.", Want: "suggestion"},
			{Lang: "en", Text: "Please add an option to sort by date", Want: "suggestion"},
			{Lang: "en", Text: "Thinking of buying the Lumo lamp this weekend", Want: "purchase"},
			{Lang: "en", Text: "Where can I buy these boots?", Want: "question purchase"},
			{Lang: "de", Text: "Wäre schön, wenn ihr einen Nachtmodus einbaut.", Want: "suggestion"},
			{Lang: "de", Text: "Wo kann ich die Lampe kaufen?", Want: "question purchase"},
			{Lang: "de", Text: "Die Bahn fährt um zehn Uhr ab.", Want: ""},
			{Lang: "fi", Text: "Olisi kiva jos sovelluksessa olisi yötila.", Want: "suggestion"},
			{Lang: "fi", Text: "Mistä voin ostaa näitä?", Want: "question purchase"},
			{Lang: "fi", Text: "Juna lähtee kello kymmenen.", Want: ""},
			{Lang: "zh", Text: "建议增加夜间模式", Want: "suggestion"},
			{Lang: "zh", Text: "想买这款手机，多少钱？", Want: "question purchase"},
			{Lang: "fr", Text: "Quelqu'un sait si le magasin est ouvert dimanche ?", Want: "question"},
			{Lang: "es", Text: "¿Alguien sabe a qué hora abre la tienda?", Want: "question"},
			{Lang: "pt", Text: "Alguém sabe que horas abre a loja?", Want: "question"},
			{Lang: "it", Text: "Qualcuno sa a che ora apre il negozio?", Want: "question"},
			{Lang: "nl", Text: "Weet iemand hoe laat de winkel opengaat?", Want: "question"},
			{Lang: "sv", Text: "Någon som vet när affären öppnar?", Want: "question"},
			{Lang: "ru", Text: "Подскажите, где можно купить такие лампы?", Want: "question purchase"},
			{Lang: "ja", Text: "配送はいつ届きますか？", Want: "question"},
			{Lang: "ko", Text: "언제 문을 여나요?", Want: "question"},
			{Lang: "th", Text: "ร้านเปิดกี่โมงคะ สอบถามหน่อยค่ะ", Want: "question"},
			{Lang: "id", Text: "Mau beli lampu ini, harganya berapa?", Want: "question purchase"},
			{Lang: "tr", Text: "Mağaza ne zaman açılıyor?", Want: "question"},
		},
	})
}

// TestMoodDecidesBetweenComplaintAndPraise gives the sentiment with the post, as
// the analyzer before this one does.
func TestMoodDecidesBetweenComplaintAndPraise(t *testing.T) {
	t.Parallel()
	a := intent.Analyzer()
	for _, c := range []struct {
		lang, text string
		score      float64
		want       hearth.Intent
	}{
		{"en", "@fjordbank your app keeps crashing and nobody answers my emails, I want a refund", -0.9, hearth.Complaint},
		{"en", "This grinder is amazing, works perfectly, I highly recommend it", 0.9, hearth.Praise},
		{"de", "Seit drei Tagen geht nichts mehr und keine Antwort von euch", -0.8, hearth.Complaint},
		{"de", "Super Service, vielen Dank, kann ich nur empfehlen!", 0.9, hearth.Praise},
		{"fi", "Sovellus ei toimi eikä kukaan vastaa, surkeaa palvelua", -0.8, hearth.Complaint},
		{"fi", "Kiitos, loistavaa palvelua, suosittelen!", 0.9, hearth.Praise},
		{"zh", "太差了，送来都凉了，客服也不回复，要求退款", -0.9, hearth.Complaint},
		{"zh", "味道很好，送餐很快，服务态度也好，下次还会再来", 0.9, hearth.Praise},
		{"fr", "Toujours aucune réponse, c'est lamentable", -0.9, hearth.Complaint},
		{"ru", "Третий день не работает, никто не отвечает, позор", -0.9, hearth.Complaint},
	} {
		feels := hearth.Positive
		if c.score < 0 {
			feels = hearth.Negative
		}
		post := &hearth.Post{Lang: c.lang, Text: c.text, Sentiment: feels, SentimentScore: hearth.KnownNumber(c.score)}
		var doc text.Doc
		analysistest.Read(&doc, post)
		a.Run([]analysis.Item{{Post: post, Doc: &doc}})
		if !slices.Contains(post.Intent, c.want) {
			t.Errorf("%q: got %q, want %s among them", c.text, post.Intent, c.want)
		}
		opposite := hearth.Complaint
		if c.want == hearth.Complaint {
			opposite = hearth.Praise
		}
		if slices.Contains(post.Intent, opposite) {
			t.Errorf("%q: is %s too", c.text, opposite)
		}
	}
}

func TestIntentsOfOnePostAreNotSharedOnAppend(t *testing.T) {
	t.Parallel()
	a := intent.Analyzer()
	ask := func() *hearth.Post {
		post := &hearth.Post{Lang: "en", Text: "Does anyone know when the shop opens?"}
		var doc text.Doc
		analysistest.Read(&doc, post)
		a.Run([]analysis.Item{{Post: post, Doc: &doc}})
		return post
	}
	first := ask()
	first.Intent = append(first.Intent, hearth.Praise)
	if second := ask(); answer(second) != "question" {
		t.Errorf("a change to one post's intents shows in another's: %q", second.Intent)
	}
}
