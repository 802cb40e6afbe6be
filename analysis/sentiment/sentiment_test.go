package sentiment_test

import (
	"testing"

	"hearth"
	"hearth/analysis/analysistest"
	"hearth/analysis/sentiment"
)

func BenchmarkSentiment(b *testing.B) { analysistest.Benchmark(b, sentiment.Analyzer()) }

func TestAnalyzer(t *testing.T) {
	analysistest.Run(t, analysistest.Suite{
		Analyzer: sentiment.Analyzer(),
		Answer:   func(p *hearth.Post) string { return string(p.Sentiment) },
		Given: func(p *hearth.Post) {
			p.Sentiment, p.SentimentScore = hearth.Neutral, hearth.KnownNumber(0.01)
		},
		Floor: 0.85,
		Exact: []analysistest.Case{
			{Lang: "en", Text: "", Want: ""},
			{Lang: "en", Text: "https://shop.example/love/good/best", Want: ""},
			{Lang: "sn", Text: "mhuri yedu yasvika nhasi", Want: ""},
			{Lang: "en", Text: "I love this, it is the best coffee ever 😍", Want: "positive"},
			{Lang: "en", Text: "Worst service ever, I hate it, terrible and rude", Want: "negative"},
			{Lang: "en", Text: "The ferry leaves at nine from pier four.", Want: "neutral"},
			{Text: "😍😍😍", Want: "positive"},
			{Text: "💔😢", Want: "negative"},
			{Text: ":(", Want: "negative"},
		},
		Cases: []analysistest.Case{
			{Lang: "en", Text: "Thank you so much, you made my day!", Want: "positive"},
			{Lang: "en", Text: "not good at all, I want my money back", Want: "negative"},
			{Lang: "en", Text: "The shop opens on Monday at ten", Want: "neutral"},
			{Lang: "en", Text: "so disappointed with the new update, it crashes all the time", Want: "negative"},
			{Lang: "en", Text: "can't wait for the concert tonight :)", Want: "positive"},
			{Lang: "de", Text: "Super Service, bin total begeistert!", Want: "positive"},
			{Lang: "de", Text: "meine Maschine läuft seit zwei Jahren ohne Murren, tolle Qualität.", Want: "positive"},
			{Lang: "de", Text: "So ein Mist, schon wieder kaputt. Nie wieder!", Want: "negative"},
			{Lang: "de", Text: "Der Laden öffnet am Montag um zehn Uhr.", Want: "neutral"},
			{Lang: "fi", Text: "Kiitos, aivan ihana paikka ja loistava palvelu!", Want: "positive"},
			{Lang: "fi", Text: "Surkea palvelu, olen todella pettynyt.", Want: "negative"},
			{Lang: "zh", Text: "非常好吃，服务很好，推荐！", Want: "positive"},
			{Lang: "zh", Text: "质量太差了，很失望，客服态度也不好", Want: "negative"},
			{Lang: "fr", Text: "J'adore ce café, c'est magnifique !", Want: "positive"},
			{Lang: "fr", Text: "C'est nul, quelle honte, je suis très déçu", Want: "negative"},
			{Lang: "es", Text: "Me encanta, muchas gracias, sois los mejores", Want: "positive"},
			{Lang: "es", Text: "Qué asco de servicio, lo peor, qué vergüenza", Want: "negative"},
			{Lang: "pt", Text: "Amei demais, muito obrigada!! ❤️", Want: "positive"},
			{Lang: "pt", Text: "que ódio, péssimo atendimento, horrível", Want: "negative"},
			{Lang: "it", Text: "Grazie, siete bravissimi, tutto perfetto!", Want: "positive"},
			{Lang: "ru", Text: "Спасибо огромное, всё отлично, очень рад)))", Want: "positive"},
			{Lang: "ru", Text: "Ужас, отвратительно, ненавижу это", Want: "negative"},
			{Lang: "th", Text: "อร่อยมาก ชอบมากค่ะ แนะนำเลย", Want: "positive"},
			{Lang: "th", Text: "บริการแย่มาก ผิดหวังที่สุด", Want: "negative"},
			{Lang: "ar", Text: "شكرا جزيلا، خدمة رائعة جدا", Want: "positive"},
			{Lang: "id", Text: "Makanannya enak sekali dan pelayanannya ramah", Want: "positive"},
			{Lang: "id", Text: "Kecewa sekali, pelayanan buruk dan lambat", Want: "negative"},
		},
	})
}
