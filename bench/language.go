package main

import (
	"github.com/abadojack/whatlanggo"
	"github.com/jonreiter/govader"
	"github.com/pemistahl/lingua-go"

	"hearth"
	"hearth/analysis"
	"hearth/analysis/language"
	"hearth/analysis/sentiment"
	"hearth/query"
	"hearth/text"
)

// items are posts ready to be analysed, as they are on the way of a post.
func items(n int, want func(*hearth.Post) bool) ([]analysis.Item, error) {
	list, err := posts(frames(n, 10_000))
	if err != nil {
		return nil, err
	}
	var out []analysis.Item
	for i := range list {
		if want(&list[i]) {
			doc := new(text.Doc)
			query.AddPost(doc, &list[i])
			out = append(out, analysis.Item{Post: &list[i], Doc: doc})
		}
	}
	return out, nil
}

func languages(s *sheet) error {
	list, err := items(4_000, func(*hearth.Post) bool { return true })
	if err != nil {
		return err
	}
	ours := language.Analyzer()
	s.contest("Hearth", "of posts whose words are cut already", func() (int, error) {
		for i := range list {
			list[i].Post.Lang = ""
		}
		ours.Run(list)
		return len(list), nil
	})
	s.contest("whatlanggo", "", func() (int, error) {
		for _, it := range list {
			whatlanggo.DetectLang(it.Post.Text)
		}
		return len(list), nil
	})
	few := list[:200]
	detector := lingua.NewLanguageDetectorBuilder().FromAllLanguages().WithLowAccuracyMode().WithPreloadedLanguageModels().Build()
	s.contest("lingua-go", "all languages, low accuracy mode", func() (int, error) {
		for _, it := range few {
			detector.DetectLanguageOf(it.Post.Text)
		}
		return len(few), nil
	})
	return nil
}

func sentiments(s *sheet) error {
	list, err := items(4_000, func(p *hearth.Post) bool { return p.Lang == "en" })
	if err != nil {
		return err
	}
	ours := sentiment.Analyzer()
	s.contest("Hearth", "of posts whose words are cut already; six languages", func() (int, error) {
		for i := range list {
			list[i].Post.Sentiment, list[i].Post.SentimentScore = "", hearth.Number{}
		}
		ours.Run(list)
		return len(list), nil
	})
	vader := govader.NewSentimentIntensityAnalyzer()
	few := list[:min(len(list), 400)]
	s.contest("govader", "English only", func() (int, error) {
		for _, it := range few {
			vader.PolarityScores(it.Post.Text)
		}
		return len(few), nil
	})
	return nil
}
