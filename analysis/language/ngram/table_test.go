package ngram_test

import (
	"bytes"
	"encoding/binary"
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
		rows := rapid.IntRange(1, 20).Draw(t, "rows")
		if rapid.Bool().Draw(t, "extreme") {
			table.Rows = bytes.Repeat([]byte{255}, rows*table.Lanes)
		} else {
			table.Rows = rapid.SliceOfN(rapid.Byte(), rows*table.Lanes, rows*table.Lanes).Draw(t, "bytes")
		}
		var (
			sums ngram.Sums
			part ngram.Part
		)
		for range rapid.IntRange(0, 5).Draw(t, "parts") {
			said := rapid.SliceOfN(rapid.IntRange(0, rows-1), 0, ngram.MaxRows).Draw(t, "said")
			places := make([]int, len(said))
			for i, row := range said {
				places[i] = row * table.Lanes
				for k := range want {
					want[k] += int(table.Rows[places[i]+k]) - 128
				}
			}
			table.Sum(&part, places)
			if part.Rows != len(said) {
				t.Fatalf("a sum of %d rows says it has %d", len(said), part.Rows)
			}
			sums.Add(&part, table.Lanes)
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

// TestKnownNGramsAreFound fills a table and asks for n-grams that are in it and
// that are not, beside a search of its marks one by one.
func TestKnownNGramsAreFound(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		table := ngram.Table{Lanes: 8, Buckets: uint64(rapid.IntRange(1, 5).Draw(t, "buckets"))}
		mark := rapid.SampledFrom([]uint16{0, 1, 2, 0x7fff, 0x8000, 0x8001, 0xffff})
		for range table.Buckets * ngram.Slots {
			table.Marks = binary.LittleEndian.AppendUint16(table.Marks, mark.Draw(t, "mark"))
		}
		gram := rapid.Uint64().Draw(t, "hash")&^0xffff | uint64(mark.Draw(t, "wanted"))
		bucket, wanted := table.Place(gram)
		want := -1
		for slot := ngram.Slots - 1; slot >= 0; slot-- {
			at := int(bucket)*ngram.Slots + slot
			if binary.LittleEndian.Uint16(table.Marks[2*at:]) == wanted {
				want = at * table.Lanes
			}
		}
		got := table.Places(nil, []uint64{gram})
		if want < 0 && len(got) > 0 || want >= 0 && (len(got) != 1 || got[0] != want) {
			t.Fatalf("found at %d, want %d", got, want)
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
