package main

import (
	"strings"
	"unicode"

	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/analysis/token/lowercase"
	bleveunicode "github.com/blevesearch/bleve/v2/analysis/tokenizer/unicode"

	"hearth/query"
	"hearth/text"
)

func tokenise(s *sheet) error {
	list, err := posts(frames(4_000, 10_000))
	if err != nil {
		return err
	}
	words := 0
	var doc text.Doc
	s.contest("Hearth", "tokens, tags, sentences, folded and plain spellings, their hashes", func() (int, error) {
		for i := range list {
			query.AddPost(&doc, &list[i])
		}
		return len(list), nil
	})
	chain := &analysis.DefaultAnalyzer{Tokenizer: bleveunicode.NewUnicodeTokenizer(), TokenFilters: []analysis.TokenFilter{lowercase.NewLowerCaseFilter()}}
	s.contest("bleve", "unicode words, lower case", func() (int, error) {
		for i := range list {
			words += len(chain.Analyze([]byte(list[i].Text)))
		}
		return len(list), nil
	})
	s.contest("strings.FieldsFunc", "letters and digits, lower case: not enough for most scripts", func() (int, error) {
		for i := range list {
			words += len(strings.FieldsFunc(strings.ToLower(list[i].Text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }))
		}
		return len(list), nil
	})
	return nil
}
