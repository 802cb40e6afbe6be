package query_test

import (
	"regexp"
	"strings"
	"testing"

	"hearth/query"
	"hearth/query/querytest"
)

func TestAQueryIsExplainedInTheLanguageOfWhoeverReads(t *testing.T) {
	t.Parallel()
	for source, want := range map[string][3]string{
		`"green tea" AND -(cup OR mug)`: {
			"Beiträge mit der Wortfolge „green tea“ und keinem Treffer zu (dem Wort „cup“ oder dem Wort „mug“).",
			"Julkaisut, joissa on sanajono ”green tea” ja nolla osumaa ehdolle (sana ”cup” tai sana ”mug”).",
			"符合以下条件的帖子：短语“green tea” 且 不符合（词语“cup” 或 词语“mug”）。",
		},
		`tea NEAR/3 pot`: {
			"Beiträge mit dem Wort „tea“ im Abstand von höchstens 3 Wörtern zu dem Wort „pot“.",
			"Julkaisut, joissa on sana ”tea” ja enintään 3 sanan päässä siitä sana ”pot”.",
			"符合以下条件的帖子：词语“tea”在 3 个词以内靠近词语“pot”。",
		},
		`tea ONEAR/1 pot`: {
			"Beiträge mit dem Wort „tea“ im Abstand von höchstens 1 Wort gefolgt von dem Wort „pot“.",
			"Julkaisut, joissa on sana ”tea” ja sen jälkeen enintään 1 sanan päässä sana ”pot”.",
			"符合以下条件的帖子：词语“tea”之后 1 个词以内出现词语“pot”。",
		},
		`tea SENTENCE pot`: {
			"Beiträge mit dem Wort „tea“ im selben Satz mit dem Wort „pot“.",
			"Julkaisut, joissa on sana ”tea” ja samassa virkkeessä sana ”pot”.",
			"符合以下条件的帖子：词语“tea”与同一句中的词语“pot”。",
		},
		`"a b c"~5`: {
			"Beiträge mit den Wörtern „a“, „b“ und „c“ im Abstand von höchstens 5 Wörtern voneinander.",
			"Julkaisut, joissa on sanat ”a”, ”b” ja ”c” enintään 5 sanan päässä toisistaan.",
			"符合以下条件的帖子：词语“a”、“b”和“c”彼此相距不超过 5 个词。",
		},
		`title:tea sentiment:(negative OR neutral)`: {
			"Beiträge mit einem Titel mit dem Wort „tea“ und negativer Stimmung oder neutraler Stimmung.",
			"Julkaisut, joissa on otsikossa sana ”tea” ja kielteinen sävy tai neutraali sävy.",
			"符合以下条件的帖子：标题中有词语“tea” 且 负面情感 或 中性情感。",
		},
		`tea likes:(>=12345 OR <2) followers:1`: {
			"Beiträge mit dem Wort „tea“ und mindestens 12.345 oder weniger als 2 Likes und 1 Follower.",
			"Julkaisut, joissa on sana ”tea” ja vähintään 12\u00a0345 tai alle 2 tykkäystä ja 1 seuraaja.",
			"符合以下条件的帖子：词语“tea” 且 点赞数 至少 12,345 或 少于 2 且 粉丝数 1。",
		},
		`tea published:>2026-03-04 lat:-1.5`: {
			"Beiträge mit dem Wort „tea“ und Veröffentlichung nach dem 4.3.2026 und einem Breitengrad von -1,5.",
			"Julkaisut, joissa on sana ”tea” ja julkaisuaika myöhemmin kuin 4.3.2026 ja leveysaste -1,5.",
			"符合以下条件的帖子：词语“tea” 且 发布时间晚于 2026年3月4日 且 纬度 -1.5。",
		},
		`빵집`: {
			"Beiträge mit einem Wort mit dem Anfang „빵집“.", "Julkaisut, joissa on ”빵집”-alkuinen sana.", "符合以下条件的帖子：以“빵집”开头的词。",
		},
		`te* #tea published:2026-03-04T10:00:00Z`: {
			"Beiträge mit einem Wort wie „te*“ und dem Hashtag #tea und Veröffentlichung am 4.3.2026, 10:00:00 UTC.",
			"Julkaisut, joissa on sana muotoa ”te*” ja aihetunniste #tea ja julkaisuaika 4.3.2026 klo 10.00.00 UTC.",
			"符合以下条件的帖子：形如“te*”的词 且 话题标签 #tea 且 发布时间为 2026年3月4日 10:00:00 UTC。",
		},
	} {
		q, problems := query.Parse(source)
		if q == nil {
			t.Fatalf("%s: %+v", source, problems)
		}
		for i, lang := range []string{"de", "fi", "zh"} {
			if got := q.ExplainIn(lang); got != want[i] {
				t.Errorf("%s in %s:\n%s, want\n%s", source, lang, got, want[i])
			}
		}
		if q.ExplainIn("tlh") != q.Explain() {
			t.Errorf("%s is said in no language that somebody reads", source)
		}
	}
}

