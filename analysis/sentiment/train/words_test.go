package main

import (
	"slices"
	"testing"

	"hearth/analysis/feature"
)

func TestAWordFeelsOneWay(t *testing.T) {
	t.Parallel()
	entries, err := readWords(ownWords)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[[2]string]int8{}
	for _, e := range entries {
		key := [2]string{e.Lang, e.Phrase}
		if before, ok := seen[key]; ok && (before > 0) != (e.Value > 0) {
			t.Errorf("%s %q is %d and %d", e.Lang, e.Phrase, before, e.Value)
		}
		if e.Phrase == "" || e.Value == 0 {
			t.Errorf("%+v says nothing", e)
		}
		seen[key] = e.Value
	}
	if len(entries) < 3000 {
		t.Errorf("only %d words", len(entries))
	}
}

func TestWordsAreSpelledOut(t *testing.T) {
	t.Parallel()
	got, err := readWords("# a comment\n\nit -30: brutt{o,a}, mai più\nar 22: شكرا\n")
	if err != nil {
		t.Fatal(err)
	}
	want := []feature.Entry{
		{Lang: "it", Phrase: "brutto", Value: -30}, {Lang: "it", Phrase: "brutta", Value: -30}, {Lang: "it", Phrase: "mai più", Value: -30},
		{Lang: "ar", Phrase: "شكرا", Value: 22}, {Lang: "ar", Phrase: "الشكرا", Value: 22}, {Lang: "ar", Phrase: "وشكرا", Value: 22}, {Lang: "ar", Phrase: "والشكرا", Value: 22},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	for _, bad := range []string{"it: bello", "it 300: bello", "bello"} {
		if _, err := readWords(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}
