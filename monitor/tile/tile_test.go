package tile_test

import (
	"bytes"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"hearth/monitor/tile"
)

func read(t interface{ Fatal(...any) }, b []byte) map[uint64]int64 {
	m := map[uint64]int64{}
	last, first := uint64(0), true
	err := tile.Each(b, func(key uint64, posts int64) error {
		if !first && key <= last || posts < 1 {
			t.Fatal("keys rise and counts are at least 1: ", key, posts)
		}
		last, first = key, false
		m[key] += posts
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func entries(m map[uint64]int64) (list []tile.Entry) {
	for _, k := range slices.Sorted(maps.Keys(m)) {
		if m[k] != 0 {
			list = append(list, tile.Entry{Key: k, Posts: m[k]})
		}
	}
	return list
}

// proves Q5 for tiles: any order and any grouping of moves gives the same bytes.
func TestMovesInAnyOrderAndGroupingGiveTheSameBytes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		moves := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) tile.Entry {
			return tile.Entry{Key: rapid.Uint64Range(0, 1<<40).Draw(t, "key") >> rapid.IntRange(0, 40).Draw(t, "shift"), Posts: rapid.Int64Range(1, 300).Draw(t, "posts")}
		}), 0, 60).Draw(t, "moves")
		all := map[uint64]int64{}
		for _, m := range moves {
			all[m.Key] += m.Posts
		}
		whole, err := tile.Merge(nil, entries(all))
		if err != nil {
			t.Fatal(err)
		}
		if got := read(t, whole); !maps.Equal(got, all) {
			t.Fatalf("packed %v, read %v", all, got)
		}
		var bit []byte
		for _, m := range rapid.Permutation(moves).Draw(t, "order") {
			if bit, err = tile.Merge(bit, []tile.Entry{m}); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(whole, bit) {
			t.Fatalf("one after the other gives %x, at once %x", bit, whole)
		}
		for _, m := range moves { // and back
			if bit, err = tile.Merge(bit, []tile.Entry{{Key: m.Key, Posts: -m.Posts}}); err != nil {
				t.Fatal(err)
			}
		}
		if len(bit) != 0 {
			t.Fatalf("everything taken off leaves %x", bit)
		}
	})
}

func TestABoundedTileKeepsTheSumAndSaysWhatHasNoRoom(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		most := rapid.IntRange(1, 8).Draw(t, "most")
		keys := rapid.SliceOfN(rapid.Uint64Range(1, 20), 1, 80).Draw(t, "keys")
		var b []byte
		var err error
		is, last := map[uint64]int64{}, 0
		for i, k := range keys {
			by := int64(1)
			if is[k] > 0 && rapid.Bool().Draw(t, "off") {
				by = -1
			}
			is[k] += by
			if b, err = tile.MergeMost(b, []tile.Entry{{Key: k, Posts: by}}, most); err != nil {
				t.Fatalf("move %d of key %d by %d: %v", i, k, by, err)
			}
			got := read(t, b)
			var sum, want int64
			for _, n := range got {
				sum += n
			}
			for _, n := range is {
				want += n
			}
			others := got[tile.Others]
			delete(got, tile.Others)
			if sum != want || len(got) > most {
				t.Fatalf("%d posts of %d keys, want %d of at most %d", sum, len(got), want, most)
			}
			if others == 0 && last == 0 {
				maps.DeleteFunc(is, func(_ uint64, n int64) bool { return n == 0 })
				if !maps.Equal(got, is) {
					t.Fatalf("nothing was left out, but %v is not %v", got, is)
				}
			}
			for k, n := range got {
				if n > is[k]+others || n < is[k]-others {
					if last == 0 {
						t.Fatalf("key %d: %d, is %d, and only %d are left out", k, n, is[k], others)
					}
				}
			}
			if others > 0 {
				last = 1
			}
		}
	})
}

func TestACountCannotFallBelowNothing(t *testing.T) {
	t.Parallel()
	b, err := tile.Merge(nil, []tile.Entry{{Key: 7, Posts: 2}})
	if err != nil {
		t.Fatal(err)
	}
	for _, move := range []tile.Entry{{Key: 7, Posts: -3}, {Key: 8, Posts: -1}} {
		if _, err := tile.Merge(b, []tile.Entry{move}); err == nil {
			t.Errorf("%v was taken", move)
		}
	}
}

func FuzzReading(f *testing.F) {
	good, _ := tile.Merge(nil, []tile.Entry{{Key: 0, Posts: 1}, {Key: 3, Posts: 200}, {Key: 1 << 40, Posts: 7}})
	for _, seed := range [][]byte{nil, good, good[1:], good[:3], {0, 0}, {1, 1, 0, 1}, bytes.Repeat([]byte{255}, 30)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var list []tile.Entry
		err := tile.Each(b, func(key uint64, posts int64) error {
			list = append(list, tile.Entry{Key: key, Posts: posts})
			return nil
		})
		if err != nil {
			return
		}
		again, err := tile.Merge(nil, list)
		if err != nil {
			t.Fatal(err)
		}
		if more, err := tile.Merge(b, nil); err != nil || !bytes.Equal(more, again) {
			t.Fatalf("%x packs as %x and merges as %x, %v", b, again, more, err)
		}
	})
}

func BenchmarkReadingAYear(b *testing.B) {
	var list []tile.Entry
	for slot := range uint64(24) {
		for d := range uint64(40) {
			list = append(list, tile.Entry{Key: slot<<32 | (d*7 + 1), Posts: int64(1 + d%5)})
		}
	}
	packed, err := tile.Merge(nil, list)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(len(packed))/float64(len(list)), "B/entry")
	for b.Loop() {
		var sum int64
		for range 1464 {
			tile.Each(packed, func(_ uint64, posts int64) error { sum += posts; return nil })
		}
	}
}
