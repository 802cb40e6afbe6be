package spam_test

import (
	"testing"

	"hearth"
	"hearth/analysis"
	"hearth/analysis/analysistest"
	"hearth/analysis/spam"
	"hearth/analysis/spam/sign"
	"hearth/text"
)

func BenchmarkSpam(b *testing.B) { analysistest.Benchmark(b, spam.Analyzer()) }

func answer(p *hearth.Post) string {
	return map[hearth.Bool]string{hearth.Unknown: "", hearth.True: "spam", hearth.False: "not"}[p.Spam]
}

func TestAnalyzer(t *testing.T) {
	analysistest.Run(t, analysistest.Suite{
		Analyzer: spam.Analyzer(),
		Answer:   answer,
		Given:    func(p *hearth.Post) { p.Spam = hearth.False },
		Floor:    0.9,
		Exact: []analysistest.Case{
			{Lang: "en", Text: "", Want: ""},
			{Lang: "en", Text: "The ferry leaves at nine from pier four.", Want: "not"},
			{Lang: "fi", Text: "Juna lähtee kahdeksalta.", Want: ""},
			{Lang: "de", Text: "Gewinnspiel! Klick hier: https://win.example und schreib mir auf WhatsApp, nur heute!", Want: "spam"},
			{Lang: "zh", Text: "兼职日赚五百，加微信 13800000000，限时", Want: "spam"},
			{Lang: "de", Text: "Das Gewinnspiel im Kurier fand ich albern.", Want: ""},
		},
		Cases: []analysistest.Case{
			{Lang: "en", Text: "Subscribe to my channel please, new videos every day https://tube.example/c", Want: "spam"},
			{Lang: "en", Text: "Make money online from home!!! Visit www.easycash.example now", Want: "spam"},
			{Lang: "en", Text: "I love this song, it reminds me of my brother", Want: "not"},
			{Lang: "en", Text: "@brewlytic my order has been stuck for nine days and nobody answers", Want: "not"},
			{Lang: "en", Text: "Thinking of buying the Lumo lamp this weekend", Want: "not"},
			{Lang: "en", Text: "Why is the Fjordbank app down again?", Want: "not"},
			{Lang: "en", Text: "Win a free phone! Click here https://prize.example before it ends tonight", Want: "spam"},
			{Lang: "en", Text: "please visit my website gadgets4you.com for cheap phones", Want: "spam"},
			{Lang: "en", Text: "Please add a dark mode to the app.", Want: "not"},
			{Lang: "en", Text: "About to subscribe to Lumo, is the large box worth it?", Want: "not"},
			{Lang: "en", Text: "Can I use last year's gift card at Brewlytic?", Want: "not"},
			{Lang: "en", Text: "The new menu is lovely, we will be back on Sunday", Want: "not"},
			{Lang: "en", Text: "Never again. Two hours on hold and they still charged me twice.", Want: "not"},
			{Lang: "en", Text: "Shares of Fjordbank closed 2.4 percent lower on Tuesday https://news.example/fjordbank", Want: "not"},
			{Lang: "en", Text: "OMG the concert last night was AMAZING!!! best night of my life", Want: "not"},
			{Lang: "en", Text: "Does anyone know when the shop at the harbour opens?", Want: "not"},
			{Lang: "en", Text: "It rained all day and we stayed in with a book", Want: "not"},
			{Lang: "ru", Text: "Заработок без вложений, переходи по ссылке https://x.example", Want: "spam"},
			{Lang: "es", Text: "Haz clic y gana dinero https://x.example solo hoy", Want: "spam"},
			{Lang: "fi", Text: "Arvonta! Seuraa minua ja klikkaa tästä https://voita.example", Want: "spam"},
			{Lang: "fr", Text: "Le service client ne répond jamais, c'est lamentable.", Want: ""},
		},
	})
}

// Under a video about every second comment is spam, elsewhere few posts are.
func TestUnderAVideoLessIsEnough(t *testing.T) {
	t.Parallel()
	a := spam.Analyzer()
	var doc text.Doc
	for _, s := range []string{
		"hey guys check out my new song on my channel, thumbs up so people see this",
		"I earn 500 dollars a day working from home, message me on WhatsApp",
		"Follow me and I follow back!! sub4sub",
	} {
		p := &hearth.Post{Network: "youtube", Lang: "en", Text: s}
		analysistest.Read(&doc, p)
		a.Run([]analysis.Item{{Post: p, Doc: &doc}})
		if p.Spam != hearth.True {
			t.Errorf("%q is not spam", s)
		}
	}
}

// No kind of sign alone is enough in any language, however often it is there.
func TestNoSignAloneMakesSpam(t *testing.T) {
	t.Parallel()
	a := spam.Analyzer()
	var doc text.Doc
	for _, s := range []string{
		"https://a.example https://b.example https://c.example https://d.example",
		"WhatsApp WhatsApp Telegram", "!!! !!! !!! !!!", "0049 170 1234567", "@a @b @c @d @e", "Gewinnspiel Gewinnspiel gratis",
	} {
		p := &hearth.Post{Lang: "de", Text: s}
		analysistest.Read(&doc, p)
		a.Run([]analysis.Item{{Post: p, Doc: &doc}})
		if p.Spam == hearth.True {
			t.Errorf("%q is spam by one sign", s)
		}
	}
}

func TestWhyNamesTheSigns(t *testing.T) {
	t.Parallel()
	for s, want := range map[string][]sign.Kind{
		"Klick hier: https://bit.ly/x":                  {sign.Follow, sign.Leads, sign.Hides},
		"see shop . com":                                {sign.Leads},
		"We stopped at the end. Com is a region.":       nil,
		"mail me at ann@shop.example, or at shop.de":    {sign.Leads},
		"call 0049-170-1234567":                         {sign.Figures},
		"on 2026-11-22":                                 nil,
		"https://www.news.example/story":                {sign.Leads},
		"go go go go go go go go go go go go go go":     {sign.Repeats},
		"BUY THIS NOW OR NEVER":                         {sign.Shouts},
		"#a #b #c #d #e":                                {sign.Calls},
		"A forklift is not a way to https://forbit.ly/": {sign.Leads},
	} {
		var doc text.Doc
		p := &hearth.Post{Text: s}
		analysistest.Read(&doc, p)
		got, err := spam.Why(p, &doc)
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != len(want) {
			t.Errorf("%q shows %v, want %v", s, got, want)
			continue
		}
		for i := range got {
			if got[i] != want[i] {
				t.Errorf("%q shows %v, want %v", s, got, want)
			}
		}
	}
}