var longWords = regexp.MustCompile(`[\p{L}]{3,}`)

// borrowed are words that a language has from English.
var borrowed = map[string]string{
	"de": "emoji hashtag cashtag top level domain link likes like follower followern text website video spam utc region",
	"fi": "emoji video utc", "zh": "utc",
}

// TestNoEnglishWordIsLeftInAnExplanation asks for every field with every word it
// takes, and for every shape of term, about things that are in no language.
func TestNoEnglishWordIsLeftInAnExplanation(t *testing.T) {
	t.Parallel()
	corpus := []string{
		`zwqx`, `{zwqx}`, `"zwqx zwqx"`, `"zwqx zwqx"~3`, `zwqx*`, `zw?x*x`, `#zwqx`, `@zwqx`, `$ZWQX`, `👍`, `"👍🏽"`, `面包`, `raw:zwqx`, `zwqx -zwqy`, `zwqx OR zwqy`,
		`zwqx NEAR/2 zwqy`, `zwqx ONEAR/0 zwqy`, `zwqx SENTENCE zwqy`, `title:zwqx`, `text:(zwqx OR zwqy)`, `alt:zwqx`,
	}
	sample := map[query.ValueType][]string{
		query.StringType: {"zwqx", `"zw qx"`, "zw*"}, query.IDType: {"7"}, query.AddressType: {"zwqx.fi"}, query.HostType: {"zwqx.fi"}, query.BoolType: {"true", "false"},
		query.CountType: {"1", ">1", ">=2", "<3", "<=4", "5..6"}, query.DecimalType: {"1", ">1.5", ">=2", "<3", "<=4", "2..3.5"}, query.LanguageType: {"de"}, query.CountryType: {"FI"},
		query.DateType: {"2026-01-02", ">2026-01-02", ">=2026-01-02", "<2026-01-02", "<=2026-01-02", "2026-01-02..2026-01-03", "2026-01-02T03:04:05Z"},
	}
	words := map[string][]string{}
	for _, f := range query.Fields() {
		values := sample[f.Type]
		if f.Type == query.WordType {
			values = strings.FieldsFunc(f.Takes, func(r rune) bool { return r == ',' || r == ' ' || r == '(' || r == ')' || r == '|' })
			words[f.Name] = values
		}
		for _, v := range values {
			corpus = append(corpus, "zwqx "+f.Name+":"+v)
		}
	}
	asked := 0
	for _, source := range corpus {
		q, _ := query.Parse(source)
		if q == nil {
			continue
		}
		asked++
		english := map[string]bool{}
		for _, w := range longWords.FindAllString(strings.ToLower(q.Explain()), -1) {
			english[w] = true
		}
		for lang, own := range borrowed {
			said := q.ExplainIn(lang)
			for _, w := range longWords.FindAllString(strings.ToLower(said), -1) {
				if english[w] && !strings.HasPrefix(w, "zw") && !strings.Contains(" "+own+" ", " "+w+" ") {
					t.Errorf("%s in %s says %q: %s", source, lang, w, said)
				}
			}
		}
	}
	if asked < 110 {
		t.Errorf("only %d of %d queries are sound, fields with words: %v", asked, len(corpus), words)
	}
}

// TestWhateverIsAskedIsExplainedInEveryLanguage: one sentence that begins and ends
// as the language does, with every bracket closed.
func TestWhateverIsAskedIsExplainedInEveryLanguage(t *testing.T) {
	t.Parallel()
	ends := map[string][2]string{"en": {"Posts with ", "."}, "de": {"Beiträge mit ", "."}, "fi": {"Julkaisut, joissa on ", "."}, "zh": {"符合以下条件的帖子：", "。"}}
	g := querytest.New(11)
	for range 3000 {
		source, q, _ := g.Pair()
		open := strings.Count(q.Explain(), "(") - strings.Count(q.Explain(), ")")
		for lang, around := range ends {
			said := q.ExplainIn(lang)
			rest, begins := strings.CutPrefix(said, around[0])
			rest, stops := strings.CutSuffix(rest, around[1])
			if !begins || !stops || rest == "" || strings.Contains(said, "%!") || strings.Contains(said, "  ") && !strings.Contains(source, "  ") {
				t.Fatalf("%s in %s: %s", source, lang, said)
			}
			if lang != "zh" && strings.Count(said, "(")-strings.Count(said, ")") != open {
				t.Fatalf("%s in %s does not close its brackets: %s", source, lang, said)
			}
		}
	}
}
