package main

import (
	"slices"

	"hearth/analysis/corpus"
	"hearth/analysis/feature"
	"hearth/analysis/language/ngram"
	"hearth/text"
)

// group is the texts of one script, cut to n-grams.
type group struct {
	langs []string
	texts []sample
	grams []uint64 // hash of each n-gram
	index map[uint64]int32
}

// sample is a text: for each of its words the n-grams, as indices of
// group.grams.
type sample struct {
	lang  int
	words [][]int32
}

// cut sorts texts by script, and cuts the words of that script to n-grams.
func cut(rows []corpus.Row) [len(ngram.Shared)]*group {
	var groups [len(ngram.Shared)]*group
	for s := range groups {
		groups[s] = &group{index: map[uint64]int32{}}
	}
	var (
		doc   text.Doc
		words feature.Words
		grams []uint64
	)
	for _, row := range rows {
		doc.Reset()
		doc.Add(text.Text, row.Text)
		words.Read(&doc)
		var byScript [len(ngram.Shared)][][]int32
		var before uint64
		for _, word := range words.List {
			token := &doc.Tokens[word.Token]
			s := ngram.TableOf(token.Script)
			if s < 0 || token.Number {
				before = 0
				continue
			}
			if token.Script == text.Han {
				if !token.Touches {
					before = 0
				}
				grams = ngram.CutHan(grams[:0], before, token.Folded)
				before = token.Folded
			} else {
				grams = ngram.Cut(grams[:0], doc.FoldedOf(token))
			}
			byScript[s] = append(byScript[s], groups[s].indices(grams))
		}
		// A text counts for the script its language is written in: the others
		// are names and borrowed words.
		for s, words := range byScript {
			if len(words) > 0 && slices.Contains(plans[s].langs, row.Lang) {
				groups[s].texts = append(groups[s].texts, sample{lang: slices.Index(plans[s].langs, row.Lang), words: words})
			}
		}
	}
	for s := range groups {
		groups[s].langs = plans[s].langs
	}
	return groups
}

func (g *group) indices(grams []uint64) []int32 {
	out := make([]int32, len(grams))
	for i, gram := range grams {
		at, ok := g.index[gram]
		if !ok {
			at = int32(len(g.grams))
			g.index[gram] = at
			g.grams = append(g.grams, gram)
		}
		out[i] = at
	}
	return out
}
