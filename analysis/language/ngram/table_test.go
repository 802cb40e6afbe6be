package ngram_test

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"

	"hearth"
	"hearth/analysis/language/ngram"
	"hearth/text"
)

// TestSumsAreThoseOfTheRows compares the packed sums with plain ones.
func TestSumsAreThoseOfTheRows(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, ngram.MaxLanes).Draw(t, "languages")
		table := ngram.Table{Lanes: (n + 7) &^ 7, Enough: 7}
		want := make([]int, n)
		for range n {
			table.Langs = append(table.Langs, "xx")
			table.Priors = append(table.Priors, int32(rapid.IntRange(-1000, 1000).Draw(t, "prior")))
		}
		var sums ngram.Sums
		sums.Reset()
		rows := rapid.IntRange(0, 3*ngram.FlushAt).Draw(t, "rows")
		row := rapid.SliceOfN(rapid.Byte(), table.Lanes, table.Lanes).Draw(t, "row")
		if rapid.Bool().Draw(t, "extreme") {
			row = bytes.Repeat([]byte{255}, table.Lanes)
		}
		for i := range rows {
			if sums.Rows == ngram.FlushAt {
				sums.Flush(table.Lanes)
			}
			row[i%len(row)]++
			sums.Add(row)
			for k := range want {
				want[k] += int(row[k]) - 128
			}
		}
		sums.Flush(table.Lanes)
		first, second, lead := table.Best(&sums)
		for k := range want {
			want[k] += int(table.Priors[k])
		}
		for k := range want {
			if want[k] > want[first] || k != first && want[k] > want[second] {
				t.Fatalf("best are %d and %d of %v", first, second, want)
			}
		}
		if n > 1 && int(lead) != want[first]-want[second] {
			t.Fatalf("lead %d, want %d", lead, want[first]-want[second])
		}
	})
}

func TestAModelFileIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	var tables [len(ngram.Shared)]ngram.Table
	for i := range tables {
		tables[i] = ngram.Table{Langs: []string{"en", "nds"}, Priors: []int32{-3, 4}, Lanes: 8, Buckets: 2, Margin: 5, Enough: 60,
			Marks: bytes.Repeat([]byte{byte(i)}, 16), Rows: bytes.Repeat([]byte{9}, 64)}
	}
	file := ngram.Write(tables)
	got, err := ngram.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	if again := ngram.Write(got); !bytes.Equal(again, file) {
		t.Error("reading and writing changed the file")
	}
	for cut := range file {
		if _, err := ngram.Read(file[:cut]); hearth.ErrorCode(err) != hearth.Damaged {
			t.Fatalf("%d of %d bytes: %v", cut, len(file), err)
		}
	}
}

func TestWordsAreCutByCharacter(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]int{
		"a":    4,  // ^a ^a$ a a$; the edges alone are none
		"ab":   8,  //
		"é":    4,  // one character of two bytes
		"öäüß": 19, // and the word itself
	} {
		if got := len(ngram.Cut(nil, []byte(word))); got != want {
			t.Errorf("%q: %d n-grams, want %d", word, got, want)
		}
	}
	if a, b := ngram.Cut(nil, []byte("ab")), ngram.Cut(nil, []byte("ba")); a[0] == b[0] {
		t.Error("ab and ba begin alike")
	}
}

func TestEveryScriptHasATableOrALanguage(t *testing.T) {
	t.Parallel()
	for s := text.OtherScript + 1; s <= text.Korean; s++ {
		if (ngram.TableOf(s) >= 0) == (ngram.OnlyLanguage(s) != "") {
			t.Errorf("script %d: table %d, language %q", s, ngram.TableOf(s), ngram.OnlyLanguage(s))
		}
	}
}
